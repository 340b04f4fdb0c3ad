"""A Filestore share mounted in a namespace, through the Filestore driver."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels
from components._volumes import BoundClaimArgs, bound_claim


@dataclass(frozen=True)
class FileShareMountArgs:
    """The claim's name and namespace, and the share: location, instance, share name, IP address and NFS protocol."""

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
    """A persistent volume and its claim, which many pods can write at once; needs a Kubernetes provider."""

    def __init__(self, name: str, args: FileShareMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the volume and its claim, bound to each other."""
        super().__init__(name, opts)
        bound_claim(
            self,
            name,
            BoundClaimArgs(
                claim_name=args.claim_name,
                namespace=args.namespace,
                # Volumes are cluster-wide, and several namespaces may mount the share. Keys contain no dots, so the
                # names are unique.
                volume_name=f"{args.claim_name}.{args.namespace}",
                read_only=False,
                size=f"{args.capacity_gib}Gi",
                labels=args.labels,
            ),
            volume_mode="Filesystem",
            # https://cloud.google.com/filestore/docs/csi-driver#access
            csi=k8s.core.v1.CSIPersistentVolumeSourceArgs(
                driver="filestore.csi.storage.gke.io",
                volume_handle=f"modeInstance/{args.location}/{args.instance}/{args.share}",
                volume_attributes={"ip": args.address, "volume": args.share, "protocol": args.protocol},
            ),
        )
        self.register_outputs({"claim": args.claim_name})
