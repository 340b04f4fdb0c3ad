"""A ladder of GPU pools: a pod that names the class gets a machine of the first rung that has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component

WhenUnsatisfiable = Literal["DoNotScaleUp", "ScaleUpAnyway"]


@dataclass(frozen=True)
class ComputeClassArgs:
    """The class and its priorities: names of pools with its label and taint, the highest priority first.

    Where no pool has a machine, pods wait or GKE tries any pool of the class. `active_migration` moves pods to a pool
    of higher priority, which restarts them. With `like`, GKE creates pools below the last priority.
    """

    class_name: str
    priorities: Sequence[str]
    when_unsatisfiable: WhenUnsatisfiable
    active_migration: bool = False
    like: CreatedPoolArgs | None = None


@dataclass(frozen=True)
class CreatedPoolArgs:
    """What pools that GKE makes by itself are made of."""

    machine_type: str
    accelerator: str
    accelerators: int
    spot: bool
    disk_gb: int
    local_ssd_partitions: int
    zones: Sequence[str]


class ComputeClass(Component):
    """A ComputeClass of GKE; needs a Kubernetes provider."""

    def __init__(self, name: str, args: ComputeClassArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the class."""
        super().__init__(name, opts)
        # One rule for each pool: within one rule GKE knows no order.
        priorities: list[dict[str, Any]] = [{"nodepools": [rung]} for rung in args.priorities]
        if args.like is not None:
            priorities.append(_created(args.like))
        k8s.apiextensions.CustomResource(
            f"{name}-class",
            api_version="cloud.google.com/v1",
            kind="ComputeClass",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.class_name),
            spec={
                "priorities": priorities,
                # Written out, since its default changed with GKE 1.33.
                "whenUnsatisfiable": args.when_unsatisfiable,
                "activeMigration": {"optimizeRulePriority": args.active_migration},
                "nodePoolAutoCreation": {"enabled": args.like is not None},
            },
            opts=self.child(),
        )
        self.register_outputs({})


def _created(like: CreatedPoolArgs) -> dict[str, Any]:
    return {
        "machineType": like.machine_type,
        "gpu": {"type": like.accelerator, "count": like.accelerators, "driverVersion": "default"},
        "spot": like.spot,
        "storage": {
            "bootDiskType": "pd-balanced",
            "bootDiskSize": like.disk_gb,
            **({"localSSDCount": like.local_ssd_partitions} if like.local_ssd_partitions else {}),
        },
        "location": {"zones": list(like.zones)},
    }
