"""What a cluster has to give, as the queue sees it: one flavor for CPU machines, one for each kind of GPU machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import KUEUE_API, Component

CPU_FLAVOR: Final = "cpu"
# How the machines of a flavor are had: `queued` ones wait for a provisioning request.
CAPACITY_LABEL: Final = "groundwork.dev/capacity"


@dataclass(frozen=True)
class GpuFlavorArgs:
    """The machines of a flavor: how they are had, their label, and the taints with which they keep other pods away.

    Work gets on them without a word, but for `asked`: who does not tolerate these taints is never given the flavor.
    `topology` names what says how close together the machines are; only work that asks for that is given the flavor.
    """

    capacity: str
    node_labels: Mapping[str, str]
    taints: Sequence[str]
    asked: Mapping[str, str] = field(default_factory=dict)
    topology: str | None = None


@dataclass(frozen=True)
class QueueFlavorsArgs:
    """The flavors of the cluster's GPU machines, by name."""

    gpus: Mapping[str, GpuFlavorArgs]


class QueueFlavors(Component):
    """Flavors steer an admitted workload to the machines that it was admitted for."""

    def __init__(self, name: str, args: QueueFlavorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the flavors; the one for CPU binds to no machine, since every pool has cores."""
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
    asked = [{"key": key, "value": value, "effect": "NoSchedule"} for key, value in flavor.asked.items()]
    return {
        "nodeLabels": dict(flavor.node_labels),
        "tolerations": [{"key": taint, "operator": "Exists", "effect": "NoSchedule"} for taint in flavor.taints],
        **({"nodeTaints": asked} if asked else {}),
        **({} if flavor.topology is None else {"topologyName": flavor.topology}),
    }
