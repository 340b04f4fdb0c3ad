"""Queues in the declared graphs: nominal quotas, limits, admission checks, topology, and Kueue's configuration."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from groundwork.graph import Graph, Node
from stacks.layers import queue_manager
from stacks.settings import Settings, SettingsError
from stacks.settings.derived import gpu_counts
from stacks.settings.facts.kueue import load_configuration
from stacks.settings.model.queueing import PRIORITIES
from tests.cloud_settings import read_file, settings_of
from tests.conftest import CLOUD_STACKS, ROOT
from tests.nonempty import nonempty
from tests.plans import plan
from tests.settings.samples import FILE, SECOND, dev, problems_of, put

KUEUE: Final = "kubernetes:kueue.x-k8s.io/v1beta2:"
GPU: Final = "nvidia.com/gpu"
QUEUED: Final = "cloud.google.com/gke-queued"

Specs = dict[tuple[str | None, str], dict[str, Any]]


def _objects(graph: Graph, kind: str) -> Specs:
    """The specs of a kind of Kueue, by cluster and name."""
    return {
        (node.provider, node.inputs["metadata"]["name"]): node.inputs.get("spec", node.inputs)
        for node in graph.of_type(f"{KUEUE}{kind}")
    }


def _gpus(spec: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The GPUs of a queue or a cohort: nominal quota and limits by flavor."""
    groups = [group for group in spec.get("resourceGroups", []) if group["coveredResources"] == [GPU]]
    return {flavor["name"]: flavor["resources"][0] for group in groups for flavor in group["flavors"]}


def _hard_quota(graph: Graph, name: str) -> dict[str, str]:
    hard: dict[str, str] = next(node for node in graph if node.name == name).inputs["spec"]["hard"]
    return hard


def test_queues_refer_to_objects_of_their_cluster(graph: Graph) -> None:
    """Every flavor, cohort and admission check of a queue is declared in the same cluster."""
    flavors, cohorts = _objects(graph, "ResourceFlavor"), _objects(graph, "Cohort")
    checks = _objects(graph, "AdmissionCheck")
    queues = _objects(graph, "ClusterQueue")

    assert queues
    for (cluster, _), spec in queues.items():
        listed = {flavor["name"] for group in spec["resourceGroups"] for flavor in group["flavors"]}
        strategy = spec.get("admissionChecksStrategy", {"admissionChecks": []})["admissionChecks"]

        assert {(cluster, name) for name in listed} <= set(flavors)
        assert (cluster, spec["cohortName"]) in cohorts
        assert {(cluster, check["name"]) for check in strategy} <= set(checks)
        assert all(set(check["onFlavors"]) <= listed and check["onFlavors"] for check in strategy)
    for node in graph.of_type(f"{KUEUE}LocalQueue"):
        assert (node.provider, node.inputs["spec"]["clusterQueue"]) in queues
        assert node.inputs["metadata"]["namespace"] == node.inputs["spec"]["clusterQueue"]


def test_queued_flavors_have_an_admission_check(graph: Graph) -> None:
    """A queued flavor has a check of its name in every queue that lists it; no other flavor has one."""
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


def test_production_requests_its_h100_machines(graphs: dict[str, Graph]) -> None:
    """The queued pool is in the queues of both teams, with the maximum run duration of its machines."""
    graph = graphs["prod"]
    (config,) = _objects(graph, "ProvisioningRequestConfig").values()
    users = [name for (_, name), spec in _objects(graph, "ClusterQueue").items() if "h100-pretraining" in _gpus(spec)]

    assert config["parameters"] == {"maxRunDurationSeconds": "604800"}
    assert sorted(users) == ["forecasting", "vision"]


def test_flavors_refer_to_topologies_of_their_cluster(graph: Graph) -> None:
    """A flavor with a topology has node labels and an admission check."""
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


