"""Tests of `components.team_queue`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.team_queue import QUEUE, QueueQuotaArgs, TeamQueue, TeamQueueArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

QUEUE_ARGS = TeamQueueArgs(
    namespace="vision",
    cpu=QueueQuotaArgs(64),
    memory_gib=QueueQuotaArgs(256),
    cpu_flavor="cpu",
    gpus={"spot": QueueQuotaArgs(8), "reserved": QueueQuotaArgs(4)},
    checks={},
    labels=LABELS,
)


def _queue(**changes: Any) -> Objects:
    return in_cluster(TeamQueue, dataclasses.replace(QUEUE_ARGS, **changes))


def _spec(**changes: Any) -> dict[str, Any]:
    return _queue(**changes).spec("cluster-queue")


def test_cluster_queue_accepts_workloads_of_the_team_only() -> None:
    """The queue is cluster-wide: without a selector every namespace could use the team's quota."""
    queue = _queue()

    assert queue.roles == {"cluster-queue", "local-queue"}
    assert queue.kind("cluster-queue") == ("kueue.x-k8s.io/v1beta2", "ClusterQueue")
    assert queue.metadata("cluster-queue") == {"name": "vision", "labels": LABELS}
    assert queue.spec("cluster-queue")["namespaceSelector"] == {
        "matchLabels": {"kubernetes.io/metadata.name": "vision"}
    }
    assert queue.spec("cluster-queue")["cohortName"] == "platform"


def test_local_queue_is_the_default_of_the_namespace() -> None:
    """Workloads that name no queue use it."""
    queue = _queue()

    assert queue.kind("local-queue") == ("kueue.x-k8s.io/v1beta2", "LocalQueue")
    assert queue.metadata("local-queue") == {"name": "default", "namespace": "vision", "labels": LABELS}
    assert queue.metadata("local-queue")["name"] == QUEUE
    assert queue.spec("local-queue") == {"clusterQueue": "vision"}
    assert queue.dependencies("local-queue") == {"cluster-queue"}


def test_team_reclaims_its_nominal_quota_from_borrowers_of_any_priority() -> None:
    """Otherwise quota that another team borrowed would be lost to its owner until the borrower's jobs end."""
    assert _spec()["preemption"]["reclaimWithinCohort"] == "Any"


def test_workload_preempts_lower_priorities_of_its_own_team_only() -> None:
    """Fair sharing does not support borrowWithinCohort, so nothing else preempts."""
    assert _spec()["preemption"] == {"reclaimWithinCohort": "Any", "withinClusterQueue": "LowerPriority"}


def test_cheaper_flavors_are_borrowed_before_expensive_ones_are_used() -> None:
    """Borrowing idle quota of an earlier flavor stops the search; preemption in it does not."""
    assert _spec()["flavorFungibility"] == {"whenCanBorrow": "MayStopSearch", "whenCanPreempt": "TryNextFlavor"}


def test_blocked_workload_does_not_block_smaller_ones() -> None:
    """A strict order would leave quota idle behind a large job."""
    assert _spec()["queueingStrategy"] == "BestEffortFIFO"


def test_queue_is_not_stopped_and_has_equal_weight_by_default() -> None:
    """A weight of one is the same share of idle quota for each team."""
    assert _spec()["stopPolicy"] == "None"
    assert _spec()["fairSharing"] == {"weight": "1"}


def test_queue_may_be_stopped_and_weighted() -> None:
    """Both are settings of the team."""
    assert _spec(stop_policy="HoldAndDrain")["stopPolicy"] == "HoldAndDrain"
    assert _spec(weight=3)["fairSharing"] == {"weight": "3"}


def test_quota_is_cores_memory_and_gpus_by_flavor_in_order_of_preference() -> None:
    """Kueue tries the flavors of a resource group in their order."""
    assert _spec()["resourceGroups"] == [
        {
            "coveredResources": ["cpu", "memory"],
            "flavors": [
                {
                    "name": "cpu",
                    "resources": [
                        {"name": "cpu", "nominalQuota": "64"},
                        {"name": "memory", "nominalQuota": "256Gi"},
                    ],
                }
            ],
        },
        {
            "coveredResources": ["nvidia.com/gpu"],
            "flavors": [
                {"name": "spot", "resources": [{"name": "nvidia.com/gpu", "nominalQuota": "8"}]},
                {"name": "reserved", "resources": [{"name": "nvidia.com/gpu", "nominalQuota": "4"}]},
            ],
        },
    ]


def test_team_without_gpus_has_no_gpu_quota() -> None:
    """Kueue refuses a resource group without flavors."""
    assert [group["coveredResources"] for group in _spec(gpus={})["resourceGroups"]] == [["cpu", "memory"]]


def test_borrowing_and_lending_limits_have_the_unit_of_their_quota() -> None:
    """A limit of zero is a limit; none is omitted."""
    groups = _spec(
        cpu=QueueQuotaArgs(64, borrowing_limit=16),
        memory_gib=QueueQuotaArgs(256, borrowing_limit=0, lending_limit=128),
    )["resourceGroups"]

    assert groups[0]["flavors"][0]["resources"] == [
        {"name": "cpu", "nominalQuota": "64", "borrowingLimit": "16"},
        {"name": "memory", "nominalQuota": "256Gi", "borrowingLimit": "0Gi", "lendingLimit": "128Gi"},
    ]


def test_admission_check_applies_to_its_flavors_only() -> None:
    """A check without flavors would apply to the whole queue, so it is omitted."""
    assert _spec(checks={"spot": ["spot"], "idle": []})["admissionChecksStrategy"] == {
        "admissionChecks": [{"name": "spot", "onFlavors": ["spot"]}]
    }


def test_queue_without_admission_checks_has_no_strategy() -> None:
    """Neither without checks nor with checks that have no flavors."""
    assert "admissionChecksStrategy" not in _spec()
    assert "admissionChecksStrategy" not in _spec(checks={"idle": []})
