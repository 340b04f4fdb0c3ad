"""Dataplex scans of a table: data quality rules and a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels


@dataclass(frozen=True)
class RuleArgs:
    """One rule: its kind (`expect`), the column that it checks, and the arguments of that kind."""

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
    """The table, its scan schedule, and its rules by key. `scan_id` is unique in the project and region."""

    scan_id: str
    project: str
    location: str
    dataset: str
    table: str
    cron: str
    rules: Mapping[str, RuleArgs]
    labels: Labels


class DataQuality(Component):
    """A data quality scan and a data profile scan; both publish their results to the catalog."""

    def __init__(self, name: str, args: DataQualityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the data quality scan and the data profile scan."""
        super().__init__(name, opts)
        tables = f"projects/{args.project}/datasets/{args.dataset}/tables"
        data: gcp.dataplex.DatascanDataArgsDict = {"resource": f"//bigquery.googleapis.com/{tables}/{args.table}"}
        execution: gcp.dataplex.DatascanExecutionSpecArgsDict = {"trigger": {"schedule": {"cron": args.cron}}}
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
            data_profile_spec={"catalog_publishing_enabled": True},
            labels=dict(args.labels),
            opts=self.child(),
        )
        self.register_outputs({})


def _rule(key: str, rule: RuleArgs) -> gcp.dataplex.DatascanDataQualitySpecRuleArgsDict:
    """One rule in the form of Dataplex; its kind determines the dimension."""
    declared: gcp.dataplex.DatascanDataQualitySpecRuleArgsDict = {"name": key, "dimension": "VALIDITY"}
    if rule.column is not None:
        declared["column"] = rule.column
    if rule.expect != "unique":  # uniqueness takes no threshold
        declared["threshold"] = rule.threshold
    match rule.expect:
        case "not_null":
            declared["dimension"] = "COMPLETENESS"
            declared["non_null_expectation"] = {}
        case "unique":
            declared["dimension"] = "UNIQUENESS"
            declared["uniqueness_expectation"] = {}
        case "range":
            declared["range_expectation"] = {"min_value": _number(rule.minimum), "max_value": _number(rule.maximum)}
        case "set":
            declared["set_expectation"] = {"values": list(rule.values)}
        case "regex":
            declared["regex_expectation"] = {"regex": rule.pattern or ""}
        case _:
            declared["row_condition_expectation"] = {"sql_expression": rule.sql or ""}
    return declared


def _number(value: float | None) -> str | None:
    """A number as text, without a decimal point where it is an integer."""
    return None if value is None else f"{value:.15g}"
