"""What a cluster has to give, as the queue sees it: one flavor for CPU machines, one for each GPU pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import GPU, KUEUE_API, POOL_LABEL, Component

CPU_FLAVOR: Final = "cpu"


@dataclass(frozen=True)
class QueueFlavorsArgs:
    """The GPU pools of the cluster, by name."""

    gpu_pools: Sequence[str]


class QueueFlavors(Component):
    """Flavors steer an admitted workload to the machines that it was admitted for."""

    def __init__(self, name: str, args: QueueFlavorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the flavors; the one for CPU binds to no machine, since every pool has cores."""
        super().__init__(name, opts)
        self._flavor(name, CPU_FLAVOR, {})
        for pool in args.gpu_pools:
            self._flavor(
                name,
                pool,
                {
                    "nodeLabels": {POOL_LABEL: pool},
                    "tolerations": [{"key": GPU, "operator": "Exists", "effect": "NoSchedule"}],
                },
            )
        self.register_outputs({})

    def _flavor(self, name: str, flavor: str, spec: dict[str, object]) -> None:
        k8s.apiextensions.CustomResource(
            f"{name}-{flavor}",
            api_version=KUEUE_API,
            kind="ResourceFlavor",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=flavor),
            spec=spec,
            opts=self.child(),
        )
