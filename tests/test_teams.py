"""Resources of teams in the declared graph of every stack: access, roles, quotas, limits and data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.team_roles import ROLES
from groundwork.graph import Graph
from stacks.settings import Local, Settings, read_any
from tests.cloud_settings import read_file
from tests.cluster.crds import FOLDER as CRDS
from tests.cluster.crds import MISSING
from tests.conftest import ROOT
from tests.nonempty import nonempty

BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
# API groups of Kubernetes itself, or of GKE without a published CustomResourceDefinition.
BUILT_IN = {
    *("", "apps", "autoscaling", "batch", "discovery.k8s.io", "events.k8s.io", "metrics.k8s.io", "networking.k8s.io"),
    *("policy", "rbac.authorization.k8s.io"),
}
# GKE installs the definitions of multi-cluster services and does not publish them; the visibility API has none, since
# Kueue serves it itself.
UNPUBLISHED = {"net.gke.io", "visibility.kueue.x-k8s.io"}


def _settings(graph: Graph) -> Settings | Local:
    return read_any(ROOT / f"Pulumi.{graph.stack}.yaml")


def _cloud(graph: Graph) -> Settings:
    return read_file(ROOT / f"Pulumi.{graph.stack}.yaml")


def _namespaces(settings: Settings | Local) -> list[tuple[str, str]]:
    return nonempty((cluster, team) for team, entry in settings.teams.items() for cluster in entry.clusters)


def _bindings(graph: Graph, cluster: str, team: str) -> set[tuple[str, str, str]]:
    """Role, kind and subject of each binding of a namespace in a cluster."""
    return {
        (node.inputs["roleRef"]["name"], subject["kind"], subject["name"])
        for node in graph.of_type(BINDING)
        if node.name.startswith(f"access-{cluster}.{team}-")
        for subject in node.inputs["subjects"]
    }


def test_members_are_bound_in_their_team_namespaces_only(graph: Graph) -> None:
    """Each group has its role and the optional roles of the team, and no binding in another namespace."""
    settings = _settings(graph)
    for cluster, team in _namespaces(settings):
        entry = settings.teams[team]
        extra = {name for name, has in (("notebooks", entry.notebooks), ("models", entry.models)) if has}
        expected = {("team-workload", "ServiceAccount", "workload")}
        for group, membership in entry.members.items():
            names = {membership.value, *(extra if membership != "viewer" else ())}
            expected |= {(f"team-{name}", "Group", settings.groups[group].email) for name in names}
        if entry.repository and isinstance(settings, Settings):
            account = f"cd-{team}@{settings.projects.service}.iam.gserviceaccount.com"
            expected |= {(f"team-{name}", "User", account) for name in {"repository", *(extra - {"notebooks"})}}

        assert _bindings(graph, cluster, team) == expected
    namespaces = {
        node.inputs["metadata"]["namespace"] for node in graph.of_type(BINDING) if node.name.startswith("acc")
    }
    assert namespaces == set(settings.teams)


def test_bindings_have_subjects_of_their_namespace(graph: Graph) -> None:
    """The name of a binding contains its namespace, and a service account is of the same namespace."""
    for node in nonempty(graph.of_type(BINDING)):
        if not node.inputs["roleRef"]["name"].startswith("team-"):
            continue  # a binding of an operator
        team = node.inputs["metadata"]["namespace"]

        assert f".{team}-" in node.name
        assert {subject.get("namespace", team) for subject in node.inputs["subjects"]} == {team}


def test_no_team_role_is_bound_cluster_wide(graph: Graph) -> None:
    """A ClusterRole of teams is bound in namespaces only, except for the role that reads runtimes of the cluster."""
    bindings = graph.of_type("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")
    runtimes = [node for node in bindings if node.inputs["roleRef"]["name"] == "team-runtimes"]
    cluster_wide = [node for node in bindings if node not in runtimes]
    settings = _settings(graph)

    assert {node.name for node in runtimes} == {
        f"access-{cluster}.{team}-cluster" for team, entry in settings.teams.items() for cluster in entry.clusters
    }
    assert not any(node.inputs["roleRef"]["name"].startswith("team-") for node in cluster_wide)
    assert {subject["kind"] for node in cluster_wide for subject in node.inputs["subjects"]} <= {"ServiceAccount"}
    assert not {subject["namespace"] for node in cluster_wide for subject in node.inputs["subjects"]} & set(
        settings.teams
    )


def test_teams_read_the_runtimes_of_their_clusters(graph: Graph) -> None:
    """Members, pods and repositories of a cluster's teams, and of no other team; the role only reads."""
    settings = _settings(graph)
    assert {verb for verbs in ROLES["runtimes"].values() for verb in verbs} == {"get", "list"}
    for cluster in settings.clusters:
        for team in settings.teams_in(cluster):
            (node,) = (node for node in graph if node.name == f"access-{cluster}.{team}-cluster")
            groups = {settings.groups[group].email for group in settings.teams[team].members}
            subjects = {subject["name"] for subject in node.inputs["subjects"] if subject["kind"] == "Group"}

            assert subjects == groups | {f"system:serviceaccounts:{team}"}


