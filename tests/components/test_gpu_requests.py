"""Tests of `components.gpu_requests`."""

from __future__ import annotations

import pytest

from components.gpu_requests import GpuRequests, GpuRequestsArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

ARGS = GpuRequestsArgs({"l4": 1, "a100-training": 8, "l4-any": 4}, "platform", LABELS)
POOL = "p.?nodeSelector[?'groundwork.dev/pool'].orValue('')"
GPUS = (
    "p.containers.map(c, c.?resources.?limits[?'nvidia.com/gpu'].orValue(dyn(0)))"
    ".map(n, type(n) == string ? quantity(n).asInteger() : int(n)).sum()"
)


def _policy(args: GpuRequestsArgs = ARGS) -> Objects:
    return in_cluster(GpuRequests, args)


def test_policy_covers_pods_and_the_jobs_that_kueue_reads() -> None:
    """Kueue admits a job by its template, before there is a pod; a TrainJob becomes a JobSet."""
    spec = _policy().inputs("policy")["spec"]
    rules = spec["matchConstraints"]["resourceRules"]

    assert [(rule["apiGroups"], rule["resources"], rule["operations"]) for rule in rules] == [
        ([""], ["pods"], ["CREATE"]),
        (["batch"], ["jobs"], ["CREATE"]),
        (["jobset.x-k8s.io"], ["jobsets"], ["CREATE"]),
    ]
    assert spec["failurePolicy"] == "Fail"
    assert spec["variables"] == [
        {
            "name": "pods",
            "expression": "object.kind == 'Pod' ? [object.spec] : "
            "object.kind == 'Job' ? [object.spec.template.spec] : "
            "object.spec.replicatedJobs.map(j, j.template.spec.template.spec)",
        },
        {"name": "sizes", "expression": '{"l4": 1, "a100-training": 8, "l4-any": 4}'},
    ]


@pytest.mark.parametrize(
    ("sizes", "smallest"), [({"l4": 1, "a100-training": 8}, 1), ({"l4-any": 4, "a100-training": 8}, 4)]
)
def test_pod_fits_the_smallest_machines_or_those_that_it_names(sizes: dict[str, int], smallest: int) -> None:
    """Kueue would admit a pod that names none to the cheapest flavor with quota, whatever its machines."""
    rule, _ = _policy(GpuRequestsArgs(sizes, "platform", LABELS)).inputs("policy")["spec"]["validations"]

    assert rule["expression"] == (
        f"variables.pods.all(p, {GPUS} <= ({POOL} != '' ? variables.sizes[?{POOL}].orValue(1000) : {smallest}))"
    )
    assert rule["message"] == (
        f"a pod with more than {smallest} nvidia.com/gpu needs a nodeSelector groundwork.dev/pool with machines of that"
        f" size: {', '.join(f'{name} ({size})' for name, size in sizes.items())}"
    )


def test_compute_class_needs_the_label_that_queues_compare() -> None:
    """Kueue ignores the label of GKE for flavors that do not have it, and would admit the pod to their machines."""
    _, rule = _policy().inputs("policy")["spec"]["validations"]

    assert rule["expression"] == (
        "variables.pods.all(p, !('cloud.google.com/compute-class' in p.?nodeSelector.orValue({})) || "
        f"p.nodeSelector['cloud.google.com/compute-class'] == {POOL.replace('p.?', 'p.')})"
    )
    assert rule["message"] == (
        "cloud.google.com/compute-class needs groundwork.dev/pool with the same value in nodeSelector"
    )


def test_policy_is_bound_to_namespaces_of_teams() -> None:
    """Namespaces of the platform have the label too, and are not queued."""
    objects = _policy()
    spec = objects.inputs("binding")["spec"]

    assert spec["policyName"] == "gpus-fit-machines"
    assert spec["validationActions"] == ["Deny", "Audit"]
    assert spec["matchResources"]["namespaceSelector"]["matchExpressions"] == [
        {"key": "team", "operator": "Exists"},
        {"key": "team", "operator": "NotIn", "values": ["platform"]},
    ]
    assert objects.dependencies("binding") == {"policy"}
