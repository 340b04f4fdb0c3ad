"""The stack on a laptop: what it has of the platform, and that it asks no cloud."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from groundwork import manifests
from groundwork.engines import embedded
from groundwork.graph import Graph, Node, Placeholder
from groundwork.project import Project
from groundwork.yaml_files import read_yaml
from stacks.settings import Local, Settings, any_of
from stacks.settings.model.local import Platform
from tests.conftest import ROOT
from tests.network_policies import Host, Pod, allowed
from tests.settings.samples import ABSENT, FILE, Config, local, put

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
VOLUME = "kubernetes:core/v1:PersistentVolume"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
NAMESPACE = "kubernetes:core/v1:Namespace"
RELEASE = "kubernetes:helm.sh/v3:Release"
MESH = {"networking.istio.io", "security.istio.io"}
# Without operators there is no mesh, and no team has services.
WITHOUT: tuple[tuple[str, object], ...] = (("operators", "none"), ("teams.vision.services", ABSENT))

Plan = Callable[..., Graph]


def _of_type(graph: Graph, kind: str) -> dict[str, Node]:
    return {node.inputs["metadata"]["name"]: node for node in graph if node.type == kind}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Plans the stack after changes of its settings."""

    def planned(*changes: tuple[str, object]) -> Graph:
        config = local()
        for path, value in changes:
            put(config, path, value)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, tmp_path / name)
        for name in ("components", "stacks"):
            if not (tmp_path / name).exists():
                (tmp_path / name).symlink_to(ROOT / name)
        (tmp_path / "Pulumi.local.yaml").write_text(json.dumps({"config": config}), encoding="utf-8")
        return embedded.plan(Project.at(tmp_path), "local")

    return planned


def test_nothing_of_a_cloud_is_declared(graphs: dict[str, Graph]) -> None:
    """Every resource is an object in the cluster, and everything of it is known before the update."""
    graph = graphs["local"]
    packages = {node.type.partition(":")[0] for node in graph if node.custom and not node.is_provider}

    assert packages == {"kubernetes"}
    assert [node.urn for node in graph if Placeholder.UNKNOWN in node.inputs.values()] == []


def test_the_context_is_named_and_the_kubeconfig_is_left_to_the_provider(graphs: dict[str, Graph]) -> None:
    """An update lands in the cluster that the settings name; where its kubeconfig lies is the shell's business."""
    (provider,) = (node for node in graphs["local"] if node.is_provider)

    assert provider.inputs["context"] == "kind-groundwork"
    assert "kubeconfig" not in provider.inputs


def test_a_pod_of_development_finds_its_claims(graphs: dict[str, Graph]) -> None:
    """A claim has the name and the namespace that it has in the cloud."""

    def claims(stack: str) -> set[tuple[str, str]]:
        return {
            (node.inputs["metadata"]["namespace"], name)
            for name, node in _of_type(graphs[stack], CLAIM).items()
            if node.name.startswith("mount-")
        }

    shared = {("vision", "vision-raw"), ("vision", "vision-models"), ("forecasting", "forecasting-curated")}
    assert shared <= claims("local") & claims("dev")


def test_teams_share_the_folder_of_a_bucket(graphs: dict[str, Graph]) -> None:
    """Two mounts of a bucket are the same files, a folder of it is below it, and what is read-only is mounted so."""
    specs = {name: node.inputs["spec"] for name, node in _of_type(graphs["local"], VOLUME).items()}

    assert specs["forecasting-models"]["local"]["path"] == "/data/groundwork/models"
    assert specs["vision-models"]["local"]["path"] == "/data/groundwork/models/vision"
    assert {name for name, spec in specs.items() if spec.get("mountOptions") == ["ro"]} == {
        "forecasting-models",
        "vision-raw",
    }
    for spec in specs.values():
        assert (spec["accessModes"] == ["ReadOnlyMany"]) == ("mountOptions" in spec)
        assert spec["persistentVolumeReclaimPolicy"] == "Retain"


