"""Queues as the stacks declare them: promises, loans, checks, topology, and how Kueue itself is configured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from groundwork.engines import embedded
from groundwork.graph import Graph, Node
from groundwork.project import Project
from stacks.layers import capacity, queue_manager, quotas
from stacks.settings import Settings, SettingsError
from stacks.settings.facts.kueue import load_configuration
from stacks.settings.model.queueing import PRIORITIES
from tests.cloud_settings import read_file, settings_of
from tests.conftest import CLOUD_STACKS, ROOT
from tests.settings.samples import FILE, SECOND, dev, problems_of, put

KUEUE: Final = "kubernetes:kueue.x-k8s.io/v1beta2:"
GPU: Final = "nvidia.com/gpu"
QUEUED: Final = "cloud.google.com/gke-queued"

Found = dict[tuple[str | None, str], dict[str, Any]]


def _objects(graph: Graph, kind: str) -> Found:
    """What a kind says, by cluster and name."""
    return {
        (node.provider, node.inputs["metadata"]["name"]): node.inputs.get("spec", node.inputs)
        for node in graph
        if node.type == f"{KUEUE}{kind}"
    }


def _gpus(spec: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The GPUs of a queue or a cohort: by flavor, what is promised and what limits it."""
    groups = [group for group in spec.get("resourceGroups", []) if group["coveredResources"] == [GPU]]
    return {flavor["name"]: flavor["resources"][0] for group in groups for flavor in group["flavors"]}


def _wall(graph: Graph, name: str) -> dict[str, str]:
    hard: dict[str, str] = next(node for node in graph if node.name == name).inputs["spec"]["hard"]
    return hard


def test_a_queue_names_what_its_cluster_has(graph: Graph) -> None:
    """Every flavor, cohort and check of a queue is declared in the same cluster, and comes before it."""
    flavors, cohorts = _objects(graph, "ResourceFlavor"), _objects(graph, "Cohort")
    checks = _objects(graph, "AdmissionCheck")
    queues = _objects(graph, "ClusterQueue")

    assert queues
    for (cluster, _), spec in queues.items():
        named = {flavor["name"] for group in spec["resourceGroups"] for flavor in group["flavors"]}
        strategy = spec.get("admissionChecksStrategy", {"admissionChecks": []})["admissionChecks"]

        assert {(cluster, name) for name in named} <= set(flavors)
        assert (cluster, spec["cohortName"]) in cohorts
        assert {(cluster, check["name"]) for check in strategy} <= set(checks)
        assert all(set(check["onFlavors"]) <= named and check["onFlavors"] for check in strategy)
    for node in graph:
        if node.type == f"{KUEUE}LocalQueue":
            assert (node.provider, node.inputs["spec"]["clusterQueue"]) in queues
            assert node.inputs["metadata"]["namespace"] == node.inputs["spec"]["clusterQueue"]


def test_machines_that_come_on_request_are_requested_and_no_others(graph: Graph) -> None:
    """A flavor that GKE taints as queued has the check of its name in every queue that lists it; no other has one."""
    flavors = _objects(graph, "ResourceFlavor")
    queued = {key for key, spec in flavors.items() if QUEUED in {taint["key"] for taint in spec.get("nodeTaints", [])}}
    for (cluster, _), spec in _objects(graph, "ClusterQueue").items():
        strategy = spec.get("admissionChecksStrategy", {"admissionChecks": []})["admissionChecks"]
        expected = {name for name in _gpus(spec) if (cluster, name) in queued}

        assert {flavor for check in strategy for flavor in check["onFlavors"]} == expected
    configs, checks = _objects(graph, "ProvisioningRequestConfig"), _objects(graph, "AdmissionCheck")

    assert set(configs) == set(checks) == queued
    for key, spec in configs.items():
        assert checks[key]["parameters"]["name"] == key[1]
        assert checks[key]["controllerName"] == "kueue.x-k8s.io/provisioning-request"
        assert spec["provisioningClassName"] == "queued-provisioning.gke.io"
        assert spec["managedResources"] == [GPU]
        assert 0 < int(spec["parameters"]["maxRunDurationSeconds"]) <= 604_800


