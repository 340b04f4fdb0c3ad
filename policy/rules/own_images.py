"""The rule `own-images`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from groundwork.documents import Names
from groundwork.graph import Node, Placeholder, at
from policy.rules._images import images
from policy.rules._rule import Context, Parameters, Rule

ADMISSION: Final = "gcp:binaryauthorization/policy:Policy"
REFUSING: Final = frozenset({"ALWAYS_DENY", "REQUIRE_ATTESTATION"})
BLOCKING: Final = "ENFORCED_BLOCK_AND_AUDIT_LOG"


class Registries(Parameters):
    """Images that may run, as glob patterns: those of our registries, and those that charts need (`upstream`).

    `enforced` is whether clusters must refuse other images; otherwise logging them is enough.
    """

    registries: Names = ("*-docker.pkg.dev/*",)
    upstream: Names = ()
    enforced: bool = True


def check(node: Node, context: Context[Registries]) -> Iterator[str]:
    """One message for each image from another registry, and for each input of Binary Authorization that allows one."""
    registries = context.parameters.registries
    allowed = (*registries, *context.parameters.upstream)
    for image in images(node):
        if image is Placeholder.UNKNOWN:
            yield f"{node.name} runs an image that is unknown until pulumi up: write its name as text"
        elif not _matches(str(image), allowed):
            yield f"{node.name} runs {image}, which is in none of our registries: use {' or '.join(registries)}"
    if node.type == ADMISSION:
        yield from _admission(node, allowed, enforced=context.parameters.enforced)


def _matches(image: str, patterns: tuple[str, ...]) -> bool:
    """Whether an image matches a pattern. Host and path match separately, so that a star in the host has no slash."""
    host, _, path = image.partition("/")
    return any(
        fnmatchcase(host, registry) and fnmatchcase(path, paths)
        for registry, _, paths in (pattern.partition("/") for pattern in patterns)
    )


def _admission(node: Node, allowed: tuple[str, ...], *, enforced: bool) -> Iterator[str]:
    if at(node.inputs, "defaultAdmissionRule.evaluationMode") not in REFUSING:
        yield f"{node.name} allows every image: set defaultAdmissionRule.evaluationMode to ALWAYS_DENY in its component"
    if enforced and at(node.inputs, "defaultAdmissionRule.enforcementMode") != BLOCKING:
        yield f"{node.name} only logs other images: set security.images.enforce to true (enforcementMode {BLOCKING})"
    patterns = node.inputs.get("admissionWhitelistPatterns") or ()
    if isinstance(patterns, Placeholder):
        yield f"{node.name}: its patterns are unknown until pulumi up: write them as text"
        return
    for entry in patterns:
        pattern = entry if isinstance(entry, Placeholder) else entry.get("namePattern")
        if isinstance(pattern, Placeholder):
            yield f"{node.name}: a pattern is unknown until pulumi up: write it as text"
        elif not _matches(str(pattern), allowed):
            yield (
                f"{node.name} allows {pattern}: remove it from security.images.allow, or add it to "
                "rules.own-images.parameters.upstream in policy/policies.yaml"
            )


RULE: Final = Rule(
    name="own-images",
    description="Images come from our registries, and clusters refuse others",
    why="""
        Images in our registries are scanned and retained; an image that its publisher deletes would keep a
        cluster from being rebuilt. Pods that are not in a plan, such as those of users and charts, are admitted
        by Binary Authorization: its policy must deny by default, with exceptions only for our registries and
        for the images of charts that are listed in `policy/policies.yaml`. Unknown images and patterns count as
        violations.
        """,
    level="mandatory",
    check=check,
    parameters=Registries,
)
