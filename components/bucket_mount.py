"""A bucket mounted in a namespace, through the Cloud Storage FUSE driver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels
from components._volumes import BoundClaimArgs, bound_claim

Profile = Literal["training", "serving", "checkpointing"]
NO_EXPIRY: Final = -1
SIZE_GIB: Final = 1024 * 1024  # Kubernetes requires a size; the driver ignores it, since a bucket has no size limit.


@dataclass(frozen=True)
class MountCachesArgs:
    """The driver's caches: metadata for `metadata_ttl_seconds`, its size, and the size of the file cache or None."""

    metadata_ttl_seconds: int
    stat_cache_mib: int
    file_cache_mib: int | None


@dataclass(frozen=True)
class BucketMountArgs:
    """The claim and the mounted bucket, by its name, or its folder `only_dir`.

    `write_blocks` is the number of 32 MiB buffers for streaming writes.
    """

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

    A pod that uses the claim needs the annotation ``gke-gcsfuse/volumes: "true"`` and a service account with access to
    the bucket.
    """

    def __init__(self, name: str, args: BucketMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the volume and its claim, bound to each other."""
        super().__init__(name, opts)
        bound_claim(
            self,
            name,
            BoundClaimArgs(
                claim_name=args.claim_name,
                namespace=args.namespace,
                volume_name=args.volume_name,
                read_only=args.read_only,
                size=f"{SIZE_GIB // 1024 // 1024}Pi",
                labels=args.labels,
            ),
            mount_options=list(_mount_options(args)),
            csi=k8s.core.v1.CSIPersistentVolumeSourceArgs(
                driver="gcsfuse.csi.storage.gke.io",
                volume_handle=_handle(args),
                volume_attributes={"gcsfuseMetadataPrefetchOnMount": "true"} if _prefetches(args) else None,
                read_only=args.read_only,
            ),
        )
        self.register_outputs({"claim": args.claim_name})


def _handle(args: BucketMountArgs) -> pulumi.Input[str]:
    """The volume handle, by which the kubelet identifies the volume.

    Volumes with the same handle are one volume in a pod. The driver ignores what follows a colon, so that two folders
    of a bucket are two volumes: https://github.com/GoogleCloudPlatform/gcs-fuse-csi-driver/pull/559.
    """
    return args.bucket if args.only_dir is None else pulumi.Output.concat(args.bucket, ":", args.claim_name)


def _prefetches(args: BucketMountArgs) -> bool:
    """Whether to read all metadata at mount time: worthwhile only if the metadata cache never expires."""
    return args.profile in ("training", "serving") and args.caches.metadata_ttl_seconds == NO_EXPIRY


def _mount_options(args: BucketMountArgs) -> Iterator[str]:
    """The driver's options: https://cloud.google.com/kubernetes-engine/docs/reference/cloud-storage-fuse-csi-driver.

    Every size is set explicitly, since the driver's defaults depend on the machine.
    """
    caches = args.caches
    # Otherwise folders without an object of their name are invisible.
    yield "implicit-dirs"
    yield f"metadata-cache:ttl-secs:{caches.metadata_ttl_seconds}"
    yield f"metadata-cache:stat-cache-max-size-mb:{caches.stat_cache_mib}"
    if args.only_dir is not None:
        yield f"only-dir={args.only_dir}"
    if caches.file_cache_mib is not None:
        yield f"file-cache:max-size-mb:{caches.file_cache_mib}"
        # Model files are memory-mapped, which reads at random offsets: otherwise such reads bypass the cache.
        yield "file-cache:cache-file-for-range-read:true"
    if not args.read_only:
        yield "write:enable-streaming-writes:true"
        yield f"write:global-max-blocks:{args.write_blocks}"
    if args.profile is not None:
        yield from _profile_options(args, args.profile)


def _profile_options(args: BucketMountArgs, profile: Profile) -> Iterator[str]:
    """Options of a profile, from cfg/params.yaml of github.com/GoogleCloudPlatform/gcsfuse and its StorageClasses."""
    # Objects that other clients just wrote are visible at once, not after the default of five seconds.
    yield "metadata-cache:negative-ttl-secs:0"
    # Weights are read sequentially; samples and checkpoints are many smaller files.
    yield f"read_ahead_kb={131_072 if profile == 'serving' else 1024}"
    if profile == "serving" and args.read_only:
        yield "file-system:kernel-list-cache-ttl-secs:-1"
    if profile in ("serving", "checkpointing") and args.caches.file_cache_mib is not None:
        yield "file-cache:enable-parallel-downloads:true"
    if profile == "checkpointing":
        # Training writes a checkpoint to a temporary folder and renames that folder.
        yield "file-system:rename-dir-limit:200000"
