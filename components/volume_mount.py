"""A volume of a storage class in a namespace: replaces a mounted bucket where nodes share no folder."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class VolumeMountArgs:
    """The claim, its namespace and its size in GiB; a storage class of None is the cluster's default."""

    claim_name: str
    namespace: str
    size_gib: int
    storage_class: str | None
    labels: Labels


class VolumeMount(Component):
    """A claim of a dynamically provisioned volume; needs a Kubernetes provider."""

    def __init__(self, name: str, args: VolumeMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the claim; it holds the team's data, so it is retained when it is removed from the program."""
        super().__init__(name, opts)
        k8s.core.v1.PersistentVolumeClaim(
            f"{name}-claim",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.claim_name,
                namespace=args.namespace,
                labels=dict(args.labels),
                # Provisioners of laptops create the volume for the first pod: an update would wait for it indefinitely.
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
                # The only mode that those provisioners support. All pods of one node may use it at once.
                access_modes=["ReadWriteOnce"],
                resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests={"storage": f"{args.size_gib}Gi"}),
                storage_class_name=args.storage_class,
            ),
            opts=self.child(retain_on_delete=True),
        )
        self.register_outputs({"claim": args.claim_name})
