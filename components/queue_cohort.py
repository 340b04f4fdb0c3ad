"""The cohort of all teams of a cluster: what no team is promised belongs to all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components._common import COHORT, GPU, KUEUE_API, Component


@dataclass(frozen=True)
class QueueCohortArgs:
    """GPUs, by flavor, that are in no team's promise."""

    shared: Mapping[str, int]


class QueueCohort(Component):
    """Teams of a cohort lend to each other what they leave idle, and borrow what is shared before that."""

    def __init__(self, name: str, args: QueueCohortArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the cohort; it has no parent, so nothing limits what its queues take from it."""
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
