"""Tests of `components.query_access`."""

from __future__ import annotations

from components.query_access import QueryAccess, QueryAccessArgs
from tests.components.declare import declare, declared, inputs


def test_query_access_is_to_run_jobs_and_to_read_in_bulk() -> None:
    """Each member has both roles on the project, and neither gives access to data."""
    args = QueryAccessArgs("ml-service", {"group-ml": "group:ml@example.com", "workload-vision": "serviceAccount:v"})
    graph = declare(lambda: QueryAccess("queries", args))

    assert set(declared(graph)) == {
        "queries-group-ml-jobs",
        "queries-group-ml-reads",
        "queries-workload-vision-jobs",
        "queries-workload-vision-reads",
    }
    assert set(declared(graph).values()) == {"gcp:projects/iAMMember:IAMMember"}
    assert inputs(graph, "queries-group-ml-jobs") == {
        "project": "ml-service",
        "role": "roles/bigquery.jobUser",
        "member": "group:ml@example.com",
    }
    assert inputs(graph, "queries-workload-vision-reads") == {
        "project": "ml-service",
        "role": "roles/bigquery.readSessionUser",
        "member": "serviceAccount:v",
    }
