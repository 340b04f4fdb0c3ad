"""A bucket as a folder in a namespace, through the Cloud Storage FUSE driver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

Profile = Literal["training", "serving", "checkpointing"]
FOR_EVER: Final = -1
SIZE_GIB: Final = 1024 * 1024  # Kubernetes wants a size; the driver ignores it, since a bucket has none.


@dataclass(frozen=True)
class MountCachesArgs:
    """What the driver keeps of the bucket: names for `metadata_ttl_seconds`, their sizes, and contents of files."""

    metadata_ttl_seconds: int
    stat_cache_mib: int
    file_cache_mib: int | None


@dataclass(frozen=True)
class BucketMountArgs:
    """What is mounted where. `bucket` is the bucket's name; `write_blocks` of 32 MiB each collect what is written."""

    claim_name: str
    volume_name: str  # unique in the cluster
    namespace: str
    bucket: pulumi.Input[str]
    read_only: bool
    only_dir: str | None
    profile: Profile | None
    caches: MountCachesArgs
    write_blocks: int
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
        size = f"{SIZE_GIB // 1024 // 1024}Pi"
        self.volume = k8s.core.v1.PersistentVolume(
            f"{name}-volume",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.volume_name, labels=dict(args.labels)),
            spec=k8s.core.v1.PersistentVolumeSpecArgs(
                access_modes=access,
                capacity={"storage": size},
                storage_class_name="",
                persistent_volume_reclaim_policy="Retain",
                claim_ref=k8s.core.v1.ObjectReferenceArgs(name=args.claim_name, namespace=args.namespace),
                mount_options=list(mount_options(args)),
                csi=k8s.core.v1.CSIPersistentVolumeSourceArgs(
                    driver="gcsfuse.csi.storage.gke.io",
                    volume_handle=_handle(args),
                    volume_attributes={"gcsfuseMetadataPrefetchOnMount": "true"} if _prefetches(args) else None,
                    read_only=args.read_only,
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
                volume_name=args.volume_name,
            ),
            opts=self.child(depends_on=[self.volume]),
        )
        self.register_outputs({"claim": args.claim_name})


def _handle(args: BucketMountArgs) -> pulumi.Input[str]:
    """What the kubelet knows the volume by.

    Two volumes of one handle become one in a pod. The driver ignores what follows a colon, so that two folders of a
    bucket are two volumes: https://github.com/GoogleCloudPlatform/gcs-fuse-csi-driver/pull/559.
    """
    return args.bucket if args.only_dir is None else pulumi.Output.concat(args.bucket, ":", args.claim_name)


def _prefetches(args: BucketMountArgs) -> bool:
    """Whether all names are read when the mount starts: worth it where they are then kept for ever."""
    return args.profile in ("training", "serving") and args.caches.metadata_ttl_seconds == FOR_EVER


def mount_options(args: BucketMountArgs) -> Iterator[str]:
    """The driver's options: https://cloud.google.com/kubernetes-engine/docs/reference/cloud-storage-fuse-csi-driver.

    Every size is said: where none is, the driver takes what it finds on a large machine.
    """
    caches = args.caches
    # Without it, a folder that no object stands for is invisible.
    yield "implicit-dirs"
    yield f"metadata-cache:ttl-secs:{caches.metadata_ttl_seconds}"
    yield f"metadata-cache:stat-cache-max-size-mb:{caches.stat_cache_mib}"
    if args.only_dir is not None:
        yield f"only-dir={args.only_dir}"
    if caches.file_cache_mib is not None:
        yield f"file-cache:max-size-mb:{caches.file_cache_mib}"
        # Model files are read by memory mapping, which is random access: without this they miss the cache.
        yield "file-cache:cache-file-for-range-read:true"
    if not args.read_only:
        yield "write:enable-streaming-writes:true"
        yield f"write:global-max-blocks:{args.write_blocks}"
    if args.profile is not None:
        yield from _tuned(args, args.profile)


def _tuned(args: BucketMountArgs, profile: Profile) -> Iterator[str]:
    """What a profile adds, after cfg/params.yaml of github.com/GoogleCloudPlatform/gcsfuse and its StorageClasses."""
    # A file that was just written elsewhere is not «missing» for five seconds more.
    yield "metadata-cache:negative-ttl-secs:0"
    # Weights are read from end to end; samples and checkpoints are many and smaller.
    yield f"read_ahead_kb={131_072 if profile == 'serving' else 1024}"
    if profile == "serving" and args.read_only:
        yield "file-system:kernel-list-cache-ttl-secs:-1"
    if profile in ("serving", "checkpointing") and args.caches.file_cache_mib is not None:
        yield "file-cache:enable-parallel-downloads:true"
    if profile == "checkpointing":
        # A checkpoint is written beside the old one and then renamed, folder and all.
        yield "file-system:rename-dir-limit:200000"
