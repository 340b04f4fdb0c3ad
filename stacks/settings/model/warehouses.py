"""Warehouses: data that is asked in SQL, and what must be true of it."""

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
# It is part of the name of a scan, which has hyphens in place of underscores: https://cloud.google.com/dataplex/docs
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
    """What a rule expects: of each value of a column, or of each row."""

    NOT_NULL = "not_null"
    UNIQUE = "unique"
    RANGE = "range"
    SET = "set"
    REGEX = "regex"
    ROW = "row"


class Rule(Section):
    """One thing that must be true of a table."""

    expect: Annotated[Expectation, Choice]
    column: Name | None = Field(default=None, description="the column that is looked at; a row needs none")
    minimum: float | None = Field(default=None, description="smallest value of a range")
    maximum: float | None = Field(default=None, description="largest value of a range")
    values: list[str] = Field(default_factory=list, description="what a set holds")
    pattern: str | None = Field(default=None, description="a regular expression that values match")
    sql: str | None = Field(default=None, description="a condition in SQL that is true of every row")
    threshold: Annotated[float, Field(ge=0.0, le=1.0)] = Field(
        default=1.0, description="share of rows that must meet the rule"
    )


class Table(Section):
    """A table that is declared with its first columns; later ones are its team's business."""

    columns: Annotated[dict[Name, Annotated[ColumnType, Choice]], Field(min_length=1)]
    rules: Annotated[dict[Key, Rule], Field(min_length=1)]


class Warehouse(Section):
    """One dataset, in one region, beside the bucket that it reads."""

    team: Key = Field(description="the team that owns the data")
    data_class: Annotated[DataClass, Choice] = Field(description="what kind of data lies here")
    location: Region
    table_expiry_days: Days | None = Field(default=None, description="days after which a table is deleted; null keeps")
    bucket: Key | None = Field(default=None, description="a bucket whose files can be asked as tables")
    tables: dict[TableName, Table] = Field(default_factory=dict, description="tables whose quality is checked")
    scan_cron: Cron = Field(default="0 5 * * *", description="when quality is checked")
    groups: dict[Key, AccessGrant] = Field(default_factory=dict, description="what people may do, by group")
    workloads: dict[Key, AccessGrant] = Field(
        default_factory=dict, description="what a team's jobs, notebooks and endpoints may do, by team"
    )


def scan_id(warehouse: str, table: str) -> str:
    """What a table's scans are called, after what they scan for."""
    return f"{warehouse}-{table.replace('_', '-')}"


class Discovery(Section):
    """Scans of the stack's own curated and sensitive buckets, which find the tables that their files are."""

    cron: Cron = Field(default="0 6 * * 0", description="when buckets are scanned")
