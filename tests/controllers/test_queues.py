"""Jobs of teams are queued, admitted to a pool, scheduled onto its nodes, preempted, and finish."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from components._common import COMPUTE_CLASS, GPU
from components._common import POOL_LABEL as POOL
from tests.controllers.cluster import Cluster, Request, condition, eventually, never
from tests.controllers.conftest import ClusterOf
from tests.controllers.nodes import gpus, node_pools

PLACES = ("dev/main", "prod/main")
# Every flavor of GPUs in each team's ClusterQueue, without pools whose nodes are provisioned by request.
POOLS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "dev/main": {"forecasting": ("l4", "l4-shared"), "vision": ("a100", "l4", "l4-shared")},
    "prod/main": {
        "forecasting": ("a100-batch", "a100-notebooks", "a100-tuning", "l4-any", "l4-serving"),
        "vision": ("a100-batch", "a100-notebooks", "a100-training", "l4-any", "l4-serving"),
    },
}
QUEUED: Mapping[str, Mapping[str, tuple[str, ...]]] = {"prod/main": {"vision": ("h100-pretraining",)}}
EACH_POOL = [(place, team, pool) for place, teams in POOLS.items() for team, pools in teams.items() for pool in pools]


def _queue(cluster: Cluster, team: str) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = next(
        one.manifest["spec"] for one in cluster.declared("ClusterQueue") if one.manifest["metadata"]["name"] == team
    )
    return spec


def _quota(cluster: Cluster, team: str) -> dict[str, int]:
    """Nominal quota of GPUs by flavor, in the order in which Kueue tries them."""
    group = next(one for one in _queue(cluster, team)["resourceGroups"] if GPU in one["coveredResources"])
    return {one["name"]: int(one["resources"][0]["nominalQuota"]) for one in group["flavors"]}


def _selector(cluster: Cluster, flavor: str) -> dict[str, str]:
    """The node label of a flavor, by which a job chooses it."""
    return next(
        {POOL: one.manifest["spec"]["nodeLabels"][POOL]}
        for one in cluster.declared("ResourceFlavor")
        if one.manifest["metadata"]["name"] == flavor
    )


def _pools(cluster: Cluster, flavor: str) -> set[str]:
    """The node pools with the labels of a flavor."""
    labels = _selector(cluster, flavor).items()
    return {
        pool.inputs["name"]
        for pool in node_pools(cluster.graph, cluster.name)
        if labels <= (pool.inputs["nodeConfig"].get("labels") or {}).items()
    }


@pytest.mark.parametrize("place", PLACES)
def test_stories_cover_every_pool(place: str, cluster_of: ClusterOf) -> None:
    """A new pool or quota is in the lists above."""
    cluster = cluster_of(place)
    listed = {team: {*pools, *QUEUED.get(place, {}).get(team, ())} for team, pools in POOLS[place].items()}

    declared = {
        one.manifest["metadata"]["name"]: {
            flavor for flavor, quota in _quota(cluster, one.manifest["metadata"]["name"]).items() if quota
        }
        for one in cluster.declared("ClusterQueue")
    }

    assert listed == declared


@pytest.mark.parametrize(("place", "team", "pool"), EACH_POOL)
def test_job_that_names_a_pool_runs_on_its_nodes(place: str, team: str, pool: str, cluster_of: ClusterOf) -> None:
    """A member's job is admitted to the flavor of the pool, runs on a node of it, and frees the quota when it ends."""
    cluster, name = cluster_of(place), f"on-{pool}"
    with cluster.jobs((team, name)):
        cluster.create_job(team, name, Request(gpus=1, selector=_selector(cluster, pool)))

        eventually("admitted", lambda: cluster.flavor(team, name) == pool, lambda: cluster.reason(team, name))
        eventually("scheduled", lambda: cluster.pools(team, name))
        assert set(cluster.pools(team, name)) <= _pools(cluster, pool)

        cluster.finish(team, name)
        eventually("finished", lambda: condition(cluster.workload(team, name)["status"], "Finished"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("team", ["forecasting", "vision"])
def test_job_without_a_pool_is_admitted_to_the_first_flavor(place: str, team: str, cluster_of: ClusterOf) -> None:
    """Flavors are in the order of the price of a GPU-hour, so that the first one that fits is the cheapest."""
    cluster = cluster_of(place)
    first = next(flavor for flavor, quota in _quota(cluster, team).items() if quota)
    with cluster.jobs((team, "any-pool")):
        cluster.create_job(team, "any-pool", Request(gpus=1))

        eventually("admitted", lambda: cluster.flavor(team, "any-pool"), lambda: cluster.reason(team, "any-pool"))
        assert cluster.flavor(team, "any-pool") == first
        eventually("scheduled", lambda: cluster.pools(team, "any-pool"))
        assert set(cluster.pools(team, "any-pool")) <= _pools(cluster, first)


def test_pod_with_eight_gpus_runs_on_a_machine_that_has_them(cluster_of: ClusterOf) -> None:
    """Without a pool it is refused with the sizes; a smaller machine would admit it and never run it."""
    cluster = cluster_of("prod/main")
    with pytest.raises(AssertionError, match=r"needs a nodeSelector groundwork\.dev/pool .*a100-training \(8\)"):
        cluster.create_job("vision", "eight", Request(gpus=8))
    machines = {pool.inputs["name"]: gpus(pool.inputs) for pool in node_pools(cluster.graph, "main")}
    with cluster.jobs(("vision", "eight")):
        cluster.create_job("vision", "eight", Request(gpus=8, selector=_selector(cluster, "a100-training")))

        eventually("admitted", lambda: cluster.flavor("vision", "eight"), lambda: cluster.reason("vision", "eight"))
        eventually(
            "scheduled",
            lambda: cluster.pools("vision", "eight"),
            lambda: f"admitted to {cluster.flavor('vision', 'eight')}",
        )
        assert {machines[pool] for pool in cluster.pools("vision", "eight")} == {8}


def test_idle_quota_is_borrowed_and_reclaimed(cluster_of: ClusterOf) -> None:
    """A job borrows the idle quota of another team, and is preempted when that team needs it."""
    cluster, pool = cluster_of("dev/main"), "l4"
    selector = _selector(cluster, pool)
    borrowed = [("vision", "own"), ("vision", "borrowing")]

    def admitted(name: str) -> bool:
        return cluster.flavor("vision", name) == pool

    with cluster.jobs(*borrowed, ("forecasting", "owner")):
        for team, name in borrowed:
            cluster.create_job(team, name, Request(gpus=1, selector=selector))
            eventually(f"{name} is admitted", partial(admitted, name))

        cluster.create_job("forecasting", "owner", Request(gpus=1, selector=selector))

        eventually("the owner is admitted", lambda: cluster.flavor("forecasting", "owner") == pool)
        assert len([name for _, name in borrowed if admitted(name)]) == 1
        eventually("the owner runs", lambda: cluster.pools("forecasting", "owner") == [pool])

        cluster.finish("forecasting", "owner")
        eventually("both are admitted again", lambda: all(cluster.flavor("vision", name) for _, name in borrowed))


def test_higher_priority_preempts_within_a_team(cluster_of: ClusterOf) -> None:
    """A job of a higher priority takes the quota of one of a lower one, in the same team only."""
    cluster = cluster_of("dev/main")
    classes = {
        one.manifest["metadata"]["name"]: one.manifest["value"] for one in cluster.declared("WorkloadPriorityClass")
    }
    low, high = min(classes, key=lambda name: classes[name]), max(classes, key=lambda name: classes[name])
    selector = _selector(cluster, "a100")
    with cluster.jobs(("vision", "low"), ("vision", "high")):
        cluster.create_job("vision", "low", Request(gpus=1, selector=selector, priority=low))
        eventually("the first is admitted", lambda: cluster.flavor("vision", "low") == "a100")

        cluster.create_job("vision", "high", Request(gpus=1, selector=selector, priority=high))

        eventually("the second is admitted", lambda: cluster.flavor("vision", "high") == "a100")
        assert cluster.flavor("vision", "low") is None
        eventually("the second runs", lambda: cluster.pools("vision", "high") == ["a100"])


def test_job_above_the_quota_waits_with_a_reason(cluster_of: ClusterOf) -> None:
    """It creates no pods, and its condition says what is missing."""
    cluster = cluster_of("dev/main")
    with cluster.jobs(("forecasting", "large")):
        cluster.create_job("forecasting", "large", Request(gpus=1, pods=40, selector=_selector(cluster, "l4")))

        eventually("it has a reason", lambda: GPU in cluster.reason("forecasting", "large"))
        never("a pod is created", lambda: cluster.pods("forecasting", "large"), seconds=2)


def test_serving_pod_keeps_its_gpu(cluster_of: ClusterOf) -> None:
    """A batch job of the same team does not preempt a pod of the priority of endpoints."""
    cluster = cluster_of("dev/main")
    classes = {one.manifest["metadata"]["name"] for one in cluster.declared("WorkloadPriorityClass")}
    assert "serving" in classes
    selector = _selector(cluster, "a100")
    with cluster.jobs(("vision", "endpoint"), ("vision", "batch")):
        cluster.create_job("vision", "endpoint", Request(gpus=1, selector=selector, priority="serving"))
        eventually("the endpoint runs", lambda: cluster.pools("vision", "endpoint") == ["a100"])

        cluster.create_job("vision", "batch", Request(gpus=1, selector=selector))

        eventually("the job waits", lambda: GPU in cluster.reason("vision", "batch"))
        never("the endpoint is preempted", lambda: not cluster.pools("vision", "endpoint"))


def test_pod_of_a_node_that_vanishes_waits_for_its_pool(cluster_of: ClusterOf) -> None:
    """The job keeps its place: its new pod waits for a node of the pool and starts on no other."""
    cluster = cluster_of("dev/main")
    path = "/api/v1/nodes/a100-0"
    node = cluster.client.request("GET", path).body
    with cluster.jobs(("vision", "stranded")):
        request = Request(gpus=1, selector={POOL: "a100"})
        cluster.create_job("vision", "stranded", request)
        eventually("it runs", lambda: cluster.pools("vision", "stranded") == ["a100"])
        try:
            cluster.client.request("DELETE", path)
            eventually("its pod is deleted", lambda: not cluster.pools("vision", "stranded"))
            never("it runs elsewhere", lambda: cluster.pools("vision", "stranded"))
        finally:
            metadata = {key: node["metadata"][key] for key in ("name", "labels", "annotations")}
            status = {key: node["status"][key] for key in ("allocatable", "capacity")}
            body = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": node["spec"], "status": status}
            assert cluster.client.request("POST", "/api/v1/nodes", body).fine


def test_webhook_that_is_down_refuses_jobs_of_teams_only(cluster_of: ClusterOf) -> None:
    """Without Kueue, a job of a team is refused rather than started unqueued; the platform's pods are created."""
    cluster = cluster_of("dev/main")
    cluster.stop("kueue")
    try:
        with pytest.raises(AssertionError, match=r"failed calling webhook"):
            cluster.create_job("vision", "refused", Request())
        system = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "platform", "namespace": "kube-system"}}
        spec = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "x:1"}]}}}
        assert cluster.client.create({**system, "spec": spec}, dryRun="All").fine
    finally:
        cluster.restart("kueue")
    eventually("Kueue has read its queues", lambda: cluster.queues("vision"))
    with cluster.jobs(("vision", "accepted")):
        cluster.create_job("vision", "accepted", Request())
        eventually(
            "it is admitted",
            lambda: cluster.flavor("vision", "accepted", "cpu"),
            lambda: cluster.reason("vision", "accepted"),
        )


def test_compute_class_is_chosen_like_a_pool(cluster_of: ClusterOf) -> None:
    """The flavor of a class has the label of several pools; GKE's label alone does not choose it."""
    cluster = cluster_of("prod/main")

    with pytest.raises(AssertionError, match=r"compute-class needs groundwork\.dev/pool with the same value"):
        cluster.create_job("vision", "class-only", Request(gpus=1, selector={COMPUTE_CLASS: "l4-any"}))
    assert _pools(cluster, "l4-any") == {"l4-batch", "l4-flex", "l4-on-demand"}
