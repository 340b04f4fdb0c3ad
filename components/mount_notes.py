"""What a pod has to say to use its team's mounts, in the cluster where it is looked up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

NAME: Final = "mounts"
CACHE_VOLUME: Final = "gke-gcsfuse-cache"  # the driver knows its cache by this name and no other


@dataclass(frozen=True)
class DriverArgs:
    """In MiB what the driver's container needs for all claims of a pod.

    `cache_mib` is the size of the volume for file caches, 0 where there is none.
    """

    memory_mib: int
    disk_mib: int
    cache_mib: int
    cache_medium: Literal["memory", "local-ssd", "boot-disk"]


@dataclass(frozen=True)
class PodMountsArgs:
    """The claims that a pod may have at once, and what their driver needs; volumes of other kinds have none."""

    claims: Sequence[str]
    driver: DriverArgs | None = None


@dataclass(frozen=True)
class MountNotesArgs:
    """A team's pods, by the pool that they run on; `any` for a pool that no mount names."""

    namespace: str
    pods: Mapping[str, PodMountsArgs]
    labels: Labels


class MountNotes(Component):
    """A ConfigMap ``mounts`` in a team's namespace: for each pool, as JSON, what goes into a pod."""

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

    A limit that is said is asked for too, so that the scheduler counts it.
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
    """The volume that all mounts of a pod cache on; on local SSD and on the boot disk it is the node's own storage."""
    size = {"sizeLimit": f"{driver.cache_mib}Mi"}
    return {
        "name": CACHE_VOLUME,
        "emptyDir": {"medium": "Memory", **size} if driver.cache_medium == "memory" else size,
    }