def test_production_asks_for_its_h100s(graphs: dict[str, Graph]) -> None:
    """The queued pool is in the queues of both teams, and goes after as long as its machines may run."""
    graph = graphs["prod"]
    (config,) = _objects(graph, "ProvisioningRequestConfig").values()
    users = [name for (_, name), spec in _objects(graph, "ClusterQueue").items() if "h100-pretraining" in _gpus(spec)]

    assert config["parameters"] == {"maxRunDurationSeconds": "604800"}
    assert sorted(users) == ["forecasting", "vision"]


def test_a_topology_is_one_that_its_cluster_has(graph: Graph) -> None:
    """A flavor names a topology of its cluster and at least one label; its machines are always asked for first."""
    topologies, checks = _objects(graph, "Topology"), _objects(graph, "AdmissionCheck")
    flavors = _objects(graph, "ResourceFlavor").items()
    placed = {key: spec for key, spec in flavors if "topologyName" in spec}

    assert {(cluster, spec["topologyName"]) for (cluster, _), spec in placed.items()} == set(topologies)
    assert set(placed) <= set(checks)
    for spec in placed.values():
        assert spec["nodeLabels"]
    for spec in topologies.values():
        labels = [level["nodeLabel"] for level in spec["levels"]]

        assert labels[-1] == "kubernetes.io/hostname"
        assert len(labels) == len(set(labels))


def test_a_topology_is_declared_somewhere(graphs: dict[str, Graph]) -> None:
    """Production's H100s have one, and the request says which machines came for whom."""
    (config,) = _objects(graphs["prod"], "ProvisioningRequestConfig").values()

    assert len(_objects(graphs["prod"], "Topology")) == 1
    assert config["podSetUpdates"]["nodeSelector"][0]["key"] == "autoscaling.gke.io/provisioning-request"


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_promises_and_what_is_shared_are_all_that_pools_have(graphs: dict[str, Graph], stack: str) -> None:
    """In each cluster, what teams are promised of a flavor and what the cohort has beside that is its size."""
    graph, settings = graphs[stack], read_file(ROOT / f"Pulumi.{stack}.yaml")
    found: Counter[tuple[str | None, str]] = Counter()
    for kind in ("ClusterQueue", "Cohort"):
        for (cluster, _), spec in _objects(graph, kind).items():
            found.update({(cluster, name): int(share["nominalQuota"]) for name, share in _gpus(spec).items()})

    assert found
    assert {key: capacity.size(settings, key[1]) for key in found} == dict(found)


def test_each_priority_has_a_value_of_its_own(graph: Graph) -> None:
    """In each cluster; what nobody labelled is in the middle."""
    found = _objects(graph, "WorkloadPriorityClass")
    values = [(cluster, spec["value"]) for (cluster, _), spec in found.items()]

    assert len(values) == len(set(values)) == len(PRIORITIES) * len({cluster for cluster, _ in found})
    assert min(value for _, value in values) < 0 < max(value for _, value in values)


def test_no_loan_runs_into_the_wall_of_a_namespace(graph: Graph) -> None:
    """The namespace's quota is the promise and all that others can lend, so that only the queue says no."""
    for (cluster, team), spec in _objects(graph, "ClusterQueue").items():
        lenders = [one for (where, other), one in _objects(graph, "ClusterQueue").items() if where == cluster != other]
        lenders = [one for one in lenders if one is not spec]
        (cohort,) = [one for (where, _), one in _objects(graph, "Cohort").items() if where == cluster]
        most = 0
        for flavor, share in _gpus(spec).items():
            lent = int(_gpus(cohort).get(flavor, {"nominalQuota": "0"})["nominalQuota"])
            for one in lenders:
                other = _gpus(one).get(flavor, {"nominalQuota": "0"})
                lent += int(other.get("lendingLimit", other["nominalQuota"]))
            most += int(share["nominalQuota"]) + min(lent, int(share.get("borrowingLimit", lent)))
        (wall,) = [
            node.inputs["spec"]["hard"]
            for node in graph
            if node.type.endswith(":ResourceQuota")
            and node.provider == cluster
            and node.inputs["metadata"]["namespace"] == team
        ]

        assert int(wall["requests.nvidia.com/gpu"]) >= most
        assert int(wall["requests.cpu"]) >= int(spec["resourceGroups"][0]["flavors"][0]["resources"][0]["nominalQuota"])