def test_production_has_a_topology(graphs: dict[str, Graph]) -> None:
    """Production's H100 machines have one, and pods are bound to the machines of their request."""
    (config,) = _objects(graphs["prod"], "ProvisioningRequestConfig").values()

    assert len(_objects(graphs["prod"], "Topology")) == 1
    assert config["podSetUpdates"]["nodeSelector"][0]["key"] == "autoscaling.gke.io/provisioning-request"


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_nominal_quotas_sum_up_to_the_size_of_the_pools(graphs: dict[str, Graph], stack: str) -> None:
    """In each cluster, nominal quotas of teams and of the cohort equal the size of a flavor."""
    graph, settings = graphs[stack], read_file(ROOT / f"Pulumi.{stack}.yaml")
    nominal: Counter[tuple[str | None, str]] = Counter()
    for kind in ("ClusterQueue", "Cohort"):
        for (cluster, _), spec in _objects(graph, kind).items():
            nominal.update({(cluster, name): int(share["nominalQuota"]) for name, share in _gpus(spec).items()})

    assert nominal
    assert {key: _gpus_of(settings, key[1]) for key in nominal} == dict(nominal)


def _gpus_of(settings: Settings, flavor: str) -> int:
    entry = settings.compute_classes.get(flavor)
    pools = [flavor] if entry is None else entry.priorities
    return gpu_counts.in_each_cluster(settings.gpu_pools[pool] for pool in pools)


def test_priorities_have_distinct_values(graph: Graph) -> None:
    """In each cluster; work without a priority is in the middle."""
    priorities = _objects(graph, "WorkloadPriorityClass")
    values = [(cluster, spec["value"]) for (cluster, _), spec in priorities.items()]

    assert len(values) == len(set(values)) == len(PRIORITIES) * len({cluster for cluster, _ in priorities})
    assert min(value for _, value in values) < 0 < max(value for _, value in values)


def test_resource_quota_covers_nominal_quota_and_borrowing(graph: Graph) -> None:
    """The ResourceQuota includes the lending limits of others, so that only the queue limits a team."""
    for (cluster, team), spec in nonempty(_objects(graph, "ClusterQueue").items()):
        lenders = [
            lender
            for (other_cluster, other_team), lender in _objects(graph, "ClusterQueue").items()
            if other_cluster == cluster and other_team != team
        ]
        (cohort,) = [spec for (other_cluster, _), spec in _objects(graph, "Cohort").items() if other_cluster == cluster]
        max_gpus = 0
        for flavor, share in _gpus(spec).items():
            available = int(_gpus(cohort).get(flavor, {"nominalQuota": "0"})["nominalQuota"])
            for lender in lenders:
                other = _gpus(lender).get(flavor, {"nominalQuota": "0"})
                available += int(other.get("lendingLimit", other["nominalQuota"]))
            max_gpus += int(share["nominalQuota"]) + min(available, int(share.get("borrowingLimit", available)))
        (hard,) = [
            node.inputs["spec"]["hard"]
            for node in graph.of_type("kubernetes:core/v1:ResourceQuota")
            if node.provider == cluster and node.inputs["metadata"]["namespace"] == team
        ]

        assert int(hard["requests.nvidia.com/gpu"]) >= max_gpus
        assert int(hard["requests.cpu"]) >= int(spec["resourceGroups"][0]["flavors"][0]["resources"][0]["nominalQuota"])


def _queue(graph: Graph, name: str) -> Node:
    return next(node for node in graph if node.name == f"{name}-cluster-queue")


