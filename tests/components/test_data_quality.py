"""Tests of `components.data_quality`."""

from __future__ import annotations

from typing import Any

import pytest

from components.data_quality import DataQuality, DataQualityArgs, RuleArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, inputs


def _graph(**rules: RuleArgs) -> Graph:
    args = DataQualityArgs(
        scan_id="features-users",
        project="ml-service",
        location="europe-west4",
        dataset="features",
        table="users",
        cron="30 4 * * *",
        rules=rules,
        labels={"team": "vision"},
    )
    return declare(lambda: DataQuality("quality-features-users", args))


def _rule(rule: RuleArgs) -> dict[str, Any]:
    (declared_rule,) = inputs(_graph(check=rule), "quality-features-users-quality")["dataQualitySpec"]["rules"]
    assert isinstance(declared_rule, dict)
    return declared_rule


@pytest.mark.parametrize("kind", ["quality", "profile"])
def test_data_quality_scans_the_table_on_schedule(kind: str) -> None:
    """Both scans have the same table and schedule; their ids differ."""
    graph = _graph(check=RuleArgs("unique", 1.0, "id"))
    scan = inputs(graph, f"quality-features-users-{kind}")

    assert declared(graph) == {
        "quality-features-users-quality": "gcp:dataplex/datascan:Datascan",
        "quality-features-users-profile": "gcp:dataplex/datascan:Datascan",
    }
    assert {key: value for key, value in scan.items() if not key.endswith("Spec") or key == "executionSpec"} == {
        "dataScanId": f"{kind}-features-users",
        "project": "ml-service",
        "location": "europe-west4",
        "data": {"resource": "//bigquery.googleapis.com/projects/ml-service/datasets/features/tables/users"},
        "executionSpec": {"trigger": {"schedule": {"cron": "30 4 * * *"}}},
        "labels": {"team": "vision"},
    }


def test_data_quality_publishes_both_scans_to_the_catalog() -> None:
    """Each scan has its own specification only."""
    graph = _graph()
    quality, profile = (inputs(graph, f"quality-features-users-{kind}") for kind in ("quality", "profile"))

    assert quality["dataQualitySpec"] == {"rules": [], "catalogPublishingEnabled": True}
    assert profile["dataProfileSpec"] == {"catalogPublishingEnabled": True}
    assert "dataProfileSpec" not in quality
    assert "dataQualitySpec" not in profile


def test_data_quality_rules_are_sorted_by_key() -> None:
    """The order of rules in the settings changes nothing."""
    graph = _graph(b=RuleArgs("unique", 1.0, "id"), a=RuleArgs("not_null", 1.0, "id"))
    rules = inputs(graph, "quality-features-users-quality")["dataQualitySpec"]["rules"]

    assert [rule["name"] for rule in rules] == ["a", "b"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            RuleArgs("not_null", 0.95, "id"),
            {"dimension": "COMPLETENESS", "column": "id", "threshold": 0.95, "nonNullExpectation": {}},
        ),
        # Uniqueness takes no threshold.
        (
            RuleArgs("unique", 0.95, "id"),
            {"dimension": "UNIQUENESS", "column": "id", "uniquenessExpectation": {}},
        ),
        (
            RuleArgs("range", 0.9, "age", minimum=0, maximum=120.5),
            {
                "dimension": "VALIDITY",
                "column": "age",
                "threshold": 0.9,
                "rangeExpectation": {"minValue": "0", "maxValue": "120.5"},
            },
        ),
        (
            RuleArgs("set", 0.9, "country", values=["DE", "FR"]),
            {
                "dimension": "VALIDITY",
                "column": "country",
                "threshold": 0.9,
                "setExpectation": {"values": ["DE", "FR"]},
            },
        ),
        (
            RuleArgs("regex", 0.9, "email", pattern="@"),
            {"dimension": "VALIDITY", "column": "email", "threshold": 0.9, "regexExpectation": {"regex": "@"}},
        ),
        (
            RuleArgs("sql", 0.9, sql="start < stop"),
            {"dimension": "VALIDITY", "threshold": 0.9, "rowConditionExpectation": {"sqlExpression": "start < stop"}},
        ),
    ],
    ids=lambda value: value.expect if isinstance(value, RuleArgs) else "",
)
def test_data_quality_rule_has_the_expectation_and_dimension_of_its_kind(
    rule: RuleArgs, expected: dict[str, Any]
) -> None:
    """Each kind has exactly one expectation."""
    assert _rule(rule) == {"name": "check", **expected}


def test_data_quality_range_may_be_open() -> None:
    """A limit that is not given is not declared as a number."""
    expectation = _rule(RuleArgs("range", 0.9, "age", minimum=18))["rangeExpectation"]

    assert expectation["minValue"] == "18"
    assert expectation.get("maxValue") is None


def test_data_quality_number_has_all_digits_of_a_float() -> None:
    """Fifteen significant digits, without an exponent for large integers."""
    expectation = _rule(RuleArgs("range", 0.9, "id", minimum=0.1, maximum=123_456_789_012_345))["rangeExpectation"]

    assert expectation == {"minValue": "0.1", "maxValue": "123456789012345"}


@pytest.mark.parametrize(
    ("kind", "expectation"),
    [("regex", {"regexExpectation": {"regex": ""}}), ("sql", {"rowConditionExpectation": {"sqlExpression": ""}})],
)
def test_data_quality_rule_without_its_argument_is_empty(kind: str, expectation: dict[str, Any]) -> None:
    """Settings require the argument; Dataplex rejects an empty one."""
    assert expectation.items() <= _rule(RuleArgs(kind, 0.9)).items()
