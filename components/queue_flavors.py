"""Kueue resource flavors of a cluster: one for CPU machines, and one for each kind of GPU machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import KUEUE_API, Component

CPU_FLAVOR: Final = "cpu"
# The capacity type of a flavor's machines: `queued` ones need a provisioning request.
CAPACITY_LABEL: Final = "groundwork.dev/capacity"


@dataclass(frozen=True)
class GpuFlavorArgs:
    """The machines of a flavor: capacity type, labels and taints.

    Kueue adds a toleration of each of `tolerated_taints` to admitted pods. Pods must tolerate `node_taints`, by key and
    value, themselves to be admitted to the flavor. `topology` names a Kueue topology; only workloads that request a
    topology are admitted to such a flavor.
    """

    capacity: str
    node_labels: Mapping[str, str]
    tolerated_taints: Sequence[str]
    node_taints: Mapping[str, str] = field(default_factory=dict)
    topology: str | None = None


@dataclass(frozen=True)
class QueueFlavorsArgs:
    """GPU flavors of the cluster, by name."""

    gpus: Mapping[str, GpuFlavorArgs]


class QueueFlavors(Component):
    """Resource flavors, which schedule a workload on the machines that it was admitted to."""

    def __init__(self, name: str, args: QueueFlavorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the flavors; the CPU flavor has no node labels, since every pool has cores."""
        super().__init__(name, opts)
        self._flavor(name, CPU_FLAVOR, {}, {})
        for key, flavor in args.gpus.items():
            self._flavor(
                name,
                key,
                {CAPACITY_LABEL: flavor.capacity},
                _machines(flavor),
            )
        self.register_outputs({})

    def _flavor(self, name: str, flavor: str, labels: dict[str, str], spec: dict[str, Any]) -> None:
        k8s.apiextensions.CustomResource(
            f"{name}-{flavor}",
            api_version=KUEUE_API,
            kind="ResourceFlavor",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=flavor, labels=labels or None),
            spec=spec,
            opts=self.child(),
        )


def _machines(flavor: GpuFlavorArgs) -> dict[str, Any]:
    taints = [{"key": key, "value": value, "effect": "NoSchedule"} for key, value in flavor.node_taints.items()]
    tolerations = [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in flavor.tolerated_taints]
    return {
        "nodeLabels": dict(flavor.node_labels),
        "tolerations": tolerations,
        **({"nodeTaints": taints} if taints else {}),
        **({} if flavor.topology is None else {"topologyName": flavor.topology}),
    }
