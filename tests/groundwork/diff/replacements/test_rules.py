"""Tests of replacements that depend on values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groundwork.diff.replacements import decide

BUCKET = "gcp:storage/bucket:Bucket"
CLUSTER = "gcp:container/cluster:Cluster"
DATABASE = "gcp:sql/databaseInstance:DatabaseInstance"
SUBNET = "gcp:compute/subnetwork:Subnetwork"
TABLE = "gcp:bigquery/table:Table"


def _columns(*columns: str) -> str:
    """A BigQuery schema of columns, each ``name TYPE [MODE]``."""
    keys = ("name", "type", "mode")
    return json.dumps([dict(zip(keys, column.split(), strict=False)) for column in columns])


def _record(mode: str) -> str:
    """A schema with one record, whose one field has this mode."""
    field = {"name": "b", "type": "STRING", "mode": mode}
    return json.dumps([{"name": "a", "type": "RECORD", "fields": [field]}])


@pytest.mark.parametrize(
    ("before", "after", "replaces"),
    [
        (_columns("a STRING NULLABLE"), _columns("a STRING REQUIRED"), True),
        (_columns("a STRING"), _columns("a STRING REQUIRED"), True),  # the default mode is NULLABLE
        (_columns("a STRING REQUIRED"), _columns("a STRING NULLABLE"), False),
        (_columns("a STRING REQUIRED"), _columns("a STRING"), False),
        (_columns("a STRING NULLABLE"), _columns("a STRING"), False),
        (_columns("a STRING NULLABLE"), _columns("a STRING REPEATED"), True),
        (_columns("a STRING"), _columns("a INTEGER"), True),
        (_columns("a STRING"), _columns("a STRING", "b STRING"), False),
        (_columns("a STRING", "b STRING"), _columns("a STRING"), False),
        (_columns("a STRING"), _columns("b STRING"), True),
        (_record("NULLABLE"), _record("REQUIRED"), True),
        (_record("REQUIRED"), _record("NULLABLE"), False),
        (None, _columns("a STRING"), False),
        (_columns("a STRING"), None, False),
        (_columns("a STRING"), "not JSON", False),
    ],
)
def test_table_is_replaced_for_incompatible_columns(before: str | None, after: str | None, *, replaces: bool) -> None:
    """Columns can be added or dropped, and become nullable; nested columns count as well."""
    assert decide.replaces(TABLE, "schema", {"schema": before}, {"schema": after}) == replaces


@pytest.mark.parametrize(
    ("kind", "path", "old", "new", "replaces"),
    [
        (SUBNET, "ipCidrRange", {"ipCidrRange": "10.0.0.0/22"}, {"ipCidrRange": None}, False),
        (CLUSTER, "enableFqdnNetworkPolicy", {"enableFqdnNetworkPolicy": True}, {}, True),
        (CLUSTER, "enableFqdnNetworkPolicy", {"enableFqdnNetworkPolicy": False},
         {"enableFqdnNetworkPolicy": True}, False),
        (CLUSTER, "enableK8sBetaApis.enabledApis[1]", {"enableK8sBetaApis": {"enabledApis": ["a", "b"]}},
         {"enableK8sBetaApis": {"enabledApis": ["a"]}}, True),
        (CLUSTER, "enableK8sBetaApis.enabledApis[1]", {"enableK8sBetaApis": {"enabledApis": ["a"]}},
         {"enableK8sBetaApis": {"enabledApis": ["a", "b"]}}, False),
        (CLUSTER, "dnsConfig.additiveVpcScopeDnsDomain", {"enableAutopilot": True},
         {"enableAutopilot": True, "dnsConfig": {"additiveVpcScopeDnsDomain": "a"}}, True),
        (CLUSTER, "dnsConfig.additiveVpcScopeDnsDomain", {}, {"dnsConfig": {"additiveVpcScopeDnsDomain": "a"}}, False),
        (DATABASE, "masterInstanceName", {"masterInstanceName": "a"}, {"masterInstanceName": "b"}, True),
        (DATABASE, "settings.diskSize", {"settings": {"diskSize": 20}},
         {"settings": {"diskSize": 10, "diskAutoresize": False}}, True),
        (DATABASE, "settings.diskSize", {"settings": {"diskSize": 20}},
         {"settings": {"diskSize": 10, "diskAutoresize": True}}, False),
        (DATABASE, "settings.diskSize", {"settings": {"diskSize": 20}},
         {"settings": {"diskSize": 30, "diskAutoresize": False}}, False),
        (DATABASE, "settings.ipConfiguration.privateNetwork",
         {"settings": {"ipConfiguration": {"privateNetwork": "a"}}}, {"settings": {"ipConfiguration": {}}}, True),
        (DATABASE, "settings.ipConfiguration.privateNetwork", {"settings": {"ipConfiguration": {}}},
         {"settings": {"ipConfiguration": {"privateNetwork": "a"}}}, False),
        (BUCKET, "retentionPolicy.isLocked", {"retentionPolicy": {"isLocked": True}},
         {"retentionPolicy": {"isLocked": False}}, True),
        (BUCKET, "retentionPolicy.isLocked", {"retentionPolicy": {"isLocked": False}},
         {"retentionPolicy": {"isLocked": True}}, False),
        (BUCKET, "hierarchicalNamespace.enabled", {"hierarchicalNamespace": {"enabled": True}},
         {"hierarchicalNamespace": {"enabled": False}}, True),
        (BUCKET, "hierarchicalNamespace.enabled", {"hierarchicalNamespace": {"enabled": False}},
         {"hierarchicalNamespace": {}}, False),
    ],
)  # fmt: skip
def test_values_decide_about_the_replacement(
    kind: str, path: str, old: dict[str, Any], new: dict[str, Any], *, replaces: bool
) -> None:
    """Each rule has a value that replaces and one that changes in place."""
    assert decide.replaces(kind, path, old, new) == replaces
