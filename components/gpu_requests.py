"""An admission policy that refuses pods with more GPUs than the machines that Kueue may admit them to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._admission_policy import Rule, Validation, Variable, admission_policy
from components._common import COMPUTE_CLASS, GPU, POOL_LABEL, Component, Labels

NAME: Final = "gpus-fit-machines"
# The pods of an object: its own, or those of its template. Kueue reads the template of a job before a pod exists.
PODS: Final[Mapping[str, str]] = {
    "Pod": "[object.spec]",
    "Job": "[object.spec.template.spec]",
    "JobSet": "object.spec.replicatedJobs.map(j, j.template.spec.template.spec)",
}
# GPUs of a pod: https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus, limits equal requests. They are text in
# pods and jobs, and may be integers in custom resources.
GPUS: Final = (
    f"p.containers.map(c, c.?resources.?limits[?'{GPU}'].orValue(dyn(0)))"
    ".map(n, type(n) == string ? quantity(n).asInteger() : int(n)).sum()"
)
CLASS_HAS_LABEL: Final = (
    f"variables.pods.all(p, !('{COMPUTE_CLASS}' in p.?nodeSelector.orValue({{}})) || "
    f"p.nodeSelector['{COMPUTE_CLASS}'] == p.nodeSelector[?'{POOL_LABEL}'].orValue(''))"
)
UNKNOWN: Final = 1000  # more GPUs than any machine has


@dataclass(frozen=True)
class GpuRequestsArgs:
    """The largest number of GPUs that one pod can get, by pool or compute class in queues; at least one entry.

    `platform` is the value of the label `team` of namespaces that are not queued.
    """

    sizes: Mapping[str, int]
    platform: str
    labels: Labels


class GpuRequests(Component):
    """A ValidatingAdmissionPolicy for namespaces of teams; needs a Kubernetes provider.

    Kueue compares the GPUs of a workload with quotas, not with machines, as long as a flavor has no topology, and a
    topology needs nodes that exist: pools that scale to zero have none. A pod of eight GPUs would be admitted to a pool
    of machines with one GPU, and wait there until its time-out (kubernetes-sigs/kueue#1476). So a pod that does not fit
    all machines has to name a pool or a compute class, by the label that all flavors have.

    The label of GKE alone does not choose a compute class: Kueue compares a pod with the label keys of each flavor, and
    flavors of pools do not have that key, so they would admit it.
    """

    def __init__(self, name: str, args: GpuRequestsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy and its binding."""
        super().__init__(name, opts)
        teams = [
            k8s.meta.v1.LabelSelectorRequirementArgs(key="team", operator="Exists"),
            k8s.meta.v1.LabelSelectorRequirementArgs(key="team", operator="NotIn", values=[args.platform]),
        ]
        admission_policy(
            self,
            name,
            policy=NAME,
            labels=args.labels,
            rules=[
                _rule("", "v1", "pods"),
                _rule("batch", "v1", "jobs"),
                _rule("jobset.x-k8s.io", "*", "jobsets"),
            ],
            variables=[
                Variable(name="pods", expression=_pods()),
                Variable(name="sizes", expression=json.dumps(dict(args.sizes))),
            ],
            validations=[
                Validation(expression=_fits(args), message=_message(args)),
                Validation(
                    expression=CLASS_HAS_LABEL,
                    message=f"{COMPUTE_CLASS} needs {POOL_LABEL} with the same value in nodeSelector",
                ),
            ],
            namespaces=k8s.meta.v1.LabelSelectorArgs(match_expressions=teams),
        )
        self.register_outputs({})


def _rule(group: str, version: str, resource: str) -> Rule:
    return Rule(api_groups=[group], api_versions=[version], operations=["CREATE"], resources=[resource])


def _pods() -> str:
    """The pod specs of an object, by its kind."""
    *cases, (_, last) = PODS.items()
    return " : ".join([*(f"object.kind == '{kind}' ? {expression}" for kind, expression in cases), last])


def _fits(args: GpuRequestsArgs) -> str:
    """Each pod fits all machines, or those of the pool or class that it names.

    A pod that names an unknown one is not refused here: Kueue admits it to no flavor.
    """
    smallest = min(args.sizes.values())
    pool = f"p.?nodeSelector[?'{POOL_LABEL}'].orValue('')"
    return f"variables.pods.all(p, {GPUS} <= ({pool} != '' ? variables.sizes[?{pool}].orValue({UNKNOWN}) : {smallest}))"


def _message(args: GpuRequestsArgs) -> str:
    sizes = [f"{name} ({number})" for name, number in args.sizes.items()]
    smallest = min(args.sizes.values())
    return (
        f"a pod with more than {smallest} {GPU} needs a nodeSelector {POOL_LABEL} with machines of that size:"
        f" {', '.join(sizes)}"
    )
