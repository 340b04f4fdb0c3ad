"""A share of files in a namespace, through the Filestore driver."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class FileShareMountArgs:
    """The claim's name and namespace, and the share: its place, its instance, its folder and its address."""

    claim_name: str
    namespace: str
    location: str
    instance: str
    share: str
    address: pulumi.Input[str]
    capacity_gib: int
    protocol: str
    labels: Labels


class FileShareMount(Component):
    """A persistent volume and its claim, which many pods write at once; needs a Kubernetes provider."""

    def __init__(self, name: str, args: FileShareMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the volume, bound to its claim by name so that no other claim can take it."""
        super().__init__(name, opts)
        # A volume belongs to the cluster, and a share may be mounted in several namespaces of it: keys have no dots.
        volume_name = f"{args.claim_name}.{args.namespace}"
        size = {"storage": f"{args.capacity_gib}Gi"}
        volume = k8s.core.v1.PersistentVolume(
            f"{name}-volume",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=volume_name, labels=dict(args.labels)),
            spec=k8s.core.v1.PersistentVolumeSpecArgs(
                access_modes=["ReadWriteMany"],
                capacity=size,
                storage_class_name="",
                persistent_volume_reclaim_policy="Retain",
                volume_mode="Filesystem",
                claim_ref=k8s.core.v1.ObjectReferenceArgs(name=args.claim_name, namespace=args.namespace),
                # https://cloud.google.com/filestore/docs/csi-driver#access
                csi=k8s.core.v1.CSIPersistentVolumeSourceArgs(
                    driver="filestore.csi.storage.gke.io",
                    volume_handle=f"modeInstance/{args.location}/{args.instance}/{args.share}",
                    volume_attributes={"ip": args.address, "volume": args.share, "protocol": args.protocol},
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
                access_modes=["ReadWriteMany"],
                resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests=size),
                storage_class_name="",
                volume_name=volume_name,
            ),
            opts=self.child(depends_on=[volume]),
        )
        self.register_outputs({"claim": args.claim_name})
