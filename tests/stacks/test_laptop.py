"""The stack on a laptop: the objects that it has in common with the cloud, and no resource of a cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from groundwork import manifests
from groundwork.graph import Graph, Node, Placeholder
from groundwork.yaml_files import read_yaml
from stacks.settings import Local, Settings, any_of
from stacks.settings.model.local import Platform
from tests import plans
from tests.conftest import ROOT
from tests.network_policies import Host, Pod, allowed
from tests.settings.samples import ABSENT, FILE, Config, local, put

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
VOLUME = "kubernetes:core/v1:PersistentVolume"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
MESH = {"networking.istio.io", "security.istio.io"}
# Without operators there is no mesh, and teams cannot have services.
WITHOUT_OPERATORS: tuple[tuple[str, object], ...] = (("operators", "none"), ("teams.vision.services", ABSENT))

Plan = Callable[..., Graph]


def _by_name(graph: Graph, kind: str) -> dict[str, Node]:
    return {node.inputs["metadata"]["name"]: node for node in graph.of_type(kind)}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Plan the stack with changes of its settings; the same changes are planned once."""
    graphs: dict[str, Graph] = {}

    def planned(*changes: tuple[str, object]) -> Graph:
        if (key := repr(changes)) not in graphs:
            config = local()
            for path, value in changes:
                put(config, path, value)
            graphs[key] = plans.plan(tmp_path_factory.mktemp("laptop"), "local", config)
        return graphs[key]

    return planned


def test_local_stack_declares_only_kubernetes_objects(graphs: dict[str, Graph]) -> None:
    """Every resource is an object of the cluster, and every input is known in the preview."""
    graph = graphs["local"]
    packages = {node.type.partition(":")[0] for node in graph if node.custom and not node.is_provider}

    assert packages == {"kubernetes"}
    assert [node.urn for node in graph if Placeholder.UNKNOWN in node.inputs.values()] == []


def test_provider_has_the_context_and_no_kubeconfig(graphs: dict[str, Graph]) -> None:
    """An update reaches the cluster of the settings; the provider finds the kubeconfig."""
    (provider,) = (node for node in graphs["local"] if node.is_provider)

    assert provider.inputs["context"] == "kind-groundwork"
    assert "kubeconfig" not in provider.inputs


def test_claims_have_the_names_of_development(graphs: dict[str, Graph]) -> None:
    """A claim has the same name and namespace as in the cloud."""

    def claims(stack: str) -> set[tuple[str, str]]:
        return {
            (node.inputs["metadata"]["namespace"], name)
            for name, node in _by_name(graphs[stack], CLAIM).items()
            if node.name.startswith("mount-")
        }

    shared = {("vision", "vision-raw"), ("vision", "vision-models"), ("forecasting", "forecasting-curated")}
    assert shared <= claims("local") & claims("dev")


def test_mounts_of_a_bucket_share_its_folder(graphs: dict[str, Graph]) -> None:
    """Mounts of a bucket share files, `only_dir` is a subfolder, and read-only mounts are mounted read-only."""
    specs = {name: node.inputs["spec"] for name, node in _by_name(graphs["local"], VOLUME).items()}

    assert specs["forecasting-models"]["local"]["path"] == "/data/groundwork/models"
    assert specs["vision-models"]["local"]["path"] == "/data/groundwork/models/vision"
    assert {name for name, spec in specs.items() if spec.get("mountOptions") == ["ro"]} == {
        "forecasting-models",
        "vision-raw",
    }
    for spec in specs.values():
        assert (spec["accessModes"] == ["ReadOnlyMany"]) == ("mountOptions" in spec)
        assert spec["persistentVolumeReclaimPolicy"] == "Retain"


