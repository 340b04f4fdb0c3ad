"""Two teams cannot see each other's data or pods: questions to the declared policies, claims and grants."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from components.team_namespace import VERSION
from groundwork.graph import Graph
from stacks.settings import Local, Settings, read_any
from tests.cloud_settings import read_file
from tests.conftest import ROOT, STACKS
from tests.network_policies import POLICY, Host, Place, Pod, allowed

NAMESPACE = "kubernetes:core/v1:Namespace"
BINDING = "gcp:serviceaccount/iAMMember:IAMMember"
DNS = (
    Pod("main", "kube-system", {"k8s-app": "kube-dns"}),
    Pod("main", "kube-system", {"k8s-app": "node-local-dns"}),
    Host("169.254.20.10"),
    Host("169.254.169.254"),
)
METADATA = (("169.254.169.254", 80), ("169.254.169.254", 8080), ("169.254.169.252", 987), ("169.254.169.252", 988))
APIS = {"private": "199.36.153.10", "restricted": "199.36.153.6"}
INTERNET = Host("93.184.216.34", "www.example.com")
OPERATORS = ("cert-manager", "default", "kserve", "kubeflow", "kubeflow-system", "kueue-system", "spark-operator")


def _settings(graph: Graph) -> Settings | Local:
    return read_any(ROOT / f"Pulumi.{graph.stack}.yaml")


def _cloud(graph: Graph) -> Settings:
    return read_file(ROOT / f"Pulumi.{graph.stack}.yaml")


def _teams(graph: Graph) -> Iterator[tuple[str, Pod]]:
    """A pod of each team in each of its clusters."""
    for team, entry in _settings(graph).teams.items():
        for cluster in entry.clusters:
            yield team, Pod(cluster, team, {"app": "anything"})


def _others(pod: Pod, places: tuple[Place, ...]) -> Iterator[Place]:
    """The places, in the cluster of a pod where they are pods."""
    for place in places:
        yield dataclasses.replace(place, cluster=pod.cluster) if isinstance(place, Pod) else place


def test_a_team_reaches_itself_and_no_other(graph: Graph) -> None:
    """Pods of one namespace reach each other on every port; those of two never do, whichever cluster they are in."""
    pods = [pod for _, pod in _teams(graph)]

    assert len({pod.namespace for pod in pods}) > 1
    for source in pods:
        for to in pods:
            for port in (80, 443, 8080, 15008):
                assert allowed(graph, source, to, port) == (source == to), (source, to, port)


def test_a_team_reaches_what_every_pod_needs(cloud_graph: Graph) -> None:
    """Names, tokens, Google's APIs and the control plane of the own cluster: on their ports and no others."""
    settings = _cloud(cloud_graph)
    apis = Host(APIS[settings.network.google_apis.value])
    for _, pod in _teams(cloud_graph):
        control_plane = Host(str(settings.clusters[pod.cluster].control_plane_cidr[2]))
        for resolver in _others(pod, DNS):
            assert allowed(cloud_graph, pod, resolver, 53, "UDP")
            assert allowed(cloud_graph, pod, resolver, 53, "TCP")
            assert not allowed(cloud_graph, pod, resolver, 5353, "UDP")
        for address, port in METADATA:
            assert allowed(cloud_graph, pod, Host(address), port)
            assert not allowed(cloud_graph, pod, Host(address), 22)
        assert allowed(cloud_graph, pod, apis, 443)
        assert not allowed(cloud_graph, pod, apis, 80)
        assert allowed(cloud_graph, pod, control_plane, 443)
        assert not allowed(cloud_graph, pod, control_plane, 10250)


def test_a_team_reaches_nothing_else(cloud_graph: Graph) -> None:
    """Neither the internet nor machines, databases and other pods of the network."""
    settings = _cloud(cloud_graph)
    machines = [subnet.cidr for subnet in settings.network.subnets.values()]
    for _, pod in _teams(cloud_graph):
        for port in (22, 80, 443, 3306):
            assert not allowed(cloud_graph, pod, INTERNET, port)
            assert not allowed(cloud_graph, pod, Host(str(settings.network.private_services[5])), port)
            assert not any(allowed(cloud_graph, pod, Host(str(cidr[5])), port) for cidr in machines)
            assert not any(allowed(cloud_graph, pod, Pod(pod.cluster, name), port) for name in OPERATORS)


