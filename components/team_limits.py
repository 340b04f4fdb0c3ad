"""Default requests and maximum limits of containers in a team's namespace."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class TeamLimitsArgs:
    """The namespace, default requests in millicores and MiB, and maximum limits in cores and GiB or None."""

    namespace: str
    cpu_millis: int
    memory_mib: int
    max_cpu: int | None
    max_memory_gib: int | None
    labels: Labels


class TeamLimits(Component):
    """Default requests, since a quota refuses pods without requests; needs a Kubernetes provider.

    There is no default limit without a maximum: a container that requests more than the default limit would be
    refused. With a maximum, Kubernetes uses it as the limit of containers that set none.
    """

    def __init__(self, name: str, args: TeamLimitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the LimitRange."""
        super().__init__(name, opts)
        maximum = {
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
                        max=maximum or None,
                        # The API server would set the same value; explicit, so that previews show no difference.
                        default=maximum or None,
                    )
                ]
            ),
            opts=self.child(),
        )
        self.register_outputs({})
