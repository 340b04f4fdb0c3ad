"""A team's Kueue queues: nominal quota, borrowing and lending limits, and the local queue of its namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import COHORT, GPU, KUEUE_API, Component, Labels

# Workloads that name no queue use the one with this name, if their namespace has it:
# https://kueue.sigs.k8s.io/docs/tasks/manage/enforce_job_management/setup_default_local_queue
QUEUE: Final = "default"
StopPolicy = Literal["None", "Hold", "HoldAndDrain"]


@dataclass(frozen=True)
class QueueQuotaArgs:
    """Kueue's quota of one resource: nominal quota, borrowing limit and lending limit; None means unlimited."""

    nominal_quota: int
    borrowing_limit: int | None = None
    lending_limit: int | None = None


@dataclass(frozen=True)
class TeamQueueArgs:
    """The team's namespace and its quotas: cores, memory in GiB, and GPUs by flavor in order of preference.

    `checks` are the flavors of each admission check, by its name. `weight` is the team's fair share of idle resources.
    """

    namespace: str
    cpu: QueueQuotaArgs
    memory_gib: QueueQuotaArgs
    cpu_flavor: str
    gpus: Mapping[str, QueueQuotaArgs]
    checks: Mapping[str, list[str]]
    labels: Labels
    weight: int = 1
    stop_policy: StopPolicy = "None"


class TeamQueue(Component):
    """A ClusterQueue in the cohort of all teams, and the LocalQueue that submits to it; needs a Kubernetes provider."""

    def __init__(self, name: str, args: TeamQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both queues; other teams may borrow idle quota until its owner reclaims it."""
        super().__init__(name, opts)
        cluster_queue = k8s.apiextensions.CustomResource(
            f"{name}-cluster-queue",
            api_version=KUEUE_API,
            kind="ClusterQueue",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args.namespace, labels=dict(args.labels)),
            spec={
                "cohortName": COHORT,
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": args.namespace}},
                "queueingStrategy": "BestEffortFIFO",
                "stopPolicy": args.stop_policy,
                "fairSharing": {"weight": str(args.weight)},
                # A team reclaims its nominal quota from borrowers of any priority; within a team priorities decide.
                # Fair sharing divides the rest among borrowers, and does not support borrowWithinCohort.
                "preemption": {"reclaimWithinCohort": "Any", "withinClusterQueue": "LowerPriority"},
                # Cheap flavors first: borrow idle quota of a cheaper flavor before using the team's quota of a more
                # expensive one, and do not preempt in a cheap flavor while a more expensive one is free.
                "flavorFungibility": {"whenCanBorrow": "MayStopSearch", "whenCanPreempt": "TryNextFlavor"},
                "resourceGroups": _groups(args),
                **_checks(args),
            },
            opts=self.child(),
        )
        k8s.apiextensions.CustomResource(
            f"{name}-local-queue",
            api_version=KUEUE_API,
            kind="LocalQueue",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=QUEUE, namespace=args.namespace, labels=dict(args.labels)),
            spec={"clusterQueue": args.namespace},
            opts=self.child(depends_on=[cluster_queue]),
        )
        self.register_outputs({})


def _groups(args: TeamQueueArgs) -> list[dict[str, Any]]:
    """The resource groups: cores and memory of one flavor, and GPUs of one flavor per pool in order of preference."""
    groups: list[dict[str, Any]] = [
        {
            "coveredResources": ["cpu", "memory"],
            "flavors": [
                {
                    "name": args.cpu_flavor,
                    "resources": [_quota("cpu", args.cpu), _quota("memory", args.memory_gib, "Gi")],
                }
            ],
        }
    ]
    if args.gpus:
        groups.append(
            {
                "coveredResources": [GPU],
                "flavors": [{"name": flavor, "resources": [_quota(GPU, quota)]} for flavor, quota in args.gpus.items()],
            }
        )
    return groups


def _quota(resource: str, quota: QueueQuotaArgs, unit: str = "") -> dict[str, str]:
    limits = {"borrowingLimit": quota.borrowing_limit, "lendingLimit": quota.lending_limit}
    return {
        "name": resource,
        "nominalQuota": f"{quota.nominal_quota}{unit}",
        **{name: f"{limit}{unit}" for name, limit in limits.items() if limit is not None},
    }


def _checks(args: TeamQueueArgs) -> dict[str, Any]:
    """The admission checks; one without flavors would apply to the whole queue, so it is omitted."""
    checks = [{"name": check, "onFlavors": flavors} for check, flavors in args.checks.items() if flavors]
    return {"admissionChecksStrategy": {"admissionChecks": checks}} if checks else {}
