"""A compute class of GPU pools: a pod that names it runs in the first pool, by priority, that has capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import POOL_LABEL, Component

WhenUnsatisfiable = Literal["DoNotScaleUp", "ScaleUpAnyway"]


@dataclass(frozen=True)
class ComputeClassArgs:
    """The class and its priorities: names of pools with its label and taint, the highest priority first.

    If no pool has capacity, pods wait or GKE tries any pool of the class. `active_migration` moves pods to a pool of
    higher priority, which restarts them. With `auto_creation`, GKE creates pools of this shape as the last priority.
    """

    class_name: str
    priorities: Sequence[str]
    when_unsatisfiable: WhenUnsatisfiable
    active_migration: bool = False
    auto_creation: CreatedPoolArgs | None = None


@dataclass(frozen=True)
class CreatedPoolArgs:
    """Nodes of the pools that GKE creates automatically."""

    machine_type: str
    accelerator: str
    accelerators: int
    spot: bool
    disk_gb: int
    local_ssd_partitions: int
    zones: Sequence[str]


class ComputeClass(Component):
    """GKE's custom compute class; needs a Kubernetes provider."""

    def __init__(self, name: str, args: ComputeClassArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the class."""
        super().__init__(name, opts)
        # One rule per pool: GKE does not order the pools within a rule.
        labels = {POOL_LABEL: args.class_name}
        priorities: list[dict[str, Any]] = [{"nodepools": [pool]} for pool in args.priorities]
        if args.auto_creation is not None:
            priorities.append(_created(args.auto_creation))
        k8s.apiextensions.CustomResource(
            f"{name}-class",
            api_version="cloud.google.com/v1",
            kind="ComputeClass",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.class_name),
            spec={
                "priorities": priorities,
                # Explicit, since the default changed with GKE 1.33.
                "whenUnsatisfiable": args.when_unsatisfiable,
                "activeMigration": {"optimizeRulePriority": args.active_migration},
                "nodePoolAutoCreation": {"enabled": args.auto_creation is not None},
                # The label by which queues choose the class, on the nodes of pools that GKE creates.
                **({} if args.auto_creation is None else {"nodePoolConfig": {"nodeLabels": labels}}),
            },
            opts=self.child(),
        )
        self.register_outputs({})


def _created(pool: CreatedPoolArgs) -> dict[str, Any]:
    return {
        "machineType": pool.machine_type,
        "gpu": {"type": pool.accelerator, "count": pool.accelerators, "driverVersion": "default"},
        "spot": pool.spot,
        "storage": {
            "bootDiskType": "pd-balanced",
            "bootDiskSize": pool.disk_gb,
            **({"localSSDCount": pool.local_ssd_partitions} if pool.local_ssd_partitions else {}),
        },
        "location": {"zones": list(pool.zones)},
    }
