"""A team's queue: what it is promised, and where its jobs line up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import GPU, KUEUE_API, Component, Labels

COHORT: Final = "platform"
QUEUE: Final = "default"  # the name that a team's jobs put into the label kueue.x-k8s.io/queue-name


@dataclass(frozen=True)
class TeamQueueArgs:
    """The team's namespace and quota: cores, memory in GiB, and GPUs by flavor."""

    namespace: str
    cpu: int
    memory_gib: int
    cpu_flavor: str
    gpus: Mapping[str, int]
    labels: Labels


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
                "preemption": {"reclaimWithinCohort": "Any", "withinClusterQueue": "LowerPriority"},
                "resourceGroups": _groups(args),
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
                    "resources": [
                        {"name": "cpu", "nominalQuota": str(args.cpu)},
                        {"name": "memory", "nominalQuota": f"{args.memory_gib}Gi"},
                    ],
                }
            ],
        }
    ]
    if args.gpus:
        groups.append(
            {
                "coveredResources": [GPU],
                "flavors": [
                    {"name": flavor, "resources": [{"name": GPU, "nominalQuota": str(number)}]}
                    for flavor, number in args.gpus.items()
                ],
            }
        )
    return groups
