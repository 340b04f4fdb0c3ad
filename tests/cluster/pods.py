"""Sample pods, and the Pod Security levels that admit each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

GPU: Final = "nvidia.com/gpu"
ENFORCE: Final = "pod-security.kubernetes.io/enforce"
LEVELS: Final = ("privileged", "baseline", "restricted")
ACCOUNT: Final = "workload"  # the account of a team's jobs
# A namespace that allows host IPC has the level privileged; an admission policy enforces the rest.
EXCEPTION: Final = ("groundwork.dev/pod-security", "host-ipc")

# What the level `restricted` requires of a pod: https://kubernetes.io/docs/concepts/security/pod-security-standards
HARDENED: Final[Mapping[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_UNPRIVILEGED_USER: Final[Mapping[str, Any]] = {"readOnlyRootFilesystem": True, "runAsUser": 65534, "runAsGroup": 65534}


@dataclass(frozen=True)
class Sample:
    """A pod, the strictest level that admits it, and the reason."""

    up_to: str
    why: str
    security: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    sidecars: tuple[Mapping[str, Any], ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)

    def admitted_at(self, level: str) -> bool:
        """Whether a namespace of this level admits it."""
        return LEVELS.index(level) <= LEVELS.index(self.up_to)

    def admitted_in(self, labels: Mapping[str, str]) -> bool:
        """Whether a team's namespace with these labels admits it."""
        key, exception = EXCEPTION
        if labels.get(key) == exception:
            return self.admitted_at("restricted") or bool(self.spec.get("hostIPC"))
        return self.admitted_at(labels[ENFORCE])

    def manifest(self, namespace: str) -> dict[str, Any]:
        """The manifest of the pod, with the team's account."""
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
        "securityContext": {**HARDENED, **_UNPRIVILEGED_USER, **security},
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
    "plain": Sample("baseline", "without a security context, as in a tutorial"),
    "hardened": Sample("restricted", "its security context drops all privileges", HARDENED),
    "gpu": Sample("restricted", "a GPU is a resource, not a privilege", HARDENED, limits={GPU: 1}),
    "plain gpu": Sample("baseline", "without a security context, as in a tutorial", limits={GPU: 1}),
    "mounted bucket": Sample(
        "restricted", "the driver's container meets the strictest level", HARDENED, _BUCKET, (_gcsfuse(),)
    ),
    "plain mounted bucket": Sample("baseline", "its main container does not", {}, _BUCKET, (_gcsfuse(),)),
    "mounted bucket, pinned": Sample(
        "privileged",
        "the driver's container with NUMA pinning (its setting enable-numa-pinning)",
        HARDENED,
        _BUCKET,
        (_gcsfuse(seccompProfile={"type": "Unconfined"}, capabilities={"drop": ["ALL"], "add": ["CAP_SYS_NICE"]}),),
    ),
    "one bucket in the pod": Sample(
        "restricted",
        "an inline bucket is a CSI volume, as secrets are",
        HARDENED,
        {"volumes": [{"name": "data", "csi": {"driver": "gcsfuse.csi.storage.gke.io", "readOnly": True}}]},
    ),
    "root": Sample("baseline", "root inside a container", {**HARDENED, "runAsNonRoot": False, "runAsUser": 0}),
    "privileged": Sample("privileged", "access to the node's devices and every other pod on it", {"privileged": True}),
    "more rights": Sample("privileged", "it could mount file systems", {"capabilities": {"add": ["SYS_ADMIN"]}}),
    "folder of the machine": Sample(
        "privileged",
        "it would read the volumes of other teams",
        HARDENED,
        {"volumes": [{"name": "machine", "hostPath": {"path": "/var/lib/kubelet"}}]},
    ),
    "network of the machine": Sample(
        "privileged", "it would bypass every network policy", HARDENED, {"hostNetwork": True}
    ),
    "memory of the machine": Sample(
        "privileged", "it could read shared memory of other pods", HARDENED, {"hostIPC": True}
    ),
    "processes of the machine": Sample(
        "privileged", "it would see processes of other pods", HARDENED, {"hostPID": True}
    ),
}
