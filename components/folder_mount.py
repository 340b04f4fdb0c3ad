"""A folder of the nodes as a folder in a namespace: what a mounted bucket is on a cluster without a cloud."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class FolderMountArgs:
    """The claim, its namespace, and the folder that every node has at `path`; Kubernetes wants a size in GiB."""

    claim_name: str
    volume_name: str  # unique in the cluster
    namespace: str
    path: str
    read_only: bool
    size_gib: int
    labels: Labels


class FolderMount(Component):
    """A persistent volume and its claim; needs a Kubernetes provider. The folder has to be there before a pod is."""

    def __init__(self, name: str, args: FolderMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the volume, bound to its claim by name so that no other claim can take it."""
        super().__init__(name, opts)
        access = ["ReadOnlyMany" if args.read_only else "ReadWriteMany"]
        size = {"storage": f"{args.size_gib}Gi"}
        node = k8s.core.v1.NodeSelectorRequirementArgs(key="kubernetes.io/hostname", operator="Exists")
        volume = k8s.core.v1.PersistentVolume(
            f"{name}-volume",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.volume_name, labels=dict(args.labels)),
            spec=k8s.core.v1.PersistentVolumeSpecArgs(
                access_modes=access,
                capacity=size,
                storage_class_name="",
                # Files outlive the claim, the team and the cluster.
                persistent_volume_reclaim_policy="Retain",
                claim_ref=k8s.core.v1.ObjectReferenceArgs(name=args.claim_name, namespace=args.namespace),
                # An access mode is only asked for; this is what keeps a pod from writing. A volume of type hostPath
                # takes no options, and would not belong to a pod's group.
                mount_options=["ro"] if args.read_only else None,
                local=k8s.core.v1.LocalVolumeSourceArgs(path=args.path),
                node_affinity=k8s.core.v1.VolumeNodeAffinityArgs(
                    required=k8s.core.v1.NodeSelectorArgs(
                        node_selector_terms=[k8s.core.v1.NodeSelectorTermArgs(match_expressions=[node])]
                    )
                ),
            ),
            opts=self.child(),
        )
        k8s.core.v1.PersistentVolumeClaim(
            f"{name}-claim",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.claim_name, namespace=args.namespace, labels=dict(args.labels)
            ),
            spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
                access_modes=access,
                resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests=size),
                storage_class_name="",
                volume_name=args.volume_name,
            ),
            opts=self.child(depends_on=[volume]),
        )
        self.register_outputs({"claim": args.claim_name})
