"""Tests of `components.warehouse`."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from components.warehouse import Warehouse, WarehouseArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, named, protected
from tests.components.grants import CONDITION, GRANTS

DAY_MILLISECONDS = 24 * 60 * 60 * 1000
WAREHOUSE = WarehouseArgs(
    dataset_id="features",
    project="ml-service",
    location="europe-west4",
    table_expiry_days=None,
    key=None,
    labels={"team": "vision"},
    tables={"users": {"name": "STRING", "id": "INT64"}},
)


def _graph(**changes: Any) -> Graph:
    return declare(lambda: Warehouse("warehouse-features", dataclasses.replace(WAREHOUSE, **changes)))


def test_warehouse_dataset_has_a_week_of_time_travel_and_keeps_its_contents() -> None:
    """All inputs of a dataset without options; a dataset with tables cannot be deleted."""
    graph = _graph()

    assert declared(graph) == {
        "warehouse-features-dataset": "gcp:bigquery/dataset:Dataset",
        "warehouse-features-table-users": "gcp:bigquery/table:Table",
    }
    assert inputs(graph, "warehouse-features-dataset") == {
        "datasetId": "features",
        "project": "ml-service",
        "location": "europe-west4",
        "maxTimeTravelHours": "168",
        "deleteContentsOnDestroy": False,
        "labels": {"team": "vision"},
    }


def test_warehouse_dataset_and_tables_are_protected() -> None:
    """Neither is deleted with the code."""
    graph = _graph()

    assert protected(graph) == {"warehouse-features-dataset", "warehouse-features-table-users"}
    assert inputs(graph, "warehouse-features-table-users")["deletionProtection"] is True


def test_warehouse_expiry_applies_to_tables_and_partitions_in_milliseconds() -> None:
    """Scratch datasets delete their tables after days."""
    dataset = inputs(_graph(table_expiry_days=14), "warehouse-features-dataset")

    assert dataset["defaultTableExpirationMs"] == 14 * DAY_MILLISECONDS
    assert dataset["defaultPartitionExpirationMs"] == 14 * DAY_MILLISECONDS


def test_warehouse_key_is_declared_on_the_dataset_and_on_tables() -> None:
    """A table that only inherits its key would be replaced by the next update."""
    graph = _graph(key="projects/p/key")

    assert inputs(graph, "warehouse-features-dataset")["defaultEncryptionConfiguration"] == {
        "kmsKeyName": "projects/p/key"
    }
    assert inputs(graph, "warehouse-features-table-users")["encryptionConfiguration"] == {
        "kmsKeyName": "projects/p/key"
    }


def test_warehouse_table_has_sorted_nullable_columns_and_ignores_later_ones() -> None:
    """Teams add columns; setting the declared schema again would remove them."""
    graph = _graph()
    table = inputs(graph, "warehouse-features-table-users")

    assert json.loads(table.pop("schema")) == [
        {"name": "id", "type": "INT64", "mode": "NULLABLE"},
        {"name": "name", "type": "STRING", "mode": "NULLABLE"},
    ]
    assert table == {
        "tableId": "users",
        "project": "ml-service",
        "datasetId": "features",
        "deletionProtection": True,
        "labels": {"team": "vision"},
    }
    assert named(graph, "warehouse-features-table-users").ignore_changes == ("schema",)
    assert depends_on(graph, "warehouse-features-table-users") == {"warehouse-features-dataset"}


def test_warehouse_grants_are_roles_on_the_dataset() -> None:
    """Reading is to view data, writing to edit it; an expiry is a condition."""
    graph = _graph(grants=GRANTS)

    assert inputs(graph, "warehouse-features-group-analysts") == {
        "project": "ml-service",
        "datasetId": "features",
        "role": "roles/bigquery.dataViewer",
        "member": "group:analysts@example.com",
    }
    assert inputs(graph, "warehouse-features-group-engineers")["role"] == "roles/bigquery.dataEditor"
    assert inputs(graph, "warehouse-features-group-auditors")["condition"] == CONDITION
    assert depends_on(graph, "warehouse-features-group-analysts") == {"warehouse-features-dataset"}


def test_warehouse_tables_are_by_name() -> None:
    """Scans use the tables of a warehouse."""

    def program() -> None:
        assert list(Warehouse("warehouse-features", WAREHOUSE).tables) == ["users"]

    declare(program)