def _allowed(role: str) -> Iterator[tuple[str, str, str]]:
    for (group, resource), verbs in ROLES[role].items():
        yield from ((group, resource, verb) for verb in verbs)


def test_roles_of_the_table_are_declared_in_each_cluster(graph: Graph) -> None:
    """The rules of a cluster equal those of the table."""
    settings = _settings(graph)
    for cluster in settings.clusters:
        for name in ROLES:
            (node,) = (node for node in graph.of_type(ROLE) if node.name == f"team-roles-{cluster}-{name}")
            declared = {
                (group, resource, verb)
                for rule in node.inputs["rules"]
                for group in rule["apiGroups"]
                for resource in rule["resources"]
                for verb in rule["verbs"]
            }

            assert declared == set(_allowed(name))


@pytest.mark.parametrize("name", ROLES)
def test_roles_allow_no_privilege_escalation(name: str) -> None:
    """No wildcard, no secret, and no change of access, quotas or network policies."""
    allowed = set(_allowed(name))
    changes = {(group, resource) for group, resource, verb in allowed if verb not in ("get", "list", "watch")}
    resources = {resource for _, resource, _ in allowed}

    assert not any("*" in part for triple in allowed for part in triple)
    assert not {verb for _, _, verb in allowed} & {"bind", "escalate", "impersonate"}
    assert not resources & {"secrets", "nodes", "nodes/proxy", "pods/proxy", "services/proxy", "serviceaccounts/token"}
    assert not {group for group, _ in changes} & {"rbac.authorization.k8s.io", "networking.k8s.io"}
    assert not {group for group, _ in changes} & {"networking.istio.io", "security.istio.io", "networking.gke.io"}
    assert not {resource for _, resource in changes} & {
        *("limitranges", "localqueues", "namespaces", "networkpolicies", "persistentvolumes", "resourcequotas"),
        *("secretproviderclasses", "serviceaccounts"),
    }


def test_viewers_can_read_all_declared_objects(graph: Graph) -> None:
    """Every object that the platform declares in a team's namespace is readable."""
    teams = _settings(graph).teams
    declared = {
        (str(node.inputs["apiVersion"]).rpartition("/")[0], str(node.inputs["kind"]).lower())
        for node in graph
        if node.type.startswith("kubernetes:")
        and "kind" in node.inputs
        and node.inputs["metadata"].get("namespace") in teams
        and not node.type.endswith("Patch")
    }
    plurals = {(group, re.sub("y$", "ie", re.sub("ss$", "sse", kind)) + "s") for group, kind in declared}

    assert plurals
    assert plurals - {(group, resource) for group, resource, _ in _allowed("viewer")} == set()


def test_viewers_have_read_only_access() -> None:
    """They read, without `exec`, which is possible through GET."""
    assert {verb for _, _, verb in _allowed("viewer")} == {"get", "list", "watch"}
    assert {resource for _, resource, _ in _allowed("viewer") if "/" in resource} == {
        "localqueues/pendingworkloads",
        "pods/log",
    }


def test_roles_are_ordered_by_permissions() -> None:
    """Each role includes the one below; jobs of a repository cannot use `exec` or delete disks."""
    viewer, member, admin, jobs = (set(_allowed(name)) for name in ("viewer", "member", "admin", "repository"))

    assert viewer < member < admin
    assert viewer < jobs < admin
    assert ("", "pods/exec", "create") in member - jobs
    assert not {resource for _, resource, _ in jobs - viewer} & {"persistentvolumeclaims", "pods"}


def test_notebooks_and_models_need_their_own_role() -> None:
    """Without the entry in the settings no role can create them, including admin."""
    for kind in (("kubeflow.org", "notebooks"), ("serving.kserve.io", "inferenceservices")):
        creators = {name for name in ROLES if (*kind, "create") in set(_allowed(name))}

        assert creators == {"notebooks" if kind[1] == "notebooks" else "models"}


def test_roles_refer_to_existing_namespaced_kinds() -> None:
    """Every kind of an operator is in its CustomResourceDefinitions and is namespaced."""
    if not CRDS.is_dir():
        pytest.skip(MISSING)
    namespaced = [rules for name, rules in ROLES.items() if name != "runtimes"]
    kinds = {key for rules in namespaced for key in rules if key[0] not in BUILT_IN | UNPUBLISHED}
    texts = [file.read_text(encoding="utf-8") for file in sorted(CRDS.glob("*.yaml"))]
    scopes = {
        (crd["spec"]["group"], crd["spec"]["names"]["plural"]): crd["spec"]["scope"]
        for text in texts
        if any(f"\n  group: {group}\n" in text for group, _ in kinds)
        for crd in yaml.load_all(text, Loader=yaml.CSafeLoader)
        if crd
    }

    assert kinds
    assert {key: scopes.get(key) for key in kinds} == dict.fromkeys(kinds, "Namespaced")