def test_the_platform_reaches_teams(cloud_graph: Graph) -> None:
    """Load balancers, collectors of metrics and the controller of notebooks get in, and nobody else does."""
    proxies = [subnet.cidr for subnet in _cloud(cloud_graph).network.proxy_subnets.values()]
    balancers = ["35.191.3.4", "130.211.1.2", *(str(cidr[9]) for cidr in proxies)]
    for _, pod in _teams(cloud_graph):
        callers = [Pod(pod.cluster, name) for name in ("gmp-system", "notebook-controller-system")]
        assert all(allowed(cloud_graph, Host(address), pod, 8080) for address in balancers)
        assert all(allowed(cloud_graph, caller, pod, 8080) for caller in callers)
        assert not any(allowed(cloud_graph, Pod(pod.cluster, name), pod, 8080) for name in (*OPERATORS, "kube-system"))
        assert not allowed(cloud_graph, INTERNET, pod, 8080)
        assert not allowed(cloud_graph, Host("10.64.0.5"), pod, 8080)


def test_only_teams_that_are_named_call_pipelines(cloud_graph: Graph) -> None:
    """The API of pipelines knows no teams, so whoever reaches it sees the runs of all."""
    settings = _cloud(cloud_graph)
    for team, pod in _teams(cloud_graph):
        pipelines = settings.pipelines
        named = pipelines is not None and team in pipelines.teams and pod.cluster == pipelines.cluster
        api = Pod(pod.cluster, "kubeflow", {"app": "ml-pipeline"})

        assert allowed(cloud_graph, pod, api, 8888) == named
        assert not allowed(cloud_graph, pod, Pod(pod.cluster, "kubeflow", {"app": "mysql"}), 8888)
        assert not allowed(cloud_graph, pod, api, 3306)


def test_what_a_team_names_is_reached_by_that_team(cloud_graph: Graph) -> None:
    """Destinations of the settings open for the teams that name them, on their ports."""
    settings = _cloud(cloud_graph)
    for key, entry in settings.network.egress.allow.items():
        places = [Host(str(cidr[1])) for cidr in entry.cidrs] + [Host("93.184.216.34", name) for name in entry.hosts]
        for team, pod in _teams(cloud_graph):
            named = key in settings.teams[team].egress
            for place in places:
                assert all(allowed(cloud_graph, pod, place, port) == named for port in entry.ports), (team, place)
                assert not allowed(cloud_graph, pod, place, 22)


def test_both_kinds_of_destination_are_named_somewhere(cloud_graphs: dict[str, Graph]) -> None:
    """The questions above are about ranges and about names, and about a team that calls pipelines."""
    settings = [_cloud(cloud_graph) for cloud_graph in cloud_graphs.values()]
    named = [one.network.egress.allow[key] for one in settings for team in one.teams.values() for key in team.egress]

    assert any(entry.hosts for entry in named)
    assert any(entry.cidrs for entry in named)
    assert any(one.pipelines is not None and one.pipelines.teams for one in settings)


@pytest.mark.parametrize("broken", ["ingress", "egress"])
def test_one_policy_too_many_is_noticed(broken: str, graphs: dict[str, Graph]) -> None:
    """A policy that lets everything through in one direction opens the way to whoever may leave, and no other."""
    graph = graphs["dev"]
    walls = next(node for node in graph if node.type == POLICY and node.name == "team-main.vision-default-deny")
    opened = dataclasses.replace(walls, inputs={**walls.inputs, "spec": {**walls.inputs["spec"], broken: [{}]}})
    changed = Graph(graph.stack, graph.engine, {**graph.nodes, walls.urn: opened})
    vision, internet = Pod("main", "vision"), INTERNET

    assert allowed(changed, internet, vision, 22) == (broken == "ingress")
    assert allowed(changed, vision, internet, 22) == (broken == "egress")
    assert not allowed(changed, vision, Pod("main", "forecasting"), 22)


