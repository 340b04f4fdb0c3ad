"""One dashboard of the platform: use, queues, health and GPUs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

COLUMNS: Final = 12  # width of the grid of a dashboard
HEIGHT: Final = 4


@dataclass(frozen=True)
class DashboardArgs:
    """The title of the dashboard, and the PromQL expression of each chart by the title of the chart."""

    project: str
    title: str
    charts: Mapping[str, str]


class Dashboard(Component):
    """A dashboard of line charts, two in a row."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the dashboard."""
        super().__init__(name, opts)
        gcp.monitoring.Dashboard(
            f"{name}-dashboard", project=args.project, dashboard_json=layout(args), opts=self.child()
        )
        self.register_outputs({})


def layout(args: DashboardArgs) -> str:
    """The JSON of the dashboard; its keys are sorted, so that a preview shows only real changes."""
    half = COLUMNS // 2
    tiles = [
        {
            "xPos": half * (index % 2),
            "yPos": HEIGHT * (index // 2),
            "width": half,
            "height": HEIGHT,
            "widget": {
                "title": title,
                "xyChart": {
                    "dataSets": [
                        {"plotType": "LINE", "timeSeriesQuery": {"prometheusQuery": expression}, "targetAxis": "Y1"}
                    ]
                },
            },
        }
        for index, (title, expression) in enumerate(args.charts.items())
    ]
    return json.dumps({"displayName": args.title, "mosaicLayout": {"columns": COLUMNS, "tiles": tiles}}, sort_keys=True)
