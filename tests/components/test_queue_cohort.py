"""Tests of `components.queue_cohort`."""

from __future__ import annotations

from components.queue_cohort import QueueCohort, QueueCohortArgs
from tests.components.in_cluster import in_cluster


def test_cohort_shares_the_gpus_of_no_team() -> None:
    """Queues of the cohort borrow this quota; flavors without any are omitted."""
    cohort = in_cluster(QueueCohort, QueueCohortArgs({"a100": 1, "h100": 0, "l4": 4}))

    assert cohort.roles == {"cohort"}
    assert cohort.kind("cohort") == ("kueue.x-k8s.io/v1beta2", "Cohort")
    assert cohort.metadata("cohort") == {"name": "platform"}
    assert cohort.spec("cohort") == {
        "resourceGroups": [
            {
                "coveredResources": ["nvidia.com/gpu"],
                "flavors": [
                    {"name": "a100", "resources": [{"name": "nvidia.com/gpu", "nominalQuota": "1"}]},
                    {"name": "l4", "resources": [{"name": "nvidia.com/gpu", "nominalQuota": "4"}]},
                ],
            }
        ]
    }


def test_cohort_without_shared_gpus_has_no_quota() -> None:
    """Kueue refuses a resource group without flavors."""
    assert in_cluster(QueueCohort, QueueCohortArgs({"a100": 0})).spec("cohort") == {}