def test_production_queues_have_the_limits_of_the_settings(graphs: dict[str, Graph]) -> None:
    """Borrowing limits, lending limits and weights of queues are those of the settings."""
    forecasting, vision = (
        _queue(graphs["prod"], f"queue-main.{team}").inputs["spec"] for team in ("forecasting", "vision")
    )

    assert _gpus(forecasting)["l4-serving"] == {"name": GPU, "nominalQuota": "4", "lendingLimit": "2"}
    assert _gpus(forecasting)["h100-pretraining"] == {"name": GPU, "nominalQuota": "0"}
    assert _gpus(vision)["a100-notebooks"] == {"name": GPU, "nominalQuota": "7", "borrowingLimit": "3"}
    assert [spec["fairSharing"]["weight"] for spec in (forecasting, vision)] == ["1", "2"]
    assert "borrowWithinCohort" not in vision["preemption"]  # not supported with fair sharing
    assert vision["stopPolicy"] == "None"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Development with a second cluster without GPU pools, with limits of each resource and with paused queues."""
    config = dev()
    for path, value in (
        ("clusters.second", SECOND),
        ("teams.forecasting.clusters", ["main", "second"]),
        ("teams.forecasting.queue", {"paused": "drain", "lending_limit": {"cpu": 4, "gpus": {"l4": 0}}}),
        ("teams.vision.queue", {"paused": "hold", "borrowing_limit": {"cpu": 10, "memory_gib": 20, "gpus": {"l4": 3}}}),
        ("teams.vision.quota.gpus.a100", 0),
        ("priorities", {"one": {"value": 3, "description": "the only priority"}}),
    ):
        put(config, path, value)
    assert problems_of(config) == []
    return plan(tmp_path_factory.mktemp("queues"), "dev", config)


def test_paused_queues_have_a_stop_policy(changed: Graph) -> None:
    """`hold` lets running work finish, `drain` does not."""
    policies = {name: spec["stopPolicy"] for (_, name), spec in _objects(changed, "ClusterQueue").items()}

    assert policies == {"forecasting": "HoldAndDrain", "vision": "Hold"}


def test_resource_quota_follows_the_borrowing_limit(changed: Graph) -> None:
    """Vision borrows 10 cores, 20 GiB, at most the L4 that exist, the shared ones, and the unassigned A100."""
    vision = _hard_quota(changed, "team-main.vision-quota")

    # Nominal quota, borrowing limit, and the overhead of sidecars, which is capped at the size of the cluster.
    assert vision["requests.cpu"] == str(32 + 10 + 48)
    assert vision["requests.memory"] == f"{160 + 20 + 229}Gi"
    assert vision["requests.nvidia.com/gpu"] == str(2 + 4 + 1)
    # Without a borrowing limit the maximum is the larger of the cluster's size and the nominal quota: 24 and 96. The
    # overhead is capped at 12 and 48, the size of the machines.
    forecasting = _hard_quota(changed, "team-second.forecasting-quota")
    assert [forecasting[f"requests.{what}"] for what in ("cpu", "memory", "nvidia.com/gpu")] == ["36", "144Gi", "0"]


def test_cluster_without_gpus_has_cpu_queues(changed: Graph) -> None:
    """Its queues have cores and memory, and its cohort has no resources."""
    (second,) = {node.provider for node in changed if node.name == "cohort-second-cohort"}
    specs = {
        kind: [spec for (cluster, _), spec in _objects(changed, kind).items() if cluster == second]
        for kind in ("ClusterQueue", "Cohort", "ResourceFlavor")
    }

    assert specs["Cohort"] == [{}]
    assert specs["ResourceFlavor"] == [{}]
    assert [len(spec["resourceGroups"]) for spec in specs["ClusterQueue"]] == [1]


def test_priorities_of_the_settings_replace_the_defaults(changed: Graph) -> None:
    """The section lists all priorities."""
    assert {name for _, name in _objects(changed, "WorkloadPriorityClass")} == {"one"}


def _configured(settings: Settings, cluster: str = "main") -> dict[str, Any]:
    text = queue_manager.values(settings, cluster)["managerConfig"]["controllerManagerConfigYaml"]
    configuration: dict[str, Any] = yaml.safe_load(text)
    return configuration


def test_kueue_manages_all_work_of_team_namespaces(graph: Graph) -> None:
    """Work without a queue name is queued in namespaces of teams, and in no other namespace."""
    release = next(node for node in graph if node.name.startswith("kubeflow-") and node.name.endswith("-kueue"))
    configuration = yaml.safe_load(release.inputs["values"]["managerConfig"]["controllerManagerConfigYaml"])
    teams, excluded = configuration["managedJobsNamespaceSelector"]["matchExpressions"]
    namespaces = [node.inputs["metadata"] for node in graph.of_type("kubernetes:core/v1:Namespace")]
    queues = {name for _, name in _objects(graph, "ClusterQueue")}
    labels = {meta["name"]: meta.get("labels", {}) for meta in namespaces}
    managed = {name for name, of in labels.items() if "team" in of and of["team"] not in excluded["values"]}

    assert configuration["manageJobsWithoutQueueName"] is True
    assert teams == {"key": "team", "operator": "Exists"}
    assert {key: excluded[key] for key in ("key", "operator")} == {"key": "team", "operator": "NotIn"}
    assert managed == queues
    assert {"batch/job", "jobset.x-k8s.io/jobset", "trainer.kubeflow.org/trainjob", "pod"} == set(
        configuration["integrations"]["frameworks"]
    )
    assert configuration["fairSharing"]["preemptionStrategies"]


def test_resources_without_quota_are_excluded() -> None:
    """Pods with a mount request ephemeral storage; Kueue would never admit a resource without quota."""
    excluded = tuple(_configured(read_file(ROOT / FILE))["resources"]["excludeResourcePrefixes"])

    for resource in ("ephemeral-storage", "smarter-devices/fuse", "networking.gke.io.networks/vpc1", "hugepages-2Mi"):
        assert resource.startswith(excluded)
    assert not GPU.startswith(excluded)
    assert not any(resource.startswith(excluded) for resource in ("cpu", "memory"))


def test_ready_timeout_depends_on_flex_start() -> None:
    """30 minutes, a day with flex-start machines, or the setting."""
    config = put(dev(), "queueing", {"ready_minutes": 45})
    assert problems_of(config) == []

    assert _configured(read_file(ROOT / FILE))["waitForPodsReady"]["timeout"] == "30m"
    assert _configured(read_file(ROOT / "Pulumi.prod.yaml"))["waitForPodsReady"]["timeout"] == "1440m"
    assert _configured(read_file(ROOT / "Pulumi.prod.yaml"), "green")["waitForPodsReady"]["timeout"] == "30m"
    assert _configured(settings_of(config, FILE))["waitForPodsReady"]["timeout"] == "45m"


def test_flavors_are_ordered_by_the_price_of_a_gpu_hour() -> None:
    """A job that names no pool gets the cheapest complete GPU; partitions and shared GPUs come last."""
    prod = read_file(ROOT / "Pulumi.prod.yaml")

    assert list(read_file(ROOT / FILE).queue_flavors("main")) == ["l4", "a100", "l4-shared"]
    assert list(prod.queue_flavors("main")) == [
        "l4-any",
        "l4-serving",
        "a100-batch",
        "a100-training",
        "h100-pretraining",
        "a100-notebooks",
        "a100-tuning",
    ]
    assert list(prod.shares("main", "vision").gpus) == [
        key for key in prod.queue_flavors("main") if key in prod.teams["vision"].quota.gpus
    ]


def test_pods_fit_the_machines_of_every_queue(graphs: dict[str, Graph]) -> None:
    """The sizes are those of the pools: each of a class, one of a shared GPU, and all partitions of a machine."""
    policy = next(node for node in graphs["prod"] if node.name == "gpu-requests-main-policy")
    variables = {entry["name"]: entry["expression"] for entry in policy.inputs["spec"]["variables"]}

    assert json.loads(variables["sizes"]) == {
        "a100-batch": 1,
        "a100-notebooks": 7,
        "a100-training": 8,
        "a100-tuning": 1,
        "h100-pretraining": 8,
        "l4-any": 4,
        "l4-serving": 1,
    }


def test_unqueued_pools_have_no_flavor() -> None:
    """Teams cannot borrow machines for pods outside of teams."""
    config = dev()
    for team in ("forecasting", "vision"):
        put(config, f"teams.{team}.quota.gpus", {})
    for pool in ("l4", "l4-shared", "a100"):
        put(config, f"gpu_pools.{pool}.unqueued", value=True)
    settings = settings_of(config, FILE)

    assert settings.queue_flavors("main") == {}
    assert gpu_counts.unassigned(settings, "main") == {}


def test_kueue_configuration_without_required_parts_is_rejected(tmp_path: Path) -> None:
    """The program adds to two sections of it; a missing one is reported without a traceback."""
    file = tmp_path / "kueue.yaml"
    file.write_text("waitForPodsReady: {}\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="managedJobsNamespaceSelector"):
        load_configuration(file)
