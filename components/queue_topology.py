"""The Kueue topology of GKE's machines, from its node labels: levels that jobs may request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import KUEUE_API, Component

# From the widest to the narrowest: https://cloud.google.com/ai-hypercomputer/docs/workloads/schedule-gke-workloads-tas
LEVELS: Final = (
    "cloud.google.com/gce-topology-block",
    "cloud.google.com/gce-topology-subblock",
    "cloud.google.com/gce-topology-host",
    "kubernetes.io/hostname",
)


@dataclass(frozen=True)
class QueueTopologyArgs:
    """The name of the topology, which flavors refer to."""

    topology: str


class QueueTopology(Component):
    """A Kueue topology; its levels are immutable, so a change replaces it."""

    def __init__(self, name: str, args: QueueTopologyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the topology and its levels."""
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
