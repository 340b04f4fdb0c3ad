"""How close together machines are, as GKE labels them: what jobs of a flavor with a topology may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import KUEUE_API, Component

# From far to near: https://cloud.google.com/ai-hypercomputer/docs/workloads/schedule-gke-workloads-tas
LEVELS: Final = (
    "cloud.google.com/gce-topology-block",
    "cloud.google.com/gce-topology-subblock",
    "cloud.google.com/gce-topology-host",
    "kubernetes.io/hostname",
)


@dataclass(frozen=True)
class QueueTopologyArgs:
    """The name by which flavors refer to it."""

    topology: str


class QueueTopology(Component):
    """A topology of Kueue; its levels cannot be changed, only replaced."""

    def __init__(self, name: str, args: QueueTopologyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the levels."""
        super().__init__(name, opts)
        k8s.apiextensions.CustomResource(
            f"{name}-levels",
            api_version=KUEUE_API,
            kind="Topology",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.topology),
            spec={"levels": [{"nodeLabel": label} for label in LEVELS]},
            opts=self.child(),
        )
        self.register_outputs({})