def test_storage_class_provisions_volumes_without_a_folder(plan: Plan) -> None:
    """The default class or a named one, with the size of the bucket; an update does not wait for a pod."""
    alone = (
        ("buckets.shipments", {"size_gib": 2, "workloads": {"forecasting": "read"}}),
        ("mounts.forecasting-models.bucket", "shipments"),
        ("teams.forecasting.data", {"shipments-curated": "write"}),
    )
    graph = plan(*alone, ("volumes", {}))
    claims = _by_name(graph, CLAIM)

    assert _by_name(graph, VOLUME) == {}
    assert claims["forecasting-models"].inputs["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "2Gi"}},
    }
    assert claims["vision-raw"].inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}

    named = _by_name(plan(*alone, ("volumes", {"storage_class": "standard"})), CLAIM)

    assert {claim.inputs["spec"]["storageClassName"] for claim in named.values()} == {"standard"}


def test_mount_notes_list_the_claims(graphs: dict[str, Graph]) -> None:
    """The ConfigMap `mounts` has the same form as in the cloud, without annotations for a driver."""
    (vision,) = (
        node
        for node in graphs["local"].of_type(CONFIG_MAP)
        if (node.inputs["metadata"]["name"], node.inputs["metadata"]["namespace"]) == ("mounts", "vision")
    )

    assert {pool: json.loads(text) for pool, text in vision.inputs["data"].items()} == {
        "any": {"claims": ["vision-models", "vision-raw"], "annotations": {}, "volumes": []}
    }


def _api_groups(graph: Graph) -> set[str]:
    return {str(item.manifest["apiVersion"]).partition("/")[0] for item in manifests.objects(graph)}


def test_operators_can_be_installed_existing_or_absent(plan: Plan, graphs: dict[str, Graph]) -> None:
    """Without operators no custom resource is declared; existing ones are not changed."""
    none, installed = plan(*WITHOUT_OPERATORS), plan(("operators", "installed"))

    assert manifests.opaque(graphs["local"])
    assert manifests.opaque(none) == manifests.opaque(installed) == []
    assert _api_groups(installed) >= {"kueue.x-k8s.io", *MESH}
    assert _api_groups(none) <= {"networking.k8s.io", "rbac.authorization.k8s.io", "scheduling.k8s.io", "v1"}
    # Managed Prometheus collects metrics in the cloud only.
    assert "monitoring.googleapis.com" not in _api_groups(graphs["local"]) | _api_groups(installed)


def test_namespaces_have_sidecars_with_a_mesh(plan: Plan, graphs: dict[str, Graph]) -> None:
    """Namespaces enable injection with installed and existing operators; the objects of the mesh are the same."""
    none, installed = plan(*WITHOUT_OPERATORS), plan(("operators", "installed"))

    def injected(graph: Graph) -> set[bool]:
        namespaces = (node.inputs["metadata"]["labels"] for node in _by_name(graph, NAMESPACE).values())
        return {labels.get("istio-injection") == "enabled" for labels in namespaces}

    def mesh_objects(graph: Graph) -> dict[str, Any]:
        return {node.urn: node.inputs for node in graph if "istio.io/" in node.type}

    assert (injected(none), injected(installed), injected(graphs["local"])) == ({False}, {True}, {True})
    assert [node.urn for node in none if "-mesh" in node.name or node.name.startswith("mesh-")] == []
    assert mesh_objects(installed) == mesh_objects(graphs["local"]) != {}
    assert installed.of_type(RELEASE) == []


def test_services_have_the_same_mesh_objects_as_in_the_cloud(plan: Plan, graphs: dict[str, Graph]) -> None:
    """The entry of a service in development, faults included, declares the same objects on a laptop."""
    services = read_yaml(ROOT / FILE)["config"]["groundwork:teams"]["vision"]["services"]
    graph = plan(("teams.vision.services", services))

    def rules(of: Graph) -> dict[str, Any]:
        nodes = (
            node for node in of if node.type.startswith(("kubernetes:networking.istio", "kubernetes:security.istio"))
        )
        return {
            node.name.partition(".")[2]: (node.inputs["metadata"].get("annotations"), node.inputs["spec"])
            for node in nodes
            if ".vision" in node.name
        }

    assert rules(graph) == rules(graphs["dev"])
    assert "fault" in str(rules(graph))


