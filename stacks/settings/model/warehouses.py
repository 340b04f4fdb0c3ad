"""Warehouses: datasets of BigQuery, and quality rules of their tables."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.settings.core.schedules import Cron
from stacks.settings.core.types import Choice, Key, Region, Section, shape
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.grants import AccessGrant

Days = Annotated[int, Field(ge=1, le=3650)]

# https://cloud.google.com/bigquery/docs/schemas#column_names, in lower case so that two never differ by case alone
Name = Annotated[
    str, shape(r"^[a-z_][a-z0-9_]{0,127}$", "lower-case letters, digits and underscores, at most 128", "order_id")
]
# Part of the name of a scan, which has hyphens in place of underscores: https://cloud.google.com/dataplex/docs
TableName = Annotated[
    str, shape(r"^[a-z]([a-z0-9_]{0,61}[a-z0-9])?$", "lower-case letters, digits and underscores, at most 63", "orders")
]


class ColumnType(StrEnum):
    """https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types, the scalar ones."""

    BOOL = "BOOL"
    BYTES = "BYTES"
    DATE = "DATE"
    DATETIME = "DATETIME"
    FLOAT64 = "FLOAT64"
    GEOGRAPHY = "GEOGRAPHY"
    INT64 = "INT64"
    JSON = "JSON"
    NUMERIC = "NUMERIC"
    STRING = "STRING"
    TIME = "TIME"
    TIMESTAMP = "TIMESTAMP"


class Expectation(StrEnum):
    """The kind of a rule, about each value of a column or each row."""

    NOT_NULL = "not_null"
    UNIQUE = "unique"
    RANGE = "range"
    SET = "set"
    REGEX = "regex"
    ROW = "row"


class Rule(Section):
    """A quality rule of a table."""

    expect: Annotated[Expectation, Choice]
    column: Name | None = Field(default=None, description="the column; a rule row has none")
    minimum: float | None = Field(default=None, description="minimum of a range")
    maximum: float | None = Field(default=None, description="maximum of a range")
    values: list[str] = Field(default_factory=list, description="values of a set")
    pattern: str | None = Field(default=None, description="a regular expression for values")
    sql: str | None = Field(default=None, description="a condition in SQL for every row")
    threshold: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=1.0, description="share of rows that must satisfy the rule, from 0 to 1"
    )


class Table(Section):
    """A table with its initial columns; the team may add others later."""

    columns: Annotated[dict[Name, Annotated[ColumnType, Choice]], Field(min_length=1)]
    rules: Annotated[dict[Key, Rule], Field(min_length=1)]


class Warehouse(Section):
    """One dataset, in a region, optionally with a bucket that it reads."""

    team: Key = Field(description="the team that owns the data")
    data_class: Annotated[DataClass, Choice] = Field(description="the class of the data")
    location: Region
    table_expiry_days: Days | None = Field(
        default=None, description="days after which a table is deleted; null disables expiry"
    )
    bucket: Key | None = Field(default=None, description="a bucket whose files can be queried as tables")
    tables: dict[TableName, Table] = Field(default_factory=dict, description="tables with quality rules")
    scan_cron: Cron = Field(default="0 5 * * *", description="schedule of the quality scans")
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="access of people, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="access of a team's jobs, notebooks and endpoints, by team"
    )


def scan_id(warehouse: str, table: str) -> str:
    """The name of a table's scans, without its prefix."""
    return f"{warehouse}-{table.replace('_', '-')}"


class Discovery(Section):
    """Scans of the stack's curated and sensitive buckets, which discover the tables in their files."""

    cron: Cron = Field(default="0 6 * * 0", description="schedule of the scans")
