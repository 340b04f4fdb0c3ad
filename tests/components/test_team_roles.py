"""Tests of `components.team_roles`."""

from __future__ import annotations

from typing import Final

import pytest

from components.team_roles import TeamRoles, TeamRolesArgs, role
from tests.components.in_cluster import LABELS, Objects, in_cluster

READ: Final = frozenset({"get", "list", "watch"})
EDIT: Final = READ | {"create", "update", "patch", "delete", "deletecollection"}
CORE_READABLE: Final = {
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "persistentvolumeclaims",
    "pods",
    "resourcequotas",
    "serviceaccounts",
    "services",
}
READABLE: Final = CORE_READABLE | {
    "apps/daemonsets",
    "apps/deployments",
    "apps/replicasets",
    "apps/statefulsets",
    "autoscaling/horizontalpodautoscalers",
    "batch/cronjobs",
    "batch/jobs",
    "discovery.k8s.io/endpointslices",
    "events.k8s.io/events",
    "gateway.networking.k8s.io/httproutes",
    "jobset.x-k8s.io/jobsets",
    "kubeflow.org/notebooks",
    "kueue.x-k8s.io/localqueues",
    "kueue.x-k8s.io/workloads",
    "net.gke.io/serviceexports",
    "net.gke.io/serviceimports",
    "networking.gke.io/fqdnnetworkpolicies",
    "networking.gke.io/gcpbackendpolicies",
    "networking.gke.io/healthcheckpolicies",
    "networking.istio.io/destinationrules",
    "networking.istio.io/envoyfilters",
    "networking.istio.io/sidecars",
    "networking.istio.io/virtualservices",
    "networking.k8s.io/networkpolicies",
    "policy/poddisruptionbudgets",
    "rbac.authorization.k8s.io/rolebindings",
    "secrets-store.csi.x-k8s.io/secretproviderclasses",
    "security.istio.io/authorizationpolicies",
    "security.istio.io/peerauthentications",
    "serving.kserve.io/inferencegraphs",
    "serving.kserve.io/inferenceservices",
    "serving.kserve.io/servingruntimes",
    "serving.kserve.io/trainedmodels",
    "sparkoperator.k8s.io/scheduledsparkapplications",
    "sparkoperator.k8s.io/sparkapplications",
    "sparkoperator.k8s.io/sparkconnects",
    "trainer.kubeflow.org/trainingruntimes",
    "trainer.kubeflow.org/trainjobs",
}
JOBS: Final = {
    "batch/cronjobs",
    "batch/jobs",
    "jobset.x-k8s.io/jobsets",
    "sparkoperator.k8s.io/scheduledsparkapplications",
    "sparkoperator.k8s.io/sparkapplications",
    "sparkoperator.k8s.io/sparkconnects",
    "trainer.kubeflow.org/trainjobs",
}
SERVICES: Final = {
    "services",
    "apps/deployments",
    "apps/statefulsets",
    "autoscaling/horizontalpodautoscalers",
    "policy/poddisruptionbudgets",
    "serving.kserve.io/servingruntimes",
    "trainer.kubeflow.org/trainingruntimes",
}
PODS: Final = {"configmaps", "persistentvolumeclaims", "pods"}
# Verbs of resources that are neither only readable nor editable.
POSITION: Final = {"visibility.kueue.x-k8s.io/localqueues/pendingworkloads": frozenset({"get"})}
STATUS: Final = {"pods/log": frozenset({"get"}), "metrics.k8s.io/pods": frozenset({"get", "list"}), **POSITION}
TERMINAL: Final = dict.fromkeys(("pods/attach", "pods/exec", "pods/portforward"), frozenset({"create", "get"}))
QUEUE: Final = {"kueue.x-k8s.io/workloads": READ | {"delete"}}
ROLES: Final = {
    "viewer": (READABLE, set[str](), STATUS),
    "member": (READABLE, JOBS | PODS, STATUS | TERMINAL),
    "admin": (READABLE, JOBS | PODS | SERVICES, STATUS | TERMINAL | QUEUE),
    "notebooks": (set[str](), {"kubeflow.org/notebooks"}, {}),
    "models": (
        set[str](),
        {
            "serving.kserve.io/inferencegraphs",
            "serving.kserve.io/inferenceservices",
            "serving.kserve.io/trainedmodels",
        },
        {},
    ),
    "repository": (READABLE, JOBS | SERVICES | {"configmaps"}, STATUS),
    "workload": (
        {
            "events",
            "kueue.x-k8s.io/localqueues",
            "kueue.x-k8s.io/workloads",
            "trainer.kubeflow.org/trainingruntimes",
        },
        JOBS | PODS | {"services"},
        {"pods/log": frozenset({"get"}), **POSITION},
    ),
    "runtimes": (
        set[str](),
        set[str](),
        dict.fromkeys(
            ("serving.kserve.io/clusterservingruntimes", "trainer.kubeflow.org/clustertrainingruntimes"),
            frozenset({"get", "list"}),
        ),
    ),
}


