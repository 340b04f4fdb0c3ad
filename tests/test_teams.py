"""What comes of a team's entry, on the declared graph of every stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.team_roles import ROLES
from groundwork.graph import Graph, Node
from stacks.settings import Local, Settings, read_any
from stacks.settings.derived import team_data
from tests.cloud_settings import read_file
from tests.cluster.crds import FOLDER as CRDS
from tests.cluster.crds import MISSING
from tests.conftest import ROOT

BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
# Groups that Kubernetes itself serves, or GKE without a definition of ours.
BUILT_IN = {
    *("", "apps", "autoscaling", "batch", "discovery.k8s.io", "events.k8s.io", "metrics.k8s.io", "networking.k8s.io"),
    *("policy", "rbac.authorization.k8s.io"),
}
UNPUBLISHED = {"net.gke.io"}  # GKE installs its definitions with a fleet's services and publishes them nowhere


def _settings(graph: Graph) -> Settings | Local:
    return read_any(ROOT / f"Pulumi.{graph.stack}.yaml")


def _cloud(graph: Graph) -> Settings:
    return read_file(ROOT / f"Pulumi.{graph.stack}.yaml")


def _of_type(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph if node.type == kind]


def _places(settings: Settings | Local) -> list[tuple[str, str]]:
    return [(cluster, team) for team, entry in settings.teams.items() for cluster in entry.clusters]


def _bindings(graph: Graph, cluster: str, team: str) -> set[tuple[str, str, str]]:
    """Role, kind and subject of each binding of a namespace in a cluster."""
    return {
        (node.inputs["roleRef"]["name"], subject["kind"], subject["name"])
        for node in _of_type(graph, BINDING)
        if node.name.startswith(f"access-{cluster}.{team}-")
        for subject in node.inputs["subjects"]
    }


def test_members_are_bound_in_the_namespaces_of_their_team_alone(graph: Graph) -> None:
    """Each group has the role that the settings say, what the team may run, and nothing in another namespace."""
    settings = _settings(graph)
    for cluster, team in _places(settings):
        entry = settings.teams[team]
        extra = {name for name, has in (("notebooks", entry.notebooks), ("models", entry.models)) if has}
        wanted = {("team-workload", "ServiceAccount", "workload")}
        for group, membership in entry.members.items():
            names = {membership.value, *(extra if membership != "viewer" else ())}
            wanted |= {(f"team-{name}", "Group", settings.groups[group].email) for name in names}
        if entry.repository and isinstance(settings, Settings):
            account = f"cd-{team}@{settings.projects.service}.iam.gserviceaccount.com"
            wanted |= {(f"team-{name}", "User", account) for name in {"repository", *(extra - {"notebooks"})}}

        assert _bindings(graph, cluster, team) == wanted
    spaces = {node.inputs["metadata"]["namespace"] for node in _of_type(graph, BINDING) if node.name.startswith("acc")}
    assert spaces == set(settings.teams)


def test_a_binding_is_of_its_own_namespace(graph: Graph) -> None:
    """Its name says which namespace it is in, and an account is one of the same namespace."""
    for node in _of_type(graph, BINDING):
        if not node.inputs["roleRef"]["name"].startswith("team-"):
            continue  # an operator's own
        team = node.inputs["metadata"]["namespace"]

        assert f".{team}-" in node.name
        assert {subject.get("namespace", team) for subject in node.inputs["subjects"]} == {team}


def test_nobody_is_bound_in_a_whole_cluster(graph: Graph) -> None:
    """A role of the cluster allows nothing until a namespace binds it; people and teams are bound nowhere else."""
    everywhere = _of_type(graph, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")

    assert not any(node.inputs["roleRef"]["name"].startswith("team-") for node in everywhere)
    assert {subject["kind"] for node in everywhere for subject in node.inputs["subjects"]} <= {"ServiceAccount"}
    assert not {subject["namespace"] for node in everywhere for subject in node.inputs["subjects"]} & set(
        _settings(graph).teams
    )


def _allowed(role: str) -> Iterator[tuple[str, str, str]]:
    for (group, resource), verbs in ROLES[role].items():
        yield from ((group, resource, verb) for verb in verbs)


def test_the_roles_of_the_table_are_declared_in_each_cluster(graph: Graph) -> None:
    """What a cluster has is what the table says, rule by rule."""
    settings = _settings(graph)
    for cluster in settings.clusters:
        for name in ROLES:
            (node,) = (each for each in _of_type(graph, ROLE) if each.name == f"team-roles-{cluster}-{name}")
            declared = {
                (group, resource, verb)
                for rule in node.inputs["rules"]
                for group in rule["apiGroups"]
                for resource in rule["resources"]
                for verb in rule["verbs"]
            }

            assert declared == set(_allowed(name))


@pytest.mark.parametrize("name", ROLES)
def test_no_role_leads_out_of_its_namespace(name: str) -> None:
    """No wildcard, no secret, nothing that changes who may do what, how much of it, or who may speak to whom."""
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


def test_viewers_see_what_the_platform_declares(graph: Graph) -> None:
    """Whatever refuses something in a team's namespace is an object there, and may be read."""
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