def test_without_a_folder_a_storage_class_makes_the_volumes(plan: Plan) -> None:
    """The class of the cluster or a named one, with the size of the bucket; an update does not wait for a pod."""
    alone = (
        ("buckets.shipments", {"size_gib": 2, "workloads": {"forecasting": "read"}}),
        ("mounts.forecasting-models.bucket", "shipments"),
        ("teams.forecasting.data", {"shipments-curated": "write"}),
    )
    graph = plan(*alone, ("volumes", {}))
    claims = _of_type(graph, CLAIM)

    assert _of_type(graph, VOLUME) == {}
    assert claims["forecasting-models"].inputs["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "2Gi"}},
    }
    assert claims["vision-raw"].inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}

    named = _of_type(plan(*alone, ("volumes", {"storage_class": "standard"})), CLAIM)

    assert {claim.inputs["spec"]["storageClassName"] for claim in named.values()} == {"standard"}


def test_the_guide_lists_the_claims(graphs: dict[str, Graph]) -> None:
    """A script that reads the ConfigMap `mounts` in the cloud reads it here: there is no driver to ask anything for."""
    (vision,) = (
        node
        for node in graphs["local"]
        if node.type == CONFIG_MAP
        and (node.inputs["metadata"]["name"], node.inputs["metadata"]["namespace"]) == ("mounts", "vision")
    )

    assert {pool: json.loads(text) for pool, text in vision.inputs["data"].items()} == {
        "any": {"claims": ["vision-models", "vision-raw"], "annotations": {}, "volumes": []}
    }


def _groups(graph: Graph) -> set[str]:
    return {str(one.manifest["apiVersion"]).partition("/")[0] for one in manifests.objects(graph)}


def test_operators_are_installed_found_or_left_out(plan: Plan, graphs: dict[str, Graph]) -> None:
    """Without them nothing asks for a definition that is not there; somebody else's are taken as they are."""
    none, installed = plan(*WITHOUT), plan(("operators", "installed"))

    assert manifests.opaque(graphs["local"])
    assert manifests.opaque(none) == manifests.opaque(installed) == []
    assert _groups(installed) >= {"kueue.x-k8s.io", *MESH}
    assert _groups(none) <= {"networking.k8s.io", "rbac.authorization.k8s.io", "scheduling.k8s.io", "v1"}
    # Managed Prometheus collects metrics in the cloud; here is nobody who would.
    assert "monitoring.googleapis.com" not in _groups(graphs["local"]) | _groups(installed)


def test_pods_have_proxies_where_there_is_a_mesh(plan: Plan, graphs: dict[str, Graph]) -> None:
    """A namespace asks for proxies wherever somebody injects them; the objects of the mesh are the same from both."""
    none, installed = plan(*WITHOUT), plan(("operators", "installed"))

    def asks(graph: Graph) -> set[bool]:
        found = (node.inputs["metadata"]["labels"] for node in _of_type(graph, NAMESPACE).values())
        return {labels.get("istio-injection") == "enabled" for labels in found}

    def meshed(graph: Graph) -> dict[str, Any]:
        return {node.urn: node.inputs for node in graph if "istio.io/" in node.type}

    assert (asks(none), asks(installed), asks(graphs["local"])) == ({False}, {True}, {True})
    assert [node.urn for node in none if "-mesh" in node.name or node.name.startswith("mesh-")] == []
    assert meshed(installed) == meshed(graphs["local"]) != {}
    assert [node.urn for node in installed if node.type == RELEASE] == []


def test_a_service_is_the_same_in_both(plan: Plan, graphs: dict[str, Graph]) -> None:
    """What development's mesh does for a service, faults included, a laptop's does for the same entry."""
    services = read_yaml(ROOT / FILE)["config"]["groundwork:teams"]["vision"]["services"]
    graph = plan(("teams.vision.services", services))

    def rules(of: Graph) -> dict[str, Any]:
        found = (
            node for node in of if node.type.startswith(("kubernetes:networking.istio", "kubernetes:security.istio"))
        )
        return {
            node.name.partition(".")[2]: (node.inputs["metadata"].get("annotations"), node.inputs["spec"])
            for node in found
            if ".vision" in node.name
        }

    assert rules(graph) == rules(graphs["dev"])
    assert "fault" in str(rules(graph))


