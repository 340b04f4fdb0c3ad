"""A bucket as a folder in a namespace, through the Cloud Storage FUSE driver."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class BucketMountArgs:
    """What is mounted where. `bucket` is the bucket's name; the cache of names lives `metadata_ttl_seconds`."""

    claim_name: str  # also the volume's, and so unique in the cluster
    namespace: str
    bucket: pulumi.Input[str]
    read_only: bool
    only_dir: str | None
    metadata_ttl_seconds: int
    file_cache_mib: int | None
    labels: Labels


class BucketMount(Component):
    """A persistent volume and its claim; needs a Kubernetes provider.

    A pod that uses the claim carries the annotation ``gke-gcsfuse/volumes: "true"`` and runs as an account that may
    use the bucket.
    """

    volume: k8s.core.v1.PersistentVolume
    claim: k8s.core.v1.PersistentVolumeClaim

    def __init__(self, name: str, args: BucketMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the volume, bound to its claim by name so that no other claim can take it."""
        super().__init__(name, opts)
        access = ["ReadOnlyMany" if args.read_only else "ReadWriteMany"]
        # Kubernetes wants a size; the driver ignores it, since a bucket has none.
        size = "1Pi"
        self.volume = k8s.core.v1.PersistentVolume(
            f"{name}-volume",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.claim_name, labels=dict(args.labels)),
            spec=k8s.core.v1.PersistentVolumeSpecArgs(
                access_modes=access,
                capacity={"storage": size},
                storage_class_name="",
                persistent_volume_reclaim_policy="Retain",
                claim_ref=k8s.core.v1.ObjectReferenceArgs(name=args.claim_name, namespace=args.namespace),
                mount_options=mount_options(args),
                csi=k8s.core.v1.CSIPersistentVolumeSourceArgs(
                    driver="gcsfuse.csi.storage.gke.io", volume_handle=args.bucket, read_only=args.read_only
                ),
            ),
            opts=self.child(),
        )
        self.claim = k8s.core.v1.PersistentVolumeClaim(
            f"{name}-claim",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.claim_name, namespace=args.namespace, labels=dict(args.labels)
            ),
            spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
                access_modes=access,
                resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests={"storage": size}),
                storage_class_name="",
                volume_name=args.claim_name,
            ),
            opts=self.child(depends_on=[self.volume]),
        )
        self.register_outputs({"claim": args.claim_name})


def mount_options(args: BucketMountArgs) -> list[str]:
    """The driver's options: https://cloud.google.com/kubernetes-engine/docs/reference/cloud-storage-fuse-csi-driver."""
    options = [
        # Without it, a folder that no object stands for is invisible.
        "implicit-dirs",
        f"metadata-cache:ttl-secs:{args.metadata_ttl_seconds}",
    ]
    if args.only_dir is not None:
        options.append(f"only-dir={args.only_dir}")
    if args.file_cache_mib is not None:
        # Model files are read by memory mapping, which is random access: without the second option they miss the cache.
        options += [f"file-cache:max-size-mb:{args.file_cache_mib}", "file-cache:cache-file-for-range-read:true"]
    if not args.read_only:
        options.append("write:enable-streaming-writes:true")
    return options