def test_viewers_change_nothing() -> None:
    """They look, and open no terminal: one may be had by GET."""
    assert {verb for _, _, verb in _allowed("viewer")} == {"get", "list", "watch"}
    assert {resource for _, resource, _ in _allowed("viewer") if "/" in resource} == {"pods/log"}


def test_roles_grow_from_one_to_the_next() -> None:
    """Who may do more may do all that the others may; jobs of a repository open no terminal and delete no disk."""
    viewer, member, admin, jobs = (set(_allowed(name)) for name in ("viewer", "member", "admin", "repository"))

    assert viewer < member < admin
    assert viewer < jobs < admin
    assert ("", "pods/exec", "create") in member - jobs
    assert not {resource for _, resource, _ in jobs - viewer} & {"persistentvolumeclaims", "pods"}


def test_notebooks_and_models_take_a_role_of_their_own() -> None:
    """Without the entry in the settings nobody may make one, not even an admin."""
    for kind in (("kubeflow.org", "notebooks"), ("serving.kserve.io", "inferenceservices")):
        makers = {name for name in ROLES if (*kind, "create") in set(_allowed(name))}

        assert makers == {"notebooks" if kind[1] == "notebooks" else "models"}


def test_roles_name_kinds_that_exist() -> None:
    """Every kind of an operator is in its definitions, and belongs to a namespace."""
    if not CRDS.is_dir():
        pytest.skip(MISSING)
    named = {key for rules in ROLES.values() for key in rules if key[0] not in BUILT_IN | UNPUBLISHED}
    texts = [file.read_text(encoding="utf-8") for file in sorted(CRDS.glob("*.yaml"))]
    scopes = {
        (crd["spec"]["group"], crd["spec"]["names"]["plural"]): crd["spec"]["scope"]
        for text in texts
        if any(f"\n  group: {group}\n" in text for group, _ in named)
        for crd in yaml.load_all(text, Loader=yaml.CSafeLoader)
        if crd
    }

    assert named
    assert {key: scopes.get(key) for key in named} == dict.fromkeys(named, "Namespaced")


def _one(graph: Graph, kind: str, name: str) -> dict[str, Any]:
    (node,) = (each for each in _of_type(graph, kind) if each.name == name)
    return dict(node.inputs["spec"])


