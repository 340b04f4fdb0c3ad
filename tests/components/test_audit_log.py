"""Tests of `components.audit_log`."""

from __future__ import annotations

import pytest

from components.audit_log import AuditLog, AuditLogArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, protected
from tests.components.grants import CONDITION, READER, TEMPORARY_READER

FILTER = (
    'log_id("cloudaudit.googleapis.com/data_access") AND '
    'protoPayload.serviceName=("bigquery.googleapis.com" OR "storage.googleapis.com")'
)


@pytest.fixture
def graph() -> Graph:
    """The audit log of two services with two readers."""
    args = AuditLogArgs(
        project="ml-service",
        location="europe-west4",
        services=["storage.googleapis.com", "bigquery.googleapis.com"],
        retention_days=400,
        locked=True,
        readers={"group-security": READER, "group-auditors": TEMPORARY_READER},
    )
    return declare(lambda: AuditLog("audit", args))


def test_audit_log_declares_bucket_sink_exclusion_services_and_readers(graph: Graph) -> None:
    """Children are named by their role, by the service without its domain, and by the key of a reader."""
    assert declared(graph) == {
        "audit-bucket": "gcp:logging/projectBucketConfig:ProjectBucketConfig",
        "audit-sink": "gcp:logging/projectSink:ProjectSink",
        "audit-exclusion": "gcp:logging/projectExclusion:ProjectExclusion",
        "audit-storage": "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        "audit-bigquery": "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        "audit-group-security": "gcp:logging/logViewIamMember:LogViewIamMember",
        "audit-group-auditors": "gcp:logging/logViewIamMember:LogViewIamMember",
    }


def test_audit_log_bucket_has_the_retention_and_is_locked_and_protected(graph: Graph) -> None:
    """The retention of evidence cannot be shortened, and the bucket is not deleted with the code."""
    assert inputs(graph, "audit-bucket") == {
        "project": "ml-service",
        "location": "europe-west4",
        "bucketId": "data-access",
        "description": "reads and writes of sensitive data",
        "retentionDays": 400,
        "locked": True,
    }
    assert protected(graph) == {"audit-bucket"}


def test_audit_log_sink_routes_data_access_logs_of_the_services_to_the_bucket(graph: Graph) -> None:
    """The filter lists the services in sorted order, so that their order in the settings changes nothing."""
    assert inputs(graph, "audit-sink") == {
        "project": "ml-service",
        "name": "data-access",
        "destination": "logging.googleapis.com/projects/ml-service/locations/europe-west4/buckets/data-access",
        "filter": FILTER,
        "uniqueWriterIdentity": True,
    }
    assert depends_on(graph, "audit-sink") == {"audit-bucket"}


def test_audit_log_exclusion_drops_the_same_entries_from_the_default_bucket_after_the_sink(graph: Graph) -> None:
    """The exclusion has the filter of the sink and is created after it, so that no entry is lost."""
    assert inputs(graph, "audit-exclusion") == {
        "project": "ml-service",
        "name": "data-access",
        "description": "stored in a separate log bucket, and would be billed twice",
        "filter": FILTER,
    }
    assert depends_on(graph, "audit-exclusion") == {"audit-sink"}


@pytest.mark.parametrize("service", ["storage", "bigquery"])
def test_audit_log_enables_reads_and_writes_without_exempted_members(graph: Graph, service: str) -> None:
    """No member is exempted, and logs are enabled once the sink routes them."""
    assert inputs(graph, f"audit-{service}") == {
        "project": "ml-service",
        "service": f"{service}.googleapis.com",
        "auditLogConfigs": [{"logType": "DATA_READ"}, {"logType": "DATA_WRITE"}],
    }
    assert depends_on(graph, f"audit-{service}") == {"audit-sink"}


def test_audit_log_readers_may_view_all_logs_of_the_bucket_only(graph: Graph) -> None:
    """The grant is on the view of the bucket, not on the project."""
    assert inputs(graph, "audit-group-security") == {
        "parent": "projects/ml-service",
        "location": "europe-west4",
        "bucket": "data-access",
        "name": "_AllLogs",
        "role": "roles/logging.viewAccessor",
        "member": "group:analysts@example.com",
    }
    assert inputs(graph, "audit-group-auditors")["condition"] == CONDITION
