"""A folder of the nodes mounted in a namespace: replaces a mounted bucket on a cluster without a cloud."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels
from components._volumes import BoundClaimArgs, bound_claim


@dataclass(frozen=True)
class FolderMountArgs:
    """The claim, its namespace, and the folder `path` of every node; Kubernetes requires a size, here in GiB."""

    claim_name: str
    volume_name: str  # unique in the cluster
    namespace: str
    path: str
    read_only: bool
    size_gib: int
    labels: Labels


class FolderMount(Component):
    """A persistent volume and its claim; needs a Kubernetes provider. The folder must exist before a pod mounts it."""

    def __init__(self, name: str, args: FolderMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the volume and its claim, bound to each other."""
        super().__init__(name, opts)
        every_node = k8s.core.v1.NodeSelectorRequirementArgs(key="kubernetes.io/hostname", operator="Exists")
        bound_claim(
            self,
            name,
            BoundClaimArgs(
                claim_name=args.claim_name,
                namespace=args.namespace,
                volume_name=args.volume_name,
                read_only=args.read_only,
                size=f"{args.size_gib}Gi",
                labels=args.labels,
            ),
            # Access modes are not enforced, so this option keeps pods from writing. A hostPath volume supports neither
            # mount options nor a pod's fsGroup.
            mount_options=["ro"] if args.read_only else None,
            local=k8s.core.v1.LocalVolumeSourceArgs(path=args.path),
            node_affinity=k8s.core.v1.VolumeNodeAffinityArgs(
                required=k8s.core.v1.NodeSelectorArgs(
                    node_selector_terms=[k8s.core.v1.NodeSelectorTermArgs(match_expressions=[every_node])]
                )
            ),
        )
        self.register_outputs({"claim": args.claim_name})