def test_quotas_have_room_for_what_the_platform_brings(graph: Graph) -> None:
    """What mounts, shares and notebooks ask for is on top of the team's own claims and disks."""
    settings = _settings(graph)
    for cluster, team in _places(settings):
        entry = settings.teams[team]
        hard = _one(graph, "kubernetes:core/v1:ResourceQuota", f"team-{cluster}.{team}-quota")["hard"]
        brought = [
            node.inputs["spec"]["resources"]["requests"]["storage"]
            for node in _of_type(graph, "kubernetes:core/v1:PersistentVolumeClaim")
            if node.inputs["metadata"]["namespace"] == team and f"-{cluster}." in node.name
        ]
        sizes = [int(size[:-2]) * {"Gi": 1, "Pi": 1024 * 1024}[size[-2:]] for size in brought]
        notebooks = entry.notebooks.max if entry.notebooks else 0
        disks = notebooks * entry.notebooks.storage_gib if entry.notebooks else 0

        assert hard["requests.storage"] == f"{entry.quota.storage_gib + disks + sum(sizes)}Gi"
        assert hard["persistentvolumeclaims"] == str(entry.quota.claims + notebooks + len(brought))
        assert hard["count/notebooks.kubeflow.org"] == str(notebooks)
        models = entry.models.max if entry.models else 0
        assert hard["count/inferenceservices.serving.kserve.io"] == str(models)
        assert (hard["services.loadbalancers"], hard["services.nodeports"]) == ("0", "0")


def test_a_pod_without_requests_is_not_refused(graph: Graph) -> None:
    """Whatever a quota asks every container to say has a default, and no limit is below it."""
    settings = _settings(graph)
    for cluster, team in _places(settings):
        hard = _one(graph, "kubernetes:core/v1:ResourceQuota", f"team-{cluster}.{team}-quota")["hard"]
        (item,) = _one(graph, "kubernetes:core/v1:LimitRange", f"limits-{cluster}.{team}-range")["limits"]
        asked = {key.removeprefix("requests.") for key in hard if key in ("requests.cpu", "requests.memory")}

        assert not any(key.startswith("limits.") for key in hard)
        assert item["type"] == "Container"
        assert set(item["defaultRequest"]) == asked == {"cpu", "memory"}
        assert item.get("default") == item.get("max")


def test_data_of_a_team_is_granted_and_mounted(cloud_graph: Graph) -> None:
    """Each bucket is one grant of the workloads, one of each group, and a claim in each of the team's clusters."""
    settings = _cloud(cloud_graph)
    grants = {node.name: node.inputs["role"] for node in _of_type(cloud_graph, GRANT)}
    claims = {
        (node.name.partition(".")[0].removeprefix("mount-"), node.inputs["metadata"]["namespace"], str(node.name))
        for node in _of_type(cloud_graph, "kubernetes:core/v1:PersistentVolumeClaim")
    }
    mounts = team_data.mounts(settings.teams, settings.buckets, settings.mounts)
    for team, entry in settings.teams.items():
        tuned = [mount for mount in settings.mounts.values() if mount.team == team]
        for bucket, terms in entry.data.items():
            role = {"read": "roles/storage.objectViewer", "write": "roles/storage.objectUser"}
            sensitive = settings.buckets[bucket].data_class == "sensitive"
            mounted = [key for key, mount in mounts.items() if (mount.team, mount.bucket) == (team, bucket)]

            assert grants[f"data-{bucket}-workload-{team}"] == role[terms.access]
            assert bool(mounted) == (terms.mount or any(mount.bucket == bucket for mount in tuned))
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
def test_a_namespace_is_told_to_stay(graph: Graph, kind: str) -> None:
    """The engine forgets a team's namespace and does not delete it, nor its walls: what is in it goes by a runbook."""
    found = [node for node in _of_type(graph, f"kubernetes:{kind}") if "TeamNamespace$" in node.urn]

    assert found
    assert [node.name for node in found if not node.retain_on_delete] == []


def test_members_find_their_clusters(cloud_graph: Graph) -> None:
    """A binding in a namespace is of no use to a group that may not ask for the cluster at all."""
    settings = _cloud(cloud_graph)
    roles = {
        (node.inputs["member"], node.inputs["role"])
        for node in _of_type(cloud_graph, "gcp:projects/iAMMember:IAMMember")
        if str(node.inputs["member"]).startswith("group:")
    }
    for team in settings.teams.values():
        for group in team.members:
            assert (f"group:{settings.groups[group].email}", "roles/container.clusterViewer") in roles