@pytest.mark.parametrize("platform", Platform)
def test_the_mesh_finds_network_plugins_where_the_platform_keeps_them(
    platform: Platform, plan: Plan, graphs: dict[str, Graph]
) -> None:
    """Istio's charts know each platform by its name but kind, which needs none; and none is told that it is GKE."""

    def told(graph: Graph) -> object:
        values = next(node for node in graph if node.name.endswith("-istio-cni") and node.type == RELEASE).inputs[
            "values"
        ]
        return values["global"].get("platform")

    assert told(plan(("clusters.laptop.platform", platform.value))) == (None if platform == "kind" else platform)
    assert told(graphs["dev"]) == "gke"


@pytest.mark.parametrize(
    ("platform", "port"), [("kind", 6443), ("k3d", 6443), ("k3s", 6443), ("microk8s", 16443), ("minikube", 8443)]
)
def test_pods_reach_the_api_server_where_it_listens(platform: str, port: int, plan: Plan) -> None:
    """By the port of its service and by that of the platform, at any private address and nowhere else."""
    graph = plan(("clusters.laptop.platform", platform))
    pod = Pod("laptop", "vision")

    for address in ("10.96.0.1", "172.18.0.2", "192.168.49.2"):
        reached = {one for one in (80, 443, 6443, 8443, 16443) if allowed(graph, pod, Host(address), one)}
        assert reached == {443, port}
    assert not allowed(graph, pod, Host("93.184.216.34"), port)


def test_a_laptop_has_one_control_plane(graphs: dict[str, Graph]) -> None:
    """A second one is for nodes that fail; all else of the mesh is as in the cloud."""

    def values(stack: str) -> dict[str, Any]:
        (found,) = (node.inputs["values"] for node in graphs[stack] if node.name.endswith("-istiod"))
        return dict(found)

    assert values("local") == {**values("dev"), "autoscaleMin": 1}


def test_gpus_that_are_there_are_a_flavor(plan: Plan) -> None:
    """The queue promises them as it does those of a pool; machines of one's own keep nobody away."""
    graph = plan(
        ("gpu_pools", {"rtx": {"clusters": ["laptop"], "gpus": 1, "node_labels": {"nvidia.com/gpu.present": "true"}}}),
        ("teams.vision.quota.gpus", {"rtx": 1}),
    )
    flavor = next(node for node in graph if node.name == "flavors-laptop-rtx")
    quota = next(node for node in graph if node.name == "team-laptop.vision-quota")

    assert flavor.inputs["spec"]["nodeLabels"] == {"nvidia.com/gpu.present": "true"}
    assert flavor.inputs["spec"]["tolerations"] == []
    assert quota.inputs["spec"]["hard"]["requests.nvidia.com/gpu"] == "1"


def test_an_entry_of_a_team_is_the_same_in_both() -> None:
    """A team moves between a laptop and the cloud as it is written, but for names and for what only a cloud has."""
    team: Config = read_yaml(ROOT / FILE)["config"]["groundwork:teams"]["vision"]
    team["clusters"], team["quota"]["gpus"] = ["laptop"], {}
    team = {key: value for key, value in team.items() if key not in ("egress", "repository")}
    config = put(local(), "teams.vision", team)
    for bucket in team["data"]:
        put(config, f"buckets.{bucket}", {})
    settings = any_of(config, FILE)

    assert isinstance(settings, Local)
    assert settings.teams["vision"].model_dump(mode="json").items() >= _given(team).items()


def _given(team: Config) -> dict[str, Any]:
    """What the file says by itself: entries that are maps are completed by the model."""
    return {key: value for key, value in team.items() if not isinstance(value, dict)}


def test_the_environment_decides_which_model_is_meant() -> None:
    """`local` makes a stack local, whatever its file is called; any other environment is in a cloud."""
    assert isinstance(any_of(local(), "Pulumi.anne.yaml"), Local)
    assert set(Local.model_fields) & set(Settings.model_fields) >= {"environment", "ownership", "groups", "teams"}
