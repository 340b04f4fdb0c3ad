"""ResourceQuotas of teams: what their queue can admit, and the sidecars of mounts and of the mesh on top of it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from groundwork.graph import Graph
from stacks.settings import Settings
from stacks.settings.derived import cluster_size
from stacks.settings.derived.namespace_quota import PROXY_CPU_MILLIS, PROXY_MIB, max_admitted, sidecar_overhead
from stacks.settings.derived.pod_resources import (
    DRIVER_CPU_MILLIS,
    DRIVER_MIB,
    PREFETCH_CPU_MILLIS,
    PREFETCH_MIB,
    DriverOverhead,
    driver_overhead,
)
from stacks.settings.facts.versions import load_versions
from tests.cloud_settings import read_file
from tests.conftest import CLOUD_STACKS, ROOT


@pytest.fixture(params=CLOUD_STACKS)
def settings(request: pytest.FixtureRequest) -> Settings:
    """The settings of one stack."""
    return read_file(ROOT / f"Pulumi.{request.param}.yaml")


def test_quota_is_the_maximum_of_the_queue_and_the_sidecars(settings: Settings, graphs: dict[str, Graph]) -> None:
    """Cores and memory of a ResourceQuota are the sum of both, and nothing else."""
    hard_quotas: dict[str, dict[str, Any]] = {
        node.name: node.inputs["spec"]["hard"]
        for node in graphs[settings.environment].of_type("kubernetes:core/v1:ResourceQuota")
    }
    for team, entry in settings.teams.items():
        for cluster in entry.clusters:
            admitted = max_admitted(settings, cluster, team)
            overhead = sidecar_overhead(settings, cluster, team)
            hard = hard_quotas[f"team-{cluster}.{team}-quota"]

            assert hard["requests.cpu"] == str(admitted.cpu + overhead.cpu)
            assert hard["requests.memory"] == f"{admitted.memory_gib + overhead.memory_gib}Gi"


def test_overhead_covers_all_pods_up_to_the_size_of_the_cluster(settings: Settings) -> None:
    """Each pod of the quota has resources for the driver's containers, unless the machines have less."""
    for team, entry in settings.teams.items():
        for cluster in entry.clusters:
            overhead, size = sidecar_overhead(settings, cluster, team), cluster_size.of_stack(settings, cluster)
            assert size is not None
            pods = entry.quota.pods

            assert overhead.cpu >= min(pods * (DRIVER_CPU_MILLIS + PREFETCH_CPU_MILLIS) // 1000, size[0])
            assert overhead.memory_gib >= min(pods * (DRIVER_MIB + PREFETCH_MIB) // 1024, size[1])
            assert overhead.cpu <= size[0]
            assert overhead.memory_gib <= size[1]


def test_sidecar_requests_are_those_of_the_istiod_chart() -> None:
    """The constants equal the values of the mesh's control plane."""
    proxy = load_versions().charts["istiod"].values["global"]["proxy"]["resources"]["requests"]

    assert proxy == {"cpu": f"{PROXY_CPU_MILLIS}m", "memory": f"{PROXY_MIB}Mi"}


def test_overhead_uses_the_memory_limit_of_the_mount_notes(settings: Settings, graphs: dict[str, Graph]) -> None:
    """The overhead is computed with the largest memory limit that the ConfigMap `mounts` tells pods to set."""
    memory_limits: dict[str, int] = {}
    for node in graphs[settings.environment].of_type("kubernetes:core/v1:ConfigMap"):
        if node.inputs["metadata"]["name"] == "mounts":
            limits = [text.partition('memory-limit": "')[2].partition("Mi")[0] for text in node.inputs["data"].values()]
            memory_limits[node.inputs["metadata"]["namespace"]] = max(map(int, limits))

    assert memory_limits
    for team, memory in memory_limits.items():
        clusters = settings.teams[team].clusters
        all_pods = math.ceil(settings.teams[team].quota.pods * (memory + PREFETCH_MIB + PROXY_MIB) / 1024)
        sizes = [cluster_size.of_stack(settings, cluster) for cluster in clusters]
        overheads = [sidecar_overhead(settings, cluster, team).memory_gib for cluster in clusters]

        assert overheads == [all_pods if size is None else min(all_pods, size[1]) for size in sizes]


def test_team_without_mounts_has_no_driver_overhead(settings: Settings) -> None:
    """The driver adds no container to its pods."""
    assert driver_overhead(settings.mounts, "team-without-mounts") == DriverOverhead(0, 0, 0)
