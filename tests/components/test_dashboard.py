"""Tests of `components.dashboard`."""

from __future__ import annotations

import json
from typing import Any

from components.dashboard import Dashboard, DashboardArgs, layout
from tests.components.declare import declare, declared, inputs

DASHBOARD = DashboardArgs("ml-service", "Platform", {"GPUs in use": "sum(a)", "Pending": "sum(b)", "Errors": "sum(c)"})


def _tiles() -> list[dict[str, Any]]:
    tiles: list[dict[str, Any]] = json.loads(layout(DASHBOARD))["mosaicLayout"]["tiles"]
    return tiles


def test_dashboard_is_declared_with_the_json_of_its_layout() -> None:
    """The resource has the JSON and the project, nothing else."""
    graph = declare(lambda: Dashboard("platform", DASHBOARD))

    assert declared(graph) == {"platform-dashboard": "gcp:monitoring/dashboard:Dashboard"}
    assert inputs(graph, "platform-dashboard") == {"project": "ml-service", "dashboardJson": layout(DASHBOARD)}


def test_dashboard_layout_has_two_charts_in_a_row() -> None:
    """The grid has twelve columns, and a third chart starts the second row."""
    layout_json = json.loads(layout(DASHBOARD))

    assert layout_json["displayName"] == "Platform"
    assert layout_json["mosaicLayout"]["columns"] == 12
    assert [(tile["xPos"], tile["yPos"], tile["width"], tile["height"]) for tile in _tiles()] == [
        (0, 0, 6, 4),
        (6, 0, 6, 4),
        (0, 4, 6, 4),
    ]


def test_dashboard_chart_is_a_line_of_its_expression() -> None:
    """The title and the expression are those of the settings."""
    assert [tile["widget"]["title"] for tile in _tiles()] == ["GPUs in use", "Pending", "Errors"]
    assert _tiles()[0]["widget"] == {
        "title": "GPUs in use",
        "xyChart": {
            "dataSets": [{"plotType": "LINE", "timeSeriesQuery": {"prometheusQuery": "sum(a)"}, "targetAxis": "Y1"}]
        },
    }


def test_dashboard_layout_sorts_its_keys() -> None:
    """The text is the same on every run, so that a preview shows no difference."""
    text = layout(DASHBOARD)

    assert text == json.dumps(json.loads(text), sort_keys=True)
