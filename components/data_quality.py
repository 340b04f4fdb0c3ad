"""Scans of a table: whether what must be true of it is, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class RuleArgs:
    """One rule: a kind, the column that it looks at, and what that kind needs."""

    expect: str
    threshold: float
    column: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: Sequence[str] = ()
    pattern: str | None = None
    sql: str | None = None


@dataclass(frozen=True)
class DataQualityArgs:
    """The table, when it is scanned, and its rules by key. `scan_id` is unique in the project and region."""

    scan_id: str
    project: str
    location: str
    dataset: str
    table: str
    cron: str
    rules: Mapping[str, RuleArgs]
    labels: Labels


class DataQuality(Component):
    """A scan that checks the rules and one that says what the columns hold; both show in the catalog."""

    def __init__(self, name: str, args: DataQualityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both scans."""
        super().__init__(name, opts)
        tables = f"projects/{args.project}/datasets/{args.dataset}/tables"
        data = gcp.dataplex.DatascanDataArgs(resource=f"//bigquery.googleapis.com/{tables}/{args.table}")
        schedule = gcp.dataplex.DatascanExecutionSpecTriggerScheduleArgs(cron=args.cron)
        execution = gcp.dataplex.DatascanExecutionSpecArgs(
            trigger=gcp.dataplex.DatascanExecutionSpecTriggerArgs(schedule=schedule)
        )
        gcp.dataplex.Datascan(
            f"{name}-quality",
            data_scan_id=f"quality-{args.scan_id}",
            project=args.project,
            location=args.location,
            data=data,
            execution_spec=execution,
            data_quality_spec={
                "rules": [_rule(key, rule) for key, rule in sorted(args.rules.items())],
                "catalog_publishing_enabled": True,
            },
            labels=dict(args.labels),
            opts=self.child(),
        )
        gcp.dataplex.Datascan(
            f"{name}-profile",
            data_scan_id=f"profile-{args.scan_id}",
            project=args.project,
            location=args.location,
            data=data,
            execution_spec=execution,
            data_profile_spec=gcp.dataplex.DatascanDataProfileSpecArgs(catalog_publishing_enabled=True),
            labels=dict(args.labels),
            opts=self.child(),
        )
        self.register_outputs({})


def _rule(key: str, rule: RuleArgs) -> gcp.dataplex.DatascanDataQualitySpecRuleArgsDict:
    """One rule as Dataplex takes it; its dimension follows from its kind."""
    made: gcp.dataplex.DatascanDataQualitySpecRuleArgsDict = {"name": key, "dimension": "VALIDITY"}
    if rule.column is not None:
        made["column"] = rule.column
    if rule.expect != "unique":  # a column is unique or it is not
        made["threshold"] = rule.threshold
    match rule.expect:
        case "not_null":
            made["dimension"] = "COMPLETENESS"
            made["non_null_expectation"] = {}
        case "unique":
            made["dimension"] = "UNIQUENESS"
            made["uniqueness_expectation"] = {}
        case "range":
            made["range_expectation"] = {"min_value": _number(rule.minimum), "max_value": _number(rule.maximum)}
        case "set":
            made["set_expectation"] = {"values": list(rule.values)}
        case "regex":
            made["regex_expectation"] = {"regex": rule.pattern or ""}
        case _:
            made["row_condition_expectation"] = {"sql_expression": rule.sql or ""}
    return made


def _number(value: float | None) -> str | None:
    """A number as text, without the point where it is whole."""
    return None if value is None else f"{value:.15g}"
