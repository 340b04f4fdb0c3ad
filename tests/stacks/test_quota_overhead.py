"""Room in quotas for what the driver of mounts puts into pods."""

from __future__ import annotations

import math
from typing import Any

import pytest

from groundwork.graph import Graph
from stacks.layers import quota_overhead, quotas
from stacks.settings import Settings
from stacks.settings.derived.pod_resources import DRIVER_CPU_MILLIS, DRIVER_MIB, PREFETCH_CPU_MILLIS, PREFETCH_MIB
from stacks.settings.derived.pod_resources import beside as added
from stacks.settings.facts.versions import load_versions
from tests.cloud_settings import read_file
from tests.conftest import CLOUD_STACKS, ROOT


@pytest.fixture(params=CLOUD_STACKS)
def settings(request: pytest.FixtureRequest) -> Settings:
    """The settings of one stack."""
    return read_file(ROOT / f"Pulumi.{request.param}.yaml")


def test_quotas_have_the_room(settings: Settings, graphs: dict[str, Graph]) -> None:
    """What a team may ever use of the queue and what comes beside it fit into its quota together, and no more does."""
    hard_quotas: dict[str, dict[str, Any]] = {
        node.name: node.inputs["spec"]["hard"]
        for node in graphs[settings.environment]
        if node.type == "kubernetes:core/v1:ResourceQuota"
    }
    for team, entry in settings.teams.items():
        for cluster in entry.clusters:
            most, room = quotas.most(settings, cluster, team), quota_overhead.room(settings, cluster, team)
            hard = hard_quotas[f"team-{cluster}.{team}-quota"]

            assert hard["requests.cpu"] == str(most.cpu + room.cpu)
            assert hard["requests.memory"] == f"{most.memory_gib + room.memory_gib}Gi"


def test_all_pods_of_a_team_have_room_or_the_machines_have_none(settings: Settings) -> None:
    """Each pod that a quota counts has room for the driver, up to all that there is."""
    for team, entry in settings.teams.items():
        for cluster in entry.clusters:
            room, size = quota_overhead.room(settings, cluster, team), quotas.size_of_cluster(settings, cluster)
            assert size is not None
            pods = entry.quota.pods

            assert room.cpu >= min(pods * (DRIVER_CPU_MILLIS + PREFETCH_CPU_MILLIS) // 1000, size[0])
            assert room.memory_gib >= min(pods * (DRIVER_MIB + PREFETCH_MIB) // 1024, size[1])
            assert room.cpu <= size[0]
            assert room.memory_gib <= size[1]


def test_a_proxy_asks_for_what_its_chart_says() -> None:
    """The numbers are those of the mesh's control plane."""
    proxy = load_versions().charts["istiod"].values["global"]["proxy"]["resources"]["requests"]

    assert proxy == {"cpu": f"{quota_overhead.PROXY_CPU_MILLIS}m", "memory": f"{quota_overhead.PROXY_MIB}Mi"}


def test_the_guide_asks_for_no_more(settings: Settings, graphs: dict[str, Graph]) -> None:
    """Whatever memory the ConfigMap `mounts` names for a pod is what the room was reckoned with."""
    asked: dict[str, int] = {}
    for node in graphs[settings.environment]:
        if node.type == "kubernetes:core/v1:ConfigMap" and node.inputs["metadata"]["name"] == "mounts":
            limits = [text.partition('memory-limit": "')[2].partition("Mi")[0] for text in node.inputs["data"].values()]
            asked[node.inputs["metadata"]["namespace"]] = max(map(int, limits))

    assert asked
    for team, memory in asked.items():
        room = [quota_overhead.room(settings, cluster, team).memory_gib for cluster in settings.teams[team].clusters]
        wanted = math.ceil(settings.teams[team].quota.pods * (memory + PREFETCH_MIB + quota_overhead.PROXY_MIB) / 1024)
        sizes = [quotas.size_of_cluster(settings, cluster) for cluster in settings.teams[team].clusters]

        assert room == [wanted if size is None else min(wanted, size[1]) for size in sizes]
    assert added(settings.mounts, "nobody") is None