def _spec(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    (node,) = (node for node in graph.of_type(kind) if node.name == name)
    return dict(node.inputs["spec"])


def test_quota_includes_provided_claims_and_notebooks(graph: Graph) -> None:
    """Claims of mounts, shares and notebooks are added to the team's own claims and disks."""
    settings = _settings(graph)
    for cluster, team in _namespaces(settings):
        entry = settings.teams[team]
        hard = _spec(graph, "kubernetes:core/v1:ResourceQuota", f"team-{cluster}.{team}-quota")["hard"]
        provided = [
            node.inputs["spec"]["resources"]["requests"]["storage"]
            for node in graph.of_type("kubernetes:core/v1:PersistentVolumeClaim")
            if node.inputs["metadata"]["namespace"] == team and f"-{cluster}." in node.name
        ]
        sizes = [int(size[:-2]) * {"Gi": 1, "Pi": 1024 * 1024}[size[-2:]] for size in provided]
        notebooks = entry.notebooks.max if entry.notebooks else 0
        disks = notebooks * entry.notebooks.storage_gib if entry.notebooks else 0

        assert hard["requests.storage"] == f"{entry.quota.storage_gib + disks + sum(sizes)}Gi"
        assert hard["persistentvolumeclaims"] == str(entry.quota.claims + notebooks + len(provided))
        assert hard["count/notebooks.kubeflow.org"] == str(notebooks)
        models = entry.models.max if entry.models else 0
        assert hard["count/inferenceservices.serving.kserve.io"] == str(models)
        assert (hard["services.loadbalancers"], hard["services.nodeports"]) == ("0", "0")


def test_limit_range_has_defaults_for_quota_resources(graph: Graph) -> None:
    """Every request that a quota requires of containers has a default, and no limit is below it."""
    settings = _settings(graph)
    for cluster, team in _namespaces(settings):
        hard = _spec(graph, "kubernetes:core/v1:ResourceQuota", f"team-{cluster}.{team}-quota")["hard"]
        (item,) = _spec(graph, "kubernetes:core/v1:LimitRange", f"limits-{cluster}.{team}-range")["limits"]
        requests = {key.removeprefix("requests.") for key in hard if key in ("requests.cpu", "requests.memory")}

        assert not any(key.startswith("limits.") for key in hard)
        assert item["type"] == "Container"
        assert set(item["defaultRequest"]) == requests == {"cpu", "memory"}
        assert item.get("default") == item.get("max")


def test_team_data_is_granted_and_mounted(cloud_graph: Graph) -> None:
    """Each bucket has a grant for workloads, one for each group, and a claim in each of the team's clusters."""
    settings = _cloud(cloud_graph)
    grants = {node.name: node.inputs["role"] for node in cloud_graph.of_type(GRANT)}
    claims = {
        (node.name.partition(".")[0].removeprefix("mount-"), node.inputs["metadata"]["namespace"], str(node.name))
        for node in cloud_graph.of_type("kubernetes:core/v1:PersistentVolumeClaim")
    }
    mounts = settings.all_mounts()
    for team, entry in settings.teams.items():
        listed = [mount for mount in settings.mounts.values() if mount.team == team]
        for bucket, terms in entry.data.items():
            role = {"read": "roles/storage.objectViewer", "write": "roles/storage.objectUser"}
            sensitive = settings.buckets[bucket].data_class == "sensitive"
            mounted = [key for key, mount in mounts.items() if (mount.team, mount.bucket) == (team, bucket)]

            assert grants[f"data-{bucket}-workload-{team}"] == role[terms.access]
            assert bool(mounted) == (terms.mount or any(mount.bucket == bucket for mount in listed))
            for cluster in entry.clusters:
                assert {(cluster, team, f"mount-{cluster}.{key}-claim") for key in mounted} <= claims
            for group, membership in entry.members.items():
                name = f"data-{bucket}-group-{group}"
                if sensitive or terms.people == "none":
                    assert (name in grants) == (group in settings.buckets[bucket].groups)
                elif membership == "viewer" or terms.people == "read":
                    assert grants[name] == role["read"]
                else:
                    assert grants[name] == role[terms.access]


@pytest.mark.parametrize("kind", ["core/v1:Namespace", "networking.k8s.io/v1:NetworkPolicy"])
def test_namespaces_and_default_deny_are_retained(graph: Graph, kind: str) -> None:
    """The engine does not delete a team's namespace or its default deny policy: a runbook does."""
    nodes = [node for node in graph.of_type(f"kubernetes:{kind}") if "TeamNamespace$" in node.urn]

    assert nodes
    assert [node.name for node in nodes if not node.retain_on_delete] == []


def test_members_can_connect_to_clusters(cloud_graph: Graph) -> None:
    """Members need a role on the project to connect to the API server of their namespaces."""
    settings = _cloud(cloud_graph)
    roles = {
        (node.inputs["member"], node.inputs["role"])
        for node in cloud_graph.of_type("gcp:projects/iAMMember:IAMMember")
        if str(node.inputs["member"]).startswith("group:")
    }
    for team in settings.teams.values():
        for group in team.members:
            assert (f"group:{settings.groups[group].email}", "roles/container.clusterViewer") in roles
