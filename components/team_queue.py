"""A team's queue: what it is promised, what it may borrow beside that, and where its work lines up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_kubernetes as k8s

from components._common import COHORT, GPU, KUEUE_API, Component, Labels

# Work that names no queue goes into the one of this name, if its namespace has it:
# https://kueue.sigs.k8s.io/docs/tasks/manage/enforce_job_management/setup_default_local_queue
QUEUE: Final = "default"
StopPolicy = Literal["None", "Hold", "HoldAndDrain"]


@dataclass(frozen=True)
class ShareArgs:
    """What a team always gets of a resource, and the most that it borrows and lends; None where nothing limits that."""

    promised: int
    borrowing_limit: int | None = None
    lending_limit: int | None = None


@dataclass(frozen=True)
class TeamQueueArgs:
    """The team's namespace and its shares: cores, memory in GiB, and GPUs by flavor, the first choice first.

    `checks` are admission checks, each with the flavors that it is for. `weight` is the team's part of what is idle.
    """

    namespace: str
    cpu: ShareArgs
    memory_gib: ShareArgs
    cpu_flavor: str
    gpus: Mapping[str, ShareArgs]
    checks: Mapping[str, list[str]]
    labels: Labels
    weight: int = 1
    stop_policy: StopPolicy = "None"


class TeamQueue(Component):
    """A cluster queue in the cohort of all teams, and the local queue that leads to it."""

    def __init__(self, name: str, args: TeamQueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both queues; what one team leaves idle another may borrow until it is wanted back."""
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
                # A promise is kept against whoever borrowed it; within a team priorities decide. Fair sharing gives a
                # borrower its part of the rest, and knows no borrowWithinCohort.
                "preemption": {"reclaimWithinCohort": "Any", "withinClusterQueue": "LowerPriority"},
                # Cheap first: what is idle in a cheaper flavor is borrowed before an own dearer one is used, and no
                # work is stopped for a cheap flavor while a dearer one is free.
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
    """Cores and memory come from one flavor; each GPU pool is a flavor, tried in the order in which they are given."""
    groups: list[dict[str, Any]] = [
        {
            "coveredResources": ["cpu", "memory"],
            "flavors": [
                {
                    "name": args.cpu_flavor,
                    "resources": [_share("cpu", args.cpu), _share("memory", args.memory_gib, "Gi")],
                }
            ],
        }
    ]
    if args.gpus:
        groups.append(
            {
                "coveredResources": [GPU],
                "flavors": [{"name": flavor, "resources": [_share(GPU, share)]} for flavor, share in args.gpus.items()],
            }
        )
    return groups


def _share(resource: str, share: ShareArgs, unit: str = "") -> dict[str, str]:
    limits = {"borrowingLimit": share.borrowing_limit, "lendingLimit": share.lending_limit}
    return {
        "name": resource,
        "nominalQuota": f"{share.promised}{unit}",
        **{name: f"{limit}{unit}" for name, limit in limits.items() if limit is not None},
    }


def _checks(args: TeamQueueArgs) -> dict[str, Any]:
    """A check without flavors would be for all work of the queue, so there is none where there are none."""
    checks = [{"name": check, "onFlavors": flavors} for check, flavors in args.checks.items() if flavors]
    return {"admissionChecksStrategy": {"admissionChecks": checks}} if checks else {}
