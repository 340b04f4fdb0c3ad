"""The Kueue cohort of all teams of a cluster, which holds the GPUs of no team's nominal quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components._common import COHORT, GPU, KUEUE_API, Component


@dataclass(frozen=True)
class QueueCohortArgs:
    """Numbers of GPUs, by flavor, that are in no team's nominal quota."""

    shared: Mapping[str, int]


class QueueCohort(Component):
    """A cohort: its teams borrow its shared GPUs first and each other's idle quota second."""

    def __init__(self, name: str, args: QueueCohortArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the cohort; it has no parent, so its queues may borrow all of its shared quota."""
        super().__init__(name, opts)
        flavors = [
            {"name": flavor, "resources": [{"name": GPU, "nominalQuota": str(number)}]}
            for flavor, number in args.shared.items()
            if number
        ]
        spec: dict[str, Any] = {"resourceGroups": [{"coveredResources": [GPU], "flavors": flavors}]} if flavors else {}
        k8s.apiextensions.CustomResource(
            f"{name}-cohort",
            api_version=KUEUE_API,
            kind="Cohort",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=COHORT),
            spec=spec,
            opts=self.child(),
        )
        self.register_outputs({})
