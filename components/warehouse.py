"""A BigQuery dataset, its declared tables, and the grants on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import DAY, Access, Component, GrantArgs, Labels, expiry_condition

DAY_IN_MILLISECONDS: Final = DAY * 1000
WEEK_IN_HOURS: Final = 168
# https://cloud.google.com/bigquery/docs/access-control
ROLES: Final[Mapping[Access, str]] = {"read": "roles/bigquery.dataViewer", "write": "roles/bigquery.dataEditor"}


@dataclass(frozen=True)
class WarehouseArgs:
    """The dataset; `tables` are column types by column, by table; `grants` are by key."""

    dataset_id: str
    project: str
    location: str
    table_expiry_days: int | None
    key: pulumi.Input[str] | None  # the default key of new tables
    labels: Labels
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    grants: Mapping[str, GrantArgs] = field(default_factory=dict)


class Warehouse(Component):
    """A dataset that is not deleted together with the code, with a week of time travel."""

    dataset: gcp.bigquery.Dataset
    tables: dict[str, gcp.bigquery.Table]

    def __init__(self, name: str, args: WarehouseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the dataset, its tables and the grants."""
        super().__init__(name, opts)
        expiry = None if args.table_expiry_days is None else args.table_expiry_days * DAY_IN_MILLISECONDS
        self.dataset = gcp.bigquery.Dataset(
            f"{name}-dataset",
            dataset_id=args.dataset_id,
            project=args.project,
            location=args.location,
            default_table_expiration_ms=expiry,
            default_partition_expiration_ms=expiry,
            default_encryption_configuration=None if args.key is None else {"kms_key_name": args.key},
            max_time_travel_hours=str(WEEK_IN_HOURS),
            delete_contents_on_destroy=False,
            labels=dict(args.labels),
            # Data outlives code: a dataset is deleted by a step of a runbook, not by removing a line.
            opts=self.child(protect=True),
        )
        self.tables = {table: self._table(name, table, columns, args) for table, columns in args.tables.items()}
        for key, grant in args.grants.items():
            gcp.bigquery.DatasetIamMember(
                f"{name}-{key}",
                project=args.project,
                dataset_id=self.dataset.dataset_id,
                role=ROLES[grant.access],
                member=grant.member,
                condition=expiry_condition(grant.expiry),
                opts=self.child(),
            )
        self.register_outputs({"dataset": args.dataset_id})

    def _table(self, name: str, table: str, columns: Mapping[str, str], args: WarehouseArgs) -> gcp.bigquery.Table:
        """A table with its initial columns."""
        schema = [{"name": column, "type": kind, "mode": "NULLABLE"} for column, kind in sorted(columns.items())]
        return gcp.bigquery.Table(
            f"{name}-table-{table}",
            table_id=table,
            project=args.project,
            dataset_id=self.dataset.dataset_id,
            schema=json.dumps(schema),
            # Declared on the table too: a table that only inherits its key would be replaced by the next update.
            encryption_configuration=None if args.key is None else {"kms_key_name": args.key},
            deletion_protection=True,
            labels=dict(args.labels),
            # Teams add columns later; setting the declared schema again would remove them.
            opts=self.child(protect=True, ignore_changes=["schema"]),
        )
