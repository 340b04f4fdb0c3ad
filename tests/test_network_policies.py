"""Isolation of teams: evaluates the declared network policies, claims and grants."""

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
from tests.network_policies import POLICY, Endpoint, Host, Pod, allowed
from tests.nonempty import nonempty

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
    """A pod of each team in each of its clusters, with the team."""
    for team, entry in nonempty(_settings(graph).teams.items()):
        for cluster in nonempty(entry.clusters):
            yield team, Pod(cluster, team, {"app": "anything"})


def _in_cluster_of(pod: Pod, endpoints: tuple[Endpoint, ...]) -> Iterator[Endpoint]:
    """The endpoints, with pods in the cluster of a pod."""
    for endpoint in endpoints:
        yield dataclasses.replace(endpoint, cluster=pod.cluster) if isinstance(endpoint, Pod) else endpoint


def test_teams_reach_only_their_own_pods(graph: Graph) -> None:
    """Pods of one namespace reach each other on every port; pods of two namespaces never do, in any cluster."""
    pods = [pod for _, pod in _teams(graph)]

    assert len({pod.namespace for pod in pods}) > 1
    for source in pods:
        for to in pods:
            for port in (80, 443, 8080, 15008):
                assert allowed(graph, source, to, port) == (source == to), (source, to, port)


def test_teams_reach_dns_metadata_apis_and_control_plane(cloud_graph: Graph) -> None:
    """They are reachable on their ports and on no others."""
    settings = _cloud(cloud_graph)
    apis = Host(APIS[settings.network.google_apis.value])
    for _, pod in _teams(cloud_graph):
        control_plane = Host(str(settings.clusters[pod.cluster].control_plane_cidr[2]))
        for resolver in _in_cluster_of(pod, DNS):
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


def test_teams_reach_no_other_destination(cloud_graph: Graph) -> None:
    """Neither the internet nor machines, databases and other pods of the network."""
    settings = _cloud(cloud_graph)
    machines = [subnet.cidr for subnet in settings.network.subnets.values()]
    for _, pod in _teams(cloud_graph):
        for port in (22, 80, 443, 3306):
            assert not allowed(cloud_graph, pod, INTERNET, port)
            assert not allowed(cloud_graph, pod, Host(str(settings.network.private_services[5])), port)
            assert not any(allowed(cloud_graph, pod, Host(str(cidr[5])), port) for cidr in machines)
            assert not any(allowed(cloud_graph, pod, Pod(pod.cluster, name), port) for name in OPERATORS)


def test_platform_namespaces_reach_teams(cloud_graph: Graph) -> None:
    """Load balancers, metrics collectors and the notebook controller are allowed, and no other source."""
    proxies = [subnet.cidr for subnet in _cloud(cloud_graph).network.proxy_subnets.values()]
    balancers = ["35.191.3.4", "130.211.1.2", *(str(cidr[9]) for cidr in proxies)]
    for _, pod in _teams(cloud_graph):
        callers = [Pod(pod.cluster, name) for name in ("gmp-system", "notebook-controller-system")]
        assert all(allowed(cloud_graph, Host(address), pod, 8080) for address in balancers)
        assert all(allowed(cloud_graph, caller, pod, 8080) for caller in callers)
        assert not any(allowed(cloud_graph, Pod(pod.cluster, name), pod, 8080) for name in (*OPERATORS, "kube-system"))
        assert not allowed(cloud_graph, INTERNET, pod, 8080)
        assert not allowed(cloud_graph, Host("10.64.0.5"), pod, 8080)


def test_only_listed_teams_reach_pipelines(cloud_graph: Graph) -> None:
    """The API of pipelines has no notion of teams: its callers see the runs of all teams."""
    settings = _cloud(cloud_graph)
    for team, pod in _teams(cloud_graph):
        pipelines = settings.pipelines
        listed = pipelines is not None and team in pipelines.teams and pod.cluster == pipelines.cluster
        api = Pod(pod.cluster, "kubeflow", {"app": "ml-pipeline"})

        assert allowed(cloud_graph, pod, api, 8888) == listed
        assert not allowed(cloud_graph, pod, Pod(pod.cluster, "kubeflow", {"app": "mysql"}), 8888)
        assert not allowed(cloud_graph, pod, api, 3306)


def test_listed_destinations_are_reached_by_their_teams_only(cloud_graph: Graph) -> None:
    """Destinations of the settings are open to the teams that list them, on their ports."""
    settings = _cloud(cloud_graph)
    for key, entry in settings.network.egress.allow.items():
        hosts = [Host(str(cidr[1])) for cidr in entry.cidrs] + [Host("93.184.216.34", name) for name in entry.hosts]
        for team, pod in _teams(cloud_graph):
            listed = key in settings.teams[team].egress
            for host in hosts:
                assert all(allowed(cloud_graph, pod, host, port) == listed for port in entry.ports), (team, host)
                assert not allowed(cloud_graph, pod, host, 22)