@pytest.mark.parametrize("platform", Platform)
def test_istio_charts_get_the_platform(platform: Platform, plan: Plan, graphs: dict[str, Graph]) -> None:
    """Istio's charts have a value for each platform except for kind, which needs none."""

    def platform_value(graph: Graph) -> object:
        (release,) = (node for node in graph.of_type(RELEASE) if node.name.endswith("-istio-cni"))
        return release.inputs["values"]["global"].get("platform")

    assert platform_value(plan(("clusters.laptop.platform", platform.value))) == (
        None if platform == "kind" else platform
    )
    assert platform_value(graphs["dev"]) == "gke"


@pytest.mark.parametrize(
    ("platform", "port"), [("kind", 6443), ("k3d", 6443), ("k3s", 6443), ("microk8s", 16443), ("minikube", 8443)]
)
def test_pods_reach_the_api_server_of_the_platform(platform: str, port: int, plan: Plan) -> None:
    """On the port of its service and of the platform, at any private address and nowhere else."""
    graph = plan(("clusters.laptop.platform", platform))
    pod = Pod("laptop", "vision")

    for address in ("10.96.0.1", "172.18.0.2", "192.168.49.2"):
        ports = {port for port in (80, 443, 6443, 8443, 16443) if allowed(graph, pod, Host(address), port)}
        assert ports == {443, port}
    assert not allowed(graph, pod, Host("93.184.216.34"), port)


def test_istiod_has_one_replica(graphs: dict[str, Graph]) -> None:
    """A second replica is for the failure of a node; all other values are those of the cloud."""

    def values(stack: str) -> dict[str, Any]:
        (release,) = (node for node in graphs[stack] if node.name.endswith("-istiod"))
        return dict(release.inputs["values"])

    assert values("local") == {**values("dev"), "autoscaleMin": 1}


def test_existing_gpus_are_a_flavor(plan: Plan) -> None:
    """They are part of quotas like those of a pool, without taints."""
    graph = plan(
        ("gpu_pools", {"rtx": {"clusters": ["laptop"], "gpus": 1, "node_labels": {"nvidia.com/gpu.present": "true"}}}),
        ("teams.vision.quota.gpus", {"rtx": 1}),
    )
    flavor = next(node for node in graph if node.name == "flavors-laptop-rtx")
    quota = next(node for node in graph if node.name == "team-laptop.vision-quota")

    assert flavor.inputs["spec"]["nodeLabels"] == {"nvidia.com/gpu.present": "true"}
    assert flavor.inputs["spec"]["tolerations"] == []
    assert quota.inputs["spec"]["hard"]["requests.nvidia.com/gpu"] == "1"


def test_team_entry_is_valid_in_both_kinds_of_stack() -> None:
    """An entry of the cloud is valid on a laptop, except for names and for keys of the cloud."""
    team: Config = read_yaml(ROOT / FILE)["config"]["groundwork:teams"]["vision"]
    team["clusters"], team["quota"]["gpus"] = ["laptop"], {}
    team = {key: value for key, value in team.items() if key not in ("egress", "repository")}
    config = put(local(), "teams.vision", team)
    for bucket in team["data"]:
        put(config, f"buckets.{bucket}", {})
    settings = any_of(config, FILE)

    assert isinstance(settings, Local)
    assert settings.teams["vision"].model_dump(mode="json").items() >= _scalars(team).items()


def _scalars(team: Config) -> dict[str, Any]:
    """The entries that the model does not complete with defaults: all but maps."""
    return {key: value for key, value in team.items() if not isinstance(value, dict)}


def test_environment_selects_the_model() -> None:
    """`local` makes a stack local, whatever the name of its file; any other environment is in the cloud."""
    assert isinstance(any_of(local(), "Pulumi.anne.yaml"), Local)
    assert set(Local.model_fields) & set(Settings.model_fields) >= {"environment", "ownership", "groups", "teams"}
