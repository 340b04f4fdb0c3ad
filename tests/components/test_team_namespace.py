"""Tests of `components.team_namespace`."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import pytest

from components.team_namespace import (
    DEFAULT_ACCOUNT,
    VERSION,
    WORKLOAD,
    PodSecurityArgs,
    QuotaArgs,
    TeamNamespace,
    TeamNamespaceArgs,
)
from tests.components.in_cluster import LABELS, Objects, in_cluster

NAMESPACE = TeamNamespaceArgs(
    namespace="vision",
    account="vision@p.iam.gserviceaccount.com",
    quota=QuotaArgs(cpu=64, memory_gib=256, gpus=8, storage_gib=1000, counts={"pods": 100, "count/jobs.batch": 50}),
    labels=LABELS,
)
POD_SECURITY = "pod-security.kubernetes.io"
EXCEPTION = "groundwork.dev/pod-security"


def _namespace(**changes: Any) -> Objects:
    return in_cluster(TeamNamespace, dataclasses.replace(NAMESPACE, **changes))


def test_namespace_enforces_restricted_at_a_pinned_version() -> None:
    """An upgrade of the control plane refuses no pod that ran before; the latest version warns and is audited."""
    namespace = _namespace()

    assert namespace.roles == {"namespace", "default-deny", "account", "default-account", "quota"}
    assert namespace.kind("namespace") == ("v1", "Namespace")
    assert namespace.metadata("namespace") == {
        "name": "vision",
        "labels": {
            **LABELS,
            f"{POD_SECURITY}/enforce": "restricted",
            f"{POD_SECURITY}/enforce-version": "v1.34",
            f"{POD_SECURITY}/audit": "restricted",
            f"{POD_SECURITY}/audit-version": "latest",
            f"{POD_SECURITY}/warn": "restricted",
            f"{POD_SECURITY}/warn-version": "latest",
            "istio-injection": "enabled",
        },
    }
    assert VERSION == "v1.34"


def test_namespace_outside_of_the_mesh_injects_no_sidecars() -> None:
    """A cluster without Istio has no webhook that injects them."""
    assert "istio-injection" not in _namespace(in_mesh=False).metadata("namespace")["labels"]


@pytest.mark.parametrize(
    ("level", "enforced"), [("baseline", "baseline"), ("host-ipc", "privileged"), ("privileged", "privileged")]
)
def test_exception_enforces_its_level_and_is_labelled(
    level: Literal["baseline", "host-ipc", "privileged"], enforced: str
) -> None:
    """No level of Pod Security allows hostIPC alone; the label selects the namespace for the pod guard."""
    labels = _namespace(pod_security=PodSecurityArgs(level, "NCCL")).metadata("namespace")["labels"]

    assert labels[f"{POD_SECURITY}/enforce"] == enforced
    assert labels[f"{POD_SECURITY}/enforce-version"] == VERSION
    assert labels[f"{POD_SECURITY}/warn"] == labels[f"{POD_SECURITY}/audit"] == "restricted"
    assert labels[EXCEPTION] == level


def test_exception_is_explained_in_annotations() -> None:
    """Readers of the namespace see the reason and, if there is one, the last day."""
    reason = PodSecurityArgs("baseline", "NCCL")
    limited = PodSecurityArgs("baseline", "NCCL", "2026-12-31")

    assert _namespace(pod_security=reason).metadata("namespace")["annotations"] == {f"{EXCEPTION}-reason": "NCCL"}
    assert _namespace(pod_security=limited).metadata("namespace")["annotations"] == {
        f"{EXCEPTION}-reason": "NCCL",
        f"{EXCEPTION}-until": "2026-12-31",
    }
    assert "annotations" not in _namespace().metadata("namespace")


def test_namespace_and_its_default_deny_are_retained() -> None:
    """Deleting a namespace deletes its disks; while it exists, its pods stay isolated."""
    namespace = _namespace()

    assert {role for role, node in namespace.nodes.items() if node.retain_on_delete} == {"namespace", "default-deny"}


def test_namespace_denies_all_traffic_by_default() -> None:
    """Other components add the policies that allow some."""
    namespace = _namespace()

    assert namespace.kind("default-deny") == ("networking.k8s.io/v1", "NetworkPolicy")
    assert namespace.metadata("default-deny") == {"name": "default-deny", "namespace": "vision", "labels": LABELS}
    assert namespace.spec("default-deny") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_objects_are_created_after_the_namespace() -> None:
    """The API server refuses objects of a namespace that does not exist."""
    namespace = _namespace()

    for role in namespace.roles - {"namespace"}:
        assert namespace.dependencies(role) == {"namespace"}


def test_workload_account_acts_as_the_iam_account_without_mounted_token() -> None:
    """Pods name the account, and get a Kubernetes token only if they ask for it."""
    namespace = _namespace()

    assert namespace.kind("account") == ("v1", "ServiceAccount")
    assert namespace.metadata("account") == {
        "name": "workload",
        "namespace": "vision",
        "labels": LABELS,
        "annotations": {"iam.gke.io/gcp-service-account": "vision@p.iam.gserviceaccount.com"},
    }
    assert namespace.metadata("account")["name"] == WORKLOAD
    assert namespace.inputs("account")["automountServiceAccountToken"] is False


def test_workload_account_without_a_cloud_has_no_annotation() -> None:
    """A laptop has no IAM."""
    assert "annotations" not in _namespace(account=None).metadata("account")


def test_default_account_is_patched_to_mount_no_token() -> None:
    """Kubernetes owns the account, so it is not a resource of the program: a patch is."""
    namespace = _namespace()

    assert namespace.nodes["default-account"].type == "kubernetes:core/v1:ServiceAccountPatch"
    assert namespace.metadata("default-account") == {"name": "default", "namespace": "vision"}
    assert namespace.metadata("default-account")["name"] == DEFAULT_ACCOUNT
    assert namespace.inputs("default-account")["automountServiceAccountToken"] is False


def test_quota_limits_requests_and_numbers_of_objects() -> None:
    """Cores and GPUs are counts, memory and disks are GiB; further keys are those of the settings."""
    namespace = _namespace()

    assert namespace.kind("quota") == ("v1", "ResourceQuota")
    assert namespace.metadata("quota") == {"name": "team", "namespace": "vision", "labels": LABELS}
    assert namespace.spec("quota") == {
        "hard": {
            "requests.cpu": "64",
            "requests.memory": "256Gi",
            "requests.nvidia.com/gpu": "8",
            "requests.storage": "1000Gi",
            "pods": "100",
            "count/jobs.batch": "50",
        }
    }
