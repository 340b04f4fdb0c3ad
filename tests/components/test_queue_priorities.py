"""Tests of `components.queue_priorities`."""

from __future__ import annotations

from components.queue_priorities import PriorityArgs, QueuePriorities, QueuePrioritiesArgs
from tests.components.in_cluster import in_cluster


def test_priorities_are_workload_priority_classes_without_a_spec() -> None:
    """Workloads name a class in a label; Kueue compares the values."""
    priorities = in_cluster(
        QueuePriorities,
        QueuePrioritiesArgs({"urgent": PriorityArgs(1000, "Incidents"), "batch": PriorityArgs(10, "The rest")}),
    )

    assert priorities.roles == {"urgent", "batch"}
    assert priorities.kind("urgent") == ("kueue.x-k8s.io/v1beta2", "WorkloadPriorityClass")
    assert priorities.inputs("urgent") == {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "WorkloadPriorityClass",
        "metadata": {"name": "urgent"},
        "value": 1000,
        "description": "Incidents",
    }
    assert priorities.nodes["urgent"].type == "kubernetes:kueue.x-k8s.io/v1beta2:WorkloadPriorityClass"
    assert priorities.inputs("batch")["value"] == 10