def test_samples_cover_ranges_hosts_and_pipelines(cloud_graphs: dict[str, Graph]) -> None:
    """Guards the tests above against passing vacuously."""
    settings = [_cloud(cloud_graph) for cloud_graph in cloud_graphs.values()]
    listed = [
        stack.network.egress.allow[key] for stack in settings for team in stack.teams.values() for key in team.egress
    ]

    assert any(entry.hosts for entry in listed)
    assert any(entry.cidrs for entry in listed)
    assert any(stack.pipelines is not None and stack.pipelines.teams for stack in settings)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_allow_all_policy_opens_one_direction(direction: str, graphs: dict[str, Graph]) -> None:
    """A policy that allows everything in one direction opens that direction and no other."""
    graph = graphs["dev"]
    policy = next(node for node in graph.of_type(POLICY) if node.name == "team-main.vision-default-deny")
    opened = dataclasses.replace(policy, inputs={**policy.inputs, "spec": {**policy.inputs["spec"], direction: [{}]}})
    changed = Graph(graph.stack, graph.engine, {**graph.nodes, policy.urn: opened})
    vision, internet = Pod("main", "vision"), INTERNET

    assert allowed(changed, internet, vision, 22) == (direction == "ingress")
    assert allowed(changed, vision, internet, 22) == (direction == "egress")
    assert not allowed(changed, vision, Pod("main", "forecasting"), 22)


def test_namespaces_enforce_restricted_except_for_documented_exceptions(graph: Graph) -> None:
    """Enforcement is pinned to a version, warnings and audit use the latest, and exceptions state their reason."""
    settings = _settings(graph)
    for node in nonempty(graph.of_type(NAMESPACE)):
        metadata = node.inputs["metadata"]
        if metadata["name"] not in settings.teams:
            continue
        labels = {key.partition("/")[2]: value for key, value in metadata["labels"].items() if "pod-security." in key}
        exception = settings.teams[metadata["name"]].pod_security

        assert labels["enforce-version"] == VERSION
        assert {labels["warn"], labels["audit"]} == {"restricted"}
        assert {labels["warn-version"], labels["audit-version"]} == {"latest"}
        assert (labels["enforce"] == "restricted") == (exception is None)
        reason = (metadata.get("annotations") or {}).get("groundwork.dev/pod-security-reason")
        assert reason == (None if exception is None else exception.reason)


def test_host_ipc_namespaces_depend_on_an_admission_policy(graphs: dict[str, Graph]) -> None:
    """Where a namespace enforces privileged for the host's IPC, an admission policy of its cluster exists before it."""
    graph = graphs["prod"]
    label = "groundwork.dev/pod-security"
    guarded = [node for node in graph.of_type(NAMESPACE) if label in node.inputs["metadata"]["labels"]]
    bindings = {node.provider: node for node in graph if node.type.endswith(":ValidatingAdmissionPolicyBinding")}

    assert guarded
    for node in guarded:
        binding = bindings[node.provider]
        selected = binding.inputs["spec"]["matchResources"]["namespaceSelector"]["matchLabels"]

        assert selected == {label: node.inputs["metadata"]["labels"][label]}
        assert binding.urn in graph.nodes[node.parent or ""].dependencies
        assert "Deny" in binding.inputs["spec"]["validationActions"]


def test_iam_account_is_bound_to_one_namespace(cloud_graph: Graph) -> None:
    """A binding contains project, namespace and account, so that pods of other teams cannot get the account's tokens.

    It contains no cluster: `vision/workload` is the same identity in every cluster of the project.
    """
    settings = _cloud(cloud_graph)
    subjects: dict[str, set[str]] = {}
    for node in cloud_graph.of_type(BINDING):
        if node.name.endswith("-federation") and node.name.startswith("workload-"):
            subjects.setdefault(node.name, set()).add(str(node.inputs["member"]))
    form = re.compile(rf"serviceAccount:{settings.projects.service}\.svc\.id\.goog\[([a-z0-9-]+)/([a-z0-9-]+)\]")
    matches = {name: [form.fullmatch(member) for member in members] for name, members in subjects.items()}

    assert {f"workload-{team}-federation" for team in settings.teams} <= set(matches)
    for team in settings.teams:
        (match,) = matches[f"workload-{team}-federation"]

        assert match is not None
        assert match.groups() == (team, "workload")


def test_service_accounts_mount_no_token(graph: Graph) -> None:
    """Neither the team's account nor the default account of the namespace."""
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


def test_volumes_are_reserved_for_their_namespace(graph: Graph) -> None:
    """A volume of a team refers to a claim in the team's namespace, so that no other claim is bound to it."""
    teams = set(_settings(graph).teams)
    volumes = graph.of_type("kubernetes:core/v1:PersistentVolume")

    assert volumes
    for node in volumes:
        assert node.inputs["spec"]["claimRef"]["namespace"] == node.inputs["metadata"]["labels"]["team"]
        assert node.inputs["spec"]["claimRef"]["namespace"] in teams


def test_mounted_secrets_are_granted_to_the_account(cloud_graph: Graph) -> None:
    """Every secret that a namespace lists is granted to its account."""
    settings = _cloud(cloud_graph)
    for node in cloud_graph:
        if node.type.endswith(":SecretProviderClass"):
            team = node.inputs["metadata"]["namespace"]
            listed = set(re.findall(r"secrets/([a-z0-9-]+)/versions", node.inputs["spec"]["parameters"]["secrets"]))

            assert listed <= {key for key, secret in settings.secrets.items() if team in secret.workloads}


def test_every_stack_is_tested() -> None:
    """The list of stacks is complete."""
    assert set(STACKS) == {file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml")}
