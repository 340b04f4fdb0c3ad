"""Tests of `components.data_discovery`."""

from __future__ import annotations

from components.data_discovery import DataDiscovery, DataDiscoveryArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

DISCOVERY = DataDiscoveryArgs(
    scan_id="datasets",
    project="ml-service",
    location="europe-west4",
    bucket="ml-service-datasets",
    agent="serviceAccount:agent@example.com",
    cron="0 3 * * *",
    labels={"team": "vision"},
)


def _graph() -> Graph:
    return declare(lambda: DataDiscovery("discovery-datasets", DISCOVERY))


def test_discovery_agent_may_read_the_bucket_before_the_scan_starts() -> None:
    """A scan without access fails."""
    graph = _graph()

    assert declared(graph) == {
        "discovery-datasets-agent": "gcp:storage/bucketIAMMember:BucketIAMMember",
        "discovery-datasets-discovery": "gcp:dataplex/datascan:Datascan",
    }
    assert inputs(graph, "discovery-datasets-agent") == {
        "bucket": "ml-service-datasets",
        "role": "roles/dataplex.discoveryServiceAgent",
        "member": "serviceAccount:agent@example.com",
    }
    assert depends_on(graph, "discovery-datasets-discovery") == {"discovery-datasets-agent"}


def test_discovery_scans_the_bucket_on_schedule_and_publishes_external_tables() -> None:
    """Readers of an external table also need access to the files."""
    assert inputs(_graph(), "discovery-datasets-discovery") == {
        "dataScanId": "discovery-datasets",
        "project": "ml-service",
        "location": "europe-west4",
        "data": {"resource": "//storage.googleapis.com/projects/ml-service/buckets/ml-service-datasets"},
        "executionSpec": {"trigger": {"schedule": {"cron": "0 3 * * *"}}},
        "dataDiscoverySpec": {"bigqueryPublishingConfig": {"tableType": "EXTERNAL"}},
        "labels": {"team": "vision"},
    }