def test_namespaces_are_restricted_but_where_the_settings_say_why(graph: Graph) -> None:
    """Labels of the profile at a fixed version, told and logged by the newest, and exceptions with their reason."""
    settings = _settings(graph)
    for node in graph:
        metadata = node.inputs.get("metadata") or {}
        if node.type != NAMESPACE or metadata["name"] not in settings.teams:
            continue
        labels = {key.partition("/")[2]: value for key, value in metadata["labels"].items() if "pod-security." in key}
        exception = settings.teams[metadata["name"]].pod_security

        assert labels["enforce-version"] == VERSION
        assert {labels["warn"], labels["audit"]} == {"restricted"}
        assert {labels["warn-version"], labels["audit-version"]} == {"latest"}
        assert (labels["enforce"] == "restricted") == (exception is None)
        told = (metadata.get("annotations") or {}).get("groundwork.dev/pod-security-reason")
        assert told == (None if exception is None else exception.reason)


def test_host_ipc_is_guarded(graphs: dict[str, Graph]) -> None:
    """Where a namespace enforces privileged for the host's IPC, a policy of its cluster is there before it."""
    graph = graphs["prod"]
    label = "groundwork.dev/pod-security"
    guarded = [node for node in graph if node.type == NAMESPACE and label in node.inputs["metadata"]["labels"]]
    bindings = {node.provider: node for node in graph if node.type.endswith(":ValidatingAdmissionPolicyBinding")}

    assert guarded
    for node in guarded:
        binding = bindings[node.provider]
        chosen = binding.inputs["spec"]["matchResources"]["namespaceSelector"]["matchLabels"]

        assert chosen == {label: node.inputs["metadata"]["labels"][label]}
        assert binding.urn in graph.nodes[node.parent or ""].dependencies
        assert "Deny" in binding.inputs["spec"]["validationActions"]


def test_an_iam_account_is_used_from_one_namespace_only(cloud_graph: Graph) -> None:
    """A binding names project, namespace and account, so no pod of another team gets the account's tokens.

    It names no cluster: `vision/workload` is one identity in every cluster of the project, and in no other project.
    """
    settings = _cloud(cloud_graph)
    subjects: dict[str, set[str]] = {}
    for node in cloud_graph:
        if node.type == BINDING and node.name.endswith("-federation") and node.name.startswith("workload-"):
            subjects.setdefault(node.name, set()).add(str(node.inputs["member"]))
    form = re.compile(rf"serviceAccount:{settings.projects.service}\.svc\.id\.goog\[([a-z0-9-]+)/([a-z0-9-]+)\]")
    found = {name: [form.fullmatch(member) for member in members] for name, members in subjects.items()}

    assert {f"workload-{team}-federation" for team in settings.teams} <= set(found)
    for team in settings.teams:
        (match,) = found[f"workload-{team}-federation"]

        assert match is not None
        assert match.groups() == (team, "workload")


def test_no_account_of_a_namespace_brings_a_token(graph: Graph) -> None:
    """Both the team's account and the one that pods get without asking."""
    for team, pod in _teams(graph):
        accounts = {
            node.inputs["metadata"]["name"]: node.inputs.get("automountServiceAccountToken")
            for node in graph
            if node.type.startswith("kubernetes:core/v1:ServiceAccount")
            and node.inputs["metadata"]["namespace"] == team
            and node.inputs["kind"] == "ServiceAccount"
            and (provider := graph.provider_of(node)) is not None
            and provider.name == f"kubernetes-{pod.cluster}"
        }

        assert accounts == {"default": False, "workload": False}


def test_volumes_are_for_the_claims_of_one_namespace(graph: Graph) -> None:
    """A volume of one team names the namespace of its claim: a claim of another team is never bound to it."""
    teams = set(_settings(graph).teams)
    volumes = [node for node in graph if node.type == "kubernetes:core/v1:PersistentVolume"]

    assert volumes
    for node in volumes:
        assert node.inputs["spec"]["claimRef"]["namespace"] == node.inputs["metadata"]["labels"]["team"]
        assert node.inputs["spec"]["claimRef"]["namespace"] in teams


def test_secrets_of_a_namespace_are_those_that_its_account_reads(cloud_graph: Graph) -> None:
    """What a namespace lists, IAM grants to its account."""
    settings = _cloud(cloud_graph)
    for node in cloud_graph:
        if node.type.endswith(":SecretProviderClass"):
            team = node.inputs["metadata"]["namespace"]
            listed = set(re.findall(r"secrets/([a-z0-9-]+)/versions", node.inputs["spec"]["parameters"]["secrets"]))

            assert listed <= {key for key, secret in settings.secrets.items() if team in secret.workloads}


def test_every_stack_is_asked() -> None:
    """No stack is left out of the questions."""
    assert set(STACKS) == {file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml")}
