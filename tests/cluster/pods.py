"""Pods that a team might bring, and the levels of Pod Security that let each of them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

GPU: Final = "nvidia.com/gpu"
ENFORCE: Final = "pod-security.kubernetes.io/enforce"
LEVELS: Final = ("privileged", "baseline", "restricted")
ACCOUNT: Final = "workload"  # the account of a team's jobs
# A namespace that lets its pods use the memory of the machine enforces nothing by its level: a policy does the rest.
EXCEPTION: Final = ("groundwork.dev/pod-security", "host-ipc")

# What the level `restricted` wants to read in a pod: https://kubernetes.io/docs/concepts/security/pod-security-standards
HARDENED: Final[Mapping[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_NOBODY: Final[Mapping[str, Any]] = {"readOnlyRootFilesystem": True, "runAsUser": 65534, "runAsGroup": 65534}


@dataclass(frozen=True)
class Sample:
    """A pod, the strictest level that lets it in, and what it is for."""

    up_to: str
    why: str
    security: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    sidecars: tuple[Mapping[str, Any], ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)

    def admitted_at(self, level: str) -> bool:
        """Whether a namespace of this level takes it."""
        return LEVELS.index(level) <= LEVELS.index(self.up_to)

    def admitted_in(self, labels: Mapping[str, str]) -> bool:
        """Whether a team's namespace with these labels takes it."""
        key, exception = EXCEPTION
        if labels.get(key) == exception:
            return self.admitted_at("restricted") or bool(self.spec.get("hostIPC"))
        return self.admitted_at(labels[ENFORCE])

    def manifest(self, namespace: str) -> dict[str, Any]:
        """The pod as an object, in the account of the team."""
        requests = {"cpu": "100m", "memory": "128Mi"}
        main = {
            "name": "main",
            "image": "python:3.12-slim",
            "securityContext": dict(self.security),
            "resources": {"requests": requests, "limits": {**requests, **self.limits}},
        }
        spec = {"containers": [main], "initContainers": list(self.sidecars), "restartPolicy": "Never", **self.spec}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "sample", "namespace": namespace},
            "spec": {"serviceAccountName": ACCOUNT, **spec},
        }


def _gcsfuse(**security: Any) -> Mapping[str, Any]:
    """The container that GKE's webhook adds to a pod with mounted buckets.

    From pkg/webhook/sidecar_spec.go of github.com/GoogleCloudPlatform/gcs-fuse-csi-driver at commit 5fcdc04a02d2:
    GetNativeSidecarContainerSpec and GetSecurityContext, with the resources of FakeConfig in config.go.
    """
    resources = {"cpu": "250m", "memory": "256Mi", "ephemeral-storage": "5Gi"}
    mounts = ("tmp", "buffer", "cache")
    return {
        "name": "gke-gcsfuse-sidecar",
        "image": "gke.gcr.io/gcs-fuse-csi-driver-sidecar-mounter:test",
        "args": ["--v=5"],
        "env": [{"name": "NATIVE_SIDECAR", "value": "TRUE"}],
        "restartPolicy": "Always",
        "securityContext": {**HARDENED, **_NOBODY, **security},
        "resources": {"requests": resources, "limits": resources},
        "volumeMounts": [{"name": f"gke-gcsfuse-{name}", "mountPath": f"/gcsfuse-{name}"} for name in mounts],
    }


_BUCKET: Final[Mapping[str, Any]] = {
    "volumes": [
        *({"name": f"gke-gcsfuse-{name}", "emptyDir": {}} for name in ("tmp", "buffer", "cache")),
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
    ]
}

SAMPLES: Final[Mapping[str, Sample]] = {
    "plain": Sample("baseline", "what a tutorial shows: it says nothing of its rights"),
    "hardened": Sample("restricted", "it says that it needs no rights", HARDENED),
    "gpu": Sample("restricted", "a GPU is a resource, and no right", HARDENED, limits={GPU: 1}),
    "plain gpu": Sample("baseline", "the same as a tutorial shows it", limits={GPU: 1}),
    "mounted bucket": Sample(
        "restricted", "the driver's container follows the strictest level", HARDENED, _BUCKET, (_gcsfuse(),)
    ),
    "plain mounted bucket": Sample("baseline", "its own container does not", {}, _BUCKET, (_gcsfuse(),)),
    "mounted bucket, pinned": Sample(
        "privileged",
        "the driver's container when it is bound to one part of the memory (its setting enable-numa-pinning)",
        HARDENED,
        _BUCKET,
        (_gcsfuse(seccompProfile={"type": "Unconfined"}, capabilities={"drop": ["ALL"], "add": ["CAP_SYS_NICE"]}),),
    ),
    "one bucket in the pod": Sample(
        "restricted",
        "a bucket that the pod itself names is a volume of a driver, as secrets are",
        HARDENED,
        {"volumes": [{"name": "data", "csi": {"driver": "gcsfuse.csi.storage.gke.io", "readOnly": True}}]},
    ),
    "root": Sample("baseline", "root inside of a container", {**HARDENED, "runAsNonRoot": False, "runAsUser": 0}),
    "privileged": Sample("privileged", "the machine's devices, and every other pod on it", {"privileged": True}),
    "more rights": Sample("privileged", "it could mount file systems", {"capabilities": {"add": ["SYS_ADMIN"]}}),
    "folder of the machine": Sample(
        "privileged",
        "it would read the volumes of other teams",
        HARDENED,
        {"volumes": [{"name": "machine", "hostPath": {"path": "/var/lib/kubelet"}}]},
    ),
    "network of the machine": Sample(
        "privileged", "it would pass every network policy", HARDENED, {"hostNetwork": True}
    ),
    "memory of the machine": Sample("privileged", "it could read what others on it share", HARDENED, {"hostIPC": True}),
    "processes of the machine": Sample("privileged", "it would see those of others", HARDENED, {"hostPID": True}),
}
