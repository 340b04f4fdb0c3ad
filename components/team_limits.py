"""What a container of a team gets that asks for nothing, and the most that one may ask for."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class TeamLimitsArgs:
    """The namespace; thousandths of a core and MiB by default, cores and GiB at the most, None for no such limit."""

    namespace: str
    cpu_millis: int
    memory_mib: int
    max_cpu: int | None
    max_memory_gib: int | None
    labels: Labels


class TeamLimits(Component):
    """Requests by default, without which a quota refuses every pod that does not say its own.

    There is no default for limits: one that is below what a container requests would be refused for it. With a maximum
    Kubernetes takes that for the limit of a container which says none.
    """

    def __init__(self, name: str, args: TeamLimitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare them."""
        super().__init__(name, opts)
        most = {
            **({} if args.max_cpu is None else {"cpu": str(args.max_cpu)}),
            **({} if args.max_memory_gib is None else {"memory": f"{args.max_memory_gib}Gi"}),
        }
        k8s.core.v1.LimitRange(
            f"{name}-range",
            metadata=k8s.meta.v1.ObjectMetaArgs(name="team", namespace=args.namespace, labels=dict(args.labels)),
            spec=k8s.core.v1.LimitRangeSpecArgs(
                limits=[
                    k8s.core.v1.LimitRangeItemArgs(
                        type="Container",
                        default_request={"cpu": f"{args.cpu_millis}m", "memory": f"{args.memory_mib}Mi"},
                        max=most or None,
                        # What the API server would fill in, so that no two tools differ about it.
                        default=most or None,
                    )
                ]
            ),
            opts=self.child(),
        )
        self.register_outputs({})
