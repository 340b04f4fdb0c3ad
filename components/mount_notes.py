"""A ConfigMap with usage notes: what a pod must declare to use its team's mounts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

NAME: Final = "mounts"
CACHE_VOLUME: Final = "gke-gcsfuse-cache"  # the driver requires this name


@dataclass(frozen=True)
class DriverArgs:
    """Memory and ephemeral storage, in MiB, of the driver's sidecar for all claims of a pod.

    `cache_mib` is the size of the volume for file caches, or 0 for no such volume.
    """

    memory_mib: int
    disk_mib: int
    cache_mib: int
    cache_medium: Literal["memory", "local-ssd", "boot-disk"]


@dataclass(frozen=True)
class PodMountsArgs:
    """The claims that a pod may mount at once, and what their driver needs; None for volumes without the driver."""

    claims: Sequence[str]
    driver: DriverArgs | None = None


@dataclass(frozen=True)
class MountNotesArgs:
    """Mounts of a team's pods by the pool that they run on; `any` is every pool that no mount names."""

    namespace: str
    pods: Mapping[str, PodMountsArgs]
    labels: Labels


class MountNotes(Component):
    """A ConfigMap ``mounts`` in a team's namespace: for each pool, the parts of a pod's manifest as JSON."""

    def __init__(self, name: str, args: MountNotesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the ConfigMap."""
        super().__init__(name, opts)
        k8s.core.v1.ConfigMap(
            f"{name}-configmap",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, namespace=args.namespace, labels=dict(args.labels)),
            data={pool: json.dumps(pod_fragment(pod), indent=2, sort_keys=True) for pool, pod in args.pods.items()},
            opts=self.child(),
        )
        self.register_outputs({"name": NAME})


def pod_fragment(pod: PodMountsArgs) -> dict[str, Any]:
    """The claims, the annotations and the volumes of a pod: https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-sidecar.

    The driver requests as much as its limits, so that the scheduler counts them.
    """
    driver = pod.driver
    if driver is None:
        return {"claims": list(pod.claims), "annotations": {}, "volumes": []}
    return {
        "claims": list(pod.claims),
        "annotations": {
            "gke-gcsfuse/volumes": "true",
            "gke-gcsfuse/memory-limit": f"{driver.memory_mib}Mi",
            "gke-gcsfuse/ephemeral-storage-limit": f"{driver.disk_mib}Mi",
        },
        "volumes": [_cache_volume(driver)] if driver.cache_mib else [],
    }


def _cache_volume(driver: DriverArgs) -> dict[str, Any]:
    """The cache volume of all mounts of a pod: memory, or the node's ephemeral storage on local SSD or boot disk."""
    size = {"sizeLimit": f"{driver.cache_mib}Mi"}
    return {
        "name": CACHE_VOLUME,
        "emptyDir": {"medium": "Memory", **size} if driver.cache_medium == "memory" else size,
    }