def _roles() -> Objects:
    return in_cluster(TeamRoles, TeamRolesArgs(LABELS))


def _verbs(roles: Objects, name: str) -> dict[str, frozenset[str]]:
    """The verbs of a role by ``group/resource``; fails where two rules name one resource."""
    verbs: dict[str, frozenset[str]] = {}
    for rule in roles.inputs(name)["rules"]:
        assert set(rule) == {"apiGroups", "resources", "verbs"}
        (group,) = rule["apiGroups"]
        for resource in rule["resources"]:
            key = f"{group}/{resource}" if group else resource
            assert key not in verbs
            verbs[key] = frozenset(rule["verbs"])
    return verbs


def test_roles_are_cluster_roles_with_a_common_prefix() -> None:
    """Bindings name them; a cluster role grants nothing until it is bound."""
    roles = _roles()

    assert roles.roles == set(ROLES)
    for name in roles.roles:
        assert roles.kind(name) == ("rbac.authorization.k8s.io/v1", "ClusterRole")
        assert roles.metadata(name) == {"name": f"team-{name}", "labels": LABELS}
        assert role(name) == f"team-{name}"


@pytest.mark.parametrize("name", ROLES)
def test_role_allows_exactly_the_listed_verbs(name: str) -> None:
    """What a role reads, what it edits, and the resources with other verbs."""
    readable, editable, other = ROLES[name]
    expected = {**dict.fromkeys(readable, READ), **dict.fromkeys(editable, EDIT), **other}

    assert _verbs(_roles(), name) == expected


@pytest.mark.parametrize("name", ROLES)
def test_role_allows_no_escalation(name: str) -> None:
    """No wildcard, no secrets, and no change of permissions, quotas, network policies or Istio objects."""
    verbs = _verbs(_roles(), name)
    changeable = {resource for resource, allowed in verbs.items() if allowed - READ}

    assert not any("*" in {*resource.split("/"), *allowed} for resource, allowed in verbs.items())
    assert "secrets" not in verbs
    assert not {"bind", "escalate", "impersonate"} & {verb for allowed in verbs.values() for verb in allowed}
    assert not any(
        resource.partition("/")[0]
        in {"rbac.authorization.k8s.io", "networking.k8s.io", "networking.istio.io", "security.istio.io"}
        for resource in changeable
    )
    assert not {"resourcequotas", "limitranges", "serviceaccounts", "serviceaccounts/token"} & changeable


@pytest.mark.parametrize("name", ["viewer", "repository"])
def test_role_without_terminal_opens_no_connection_to_a_pod(name: str) -> None:
    """A viewer reads logs, and a repository's jobs apply manifests."""
    assert {resource for resource in _verbs(_roles(), name) if resource.startswith("pods/")} == {"pods/log"}


def test_rules_group_resources_with_equal_verbs_and_are_sorted() -> None:
    """The declared rules do not depend on the order of the source, so a refactoring changes no role."""
    assert _roles().inputs("runtimes")["rules"] == [
        {"apiGroups": ["serving.kserve.io"], "resources": ["clusterservingruntimes"], "verbs": ["get", "list"]},
        {"apiGroups": ["trainer.kubeflow.org"], "resources": ["clustertrainingruntimes"], "verbs": ["get", "list"]},
    ]
    for name in ROLES:
        rules = [(rule["apiGroups"][0], rule["verbs"]) for rule in _roles().inputs(name)["rules"]]

        assert rules == sorted(rules)


@pytest.mark.parametrize("name", ROLES)
def test_role_names_only_kinds_that_are_served(name: str) -> None:
    """Katib and KubeRay are not installed, and Argo serves only the namespace of Pipelines."""
    groups = {resource.rpartition("/")[0].partition("/")[0] for resource in _verbs(_roles(), name)}

    assert not {"argoproj.io", "ray.io"} & groups
    assert not {"kubeflow.org/experiments", "kubeflow.org/trials"} & _verbs(_roles(), name).keys()