def _queue(graph: Graph, name: str) -> Node:
    return next(node for node in graph if node.name == f"{name}-cluster-queue")


def test_production_lends_and_borrows_within_its_limits(graphs: dict[str, Graph]) -> None:
    """What the settings say of loans is what the queues say."""
    forecasting, vision = (
        _queue(graphs["prod"], f"queue-main.{team}").inputs["spec"] for team in ("forecasting", "vision")
    )

    assert _gpus(forecasting)["l4-serving"] == {"name": GPU, "nominalQuota": "4", "lendingLimit": "2"}
    assert _gpus(forecasting)["h100-pretraining"] == {"name": GPU, "nominalQuota": "0"}
    assert _gpus(vision)["a100-notebooks"] == {"name": GPU, "nominalQuota": "7", "borrowingLimit": "3"}
    assert [spec["fairSharing"]["weight"] for spec in (forecasting, vision)] == ["1", "2"]
    assert "borrowWithinCohort" not in vision["preemption"]  # which fair sharing does not know
    assert vision["stopPolicy"] == "None"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Development without GPU pools in a second cluster, with limits of everything and one team at rest."""
    root = tmp_path_factory.mktemp("queues")
    for name in ("__main__.py", "Pulumi.yaml", "components", "stacks"):
        (root / name).symlink_to(ROOT / name)
    config = dev()
    for path, value in (
        ("clusters.second", SECOND),
        ("teams.forecasting.clusters", ["main", "second"]),
        ("teams.forecasting.queue", {"paused": "drain", "lending_limit": {"cpu": 4, "gpus": {"l4": 0}}}),
        ("teams.vision.queue", {"paused": "hold", "borrowing_limit": {"cpu": 10, "memory_gib": 20, "gpus": {"l4": 3}}}),
        ("teams.vision.quota.gpus.a100", 0),
        ("priorities", {"one": {"value": 3, "description": "the only one"}}),
    ):
        put(config, path, value)
    assert problems_of(config) == []
    (root / "Pulumi.dev.yaml").write_text(json.dumps({"config": config}), encoding="utf-8")  # JSON is YAML
    return embedded.plan(Project.at(root), "dev")


def test_a_team_at_rest_starts_nothing(changed: Graph) -> None:
    """One finishes what runs, the other does not."""
    policies = {name: spec["stopPolicy"] for (_, name), spec in _objects(changed, "ClusterQueue").items()}

    assert policies == {"forecasting": "HoldAndDrain", "vision": "Hold"}


def test_walls_follow_the_limits_of_loans(changed: Graph) -> None:
    """Vision borrows 10 cores and 20 GiB, no more L4 than there are, all shared ones, and the A100 that nobody has."""
    wall = _wall(changed, "team-main.vision-quota")

    # On top of both: the driver's containers of its pods, as far as the machines have room for them.
    assert wall["requests.cpu"] == str(32 + 10 + 48)
    assert wall["requests.memory"] == f"{160 + 20 + 229}Gi"
    assert wall["requests.nvidia.com/gpu"] == str(2 + 4 + 1)
    # Without a limit it may have all that the cluster can grow to, and its promise where that is more: 24 and 96. What
    # comes beside them has the 12 and 48 of the machines.
    alone = _wall(changed, "team-second.forecasting-quota")
    assert [alone[f"requests.{what}"] for what in ("cpu", "memory", "nvidia.com/gpu")] == ["36", "144Gi", "0"]


def test_a_cluster_without_gpus_has_queues(changed: Graph) -> None:
    """Its queues have cores and memory, its cohort nothing to share."""
    (second,) = {node.provider for node in changed if node.name == "cohort-second-cohort"}
    found = {kind: _objects(changed, kind) for kind in ("ClusterQueue", "Cohort", "ResourceFlavor")}
    here = {kind: [spec for (cluster, _), spec in specs.items() if cluster == second] for kind, specs in found.items()}

    assert here["Cohort"] == [{}]
    assert here["ResourceFlavor"] == [{}]
    assert [len(spec["resourceGroups"]) for spec in here["ClusterQueue"]] == [1]


def test_priorities_are_those_of_the_settings(changed: Graph) -> None:
    """Whoever writes their own has these and no others."""
    assert {name for _, name in _objects(changed, "WorkloadPriorityClass")} == {"one"}


def _configured(settings: Settings, cluster: str = "main") -> dict[str, Any]:
    text = queue_manager.values(settings, cluster)["managerConfig"]["controllerManagerConfigYaml"]
    configuration: dict[str, Any] = yaml.safe_load(text)
    return configuration


def test_nothing_runs_around_the_queue(graph: Graph) -> None:
    """Work without a queue's name is the queue's too, in namespaces that have the label of teams and in no other."""
    release = next(node for node in graph if node.name.startswith("kubeflow-") and node.name.endswith("-kueue"))
    configuration = yaml.safe_load(release.inputs["values"]["managerConfig"]["controllerManagerConfigYaml"])
    wanted, but = configuration["managedJobsNamespaceSelector"]["matchExpressions"]
    namespaces = [node.inputs["metadata"] for node in graph if node.type == "kubernetes:core/v1:Namespace"]
    queues = {name for _, name in _objects(graph, "ClusterQueue")}
    labels = {meta["name"]: meta.get("labels", {}) for meta in namespaces}
    managed = {name for name, found in labels.items() if "team" in found and found["team"] not in but["values"]}

    assert configuration["manageJobsWithoutQueueName"] is True
    assert wanted == {"key": "team", "operator": "Exists"}
    assert {key: but[key] for key in ("key", "operator")} == {"key": "team", "operator": "NotIn"}
    assert managed == queues
    assert {"batch/job", "jobset.x-k8s.io/jobset", "trainer.kubeflow.org/trainjob", "pod"} == set(
        configuration["integrations"]["frameworks"]
    )
    assert configuration["fairSharing"]["preemptionStrategies"]


def test_what_no_queue_counts_holds_nothing_up() -> None:
    """A pod with a mount asks for temporary storage by itself; a queue that does not count it would never admit it."""
    excluded = tuple(_configured(read_file(ROOT / FILE))["resources"]["excludeResourcePrefixes"])

    for resource in ("ephemeral-storage", "smarter-devices/fuse", "networking.gke.io.networks/vpc1", "hugepages-2Mi"):
        assert resource.startswith(excluded)
    assert not GPU.startswith(excluded)
    assert not any(resource.startswith(excluded) for resource in ("cpu", "memory"))


def test_work_may_wait_for_machines_that_come_when_there_are_some() -> None:
    """Half an hour, a day where there are flex-start machines, or what the settings say."""
    config = put(dev(), "queueing", {"ready_minutes": 45})
    assert problems_of(config) == []

    assert _configured(read_file(ROOT / FILE))["waitForPodsReady"]["timeout"] == "30m"
    assert _configured(read_file(ROOT / "Pulumi.prod.yaml"))["waitForPodsReady"]["timeout"] == "1440m"
    assert _configured(read_file(ROOT / "Pulumi.prod.yaml"), "green")["waitForPodsReady"]["timeout"] == "30m"
    assert _configured(settings_of(config, FILE))["waitForPodsReady"]["timeout"] == "45m"


def test_pools_of_no_queue_have_no_flavor() -> None:
    """What is for pods outside of teams is nobody's to borrow."""
    config = dev()
    for team in ("forecasting", "vision"):
        put(config, f"teams.{team}.quota.gpus", {})
    for pool in ("l4", "l4-shared", "a100"):
        put(config, f"gpu_pools.{pool}.unqueued", value=True)
    settings = settings_of(config, FILE)

    assert capacity.flavors(settings, "main") == {}
    assert quotas.shared_gpus(settings, "main") == {}


def test_a_configuration_without_its_parts_is_refused(tmp_path: Path) -> None:
    """The program adds to two parts of it; a file that lacks one says so, and not the program with a traceback."""
    file = tmp_path / "kueue.yaml"
    file.write_text("waitForPodsReady: {}\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="managedJobsNamespaceSelector"):
        load_configuration(file)
