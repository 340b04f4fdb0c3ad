"""The Binary Authorization policy of a project: images that may run in its clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class ImagePolicyArgs:
    """Patterns of images that may run, and whether other images are blocked or only logged."""

    project: str
    allow: Sequence[str]
    enforce: bool


class ImagePolicy(Component):
    """The one Binary Authorization policy of a project: only images that match a pattern may run.

    Google's system images are allowed by Google's global policy. Every project has a policy: deleting this resource
    restores the default one, which allows all images.
    """

    def __init__(self, name: str, args: ImagePolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy."""
        super().__init__(name, opts)
        gcp.binaryauthorization.Policy(
            f"{name}-policy",
            project=args.project,
            description="images of this project, of the charts, and of the settings",
            global_policy_evaluation_mode="ENABLE",
            admission_whitelist_patterns=[
                gcp.binaryauthorization.PolicyAdmissionWhitelistPatternArgs(name_pattern=pattern)
                for pattern in args.allow
            ],
            default_admission_rule=gcp.binaryauthorization.PolicyDefaultAdmissionRuleArgs(
                evaluation_mode="ALWAYS_DENY",
                enforcement_mode=("ENFORCED_BLOCK_AND_AUDIT_LOG" if args.enforce else "DRYRUN_AUDIT_LOG_ONLY"),
            ),
            opts=self.child(),
        )
        self.register_outputs({})
