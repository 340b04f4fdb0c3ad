"""One page that answers: is it used, is it waiting, is it healthy, what does it cost in GPUs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component

COLUMNS = 12  # of the dashboard's grid
HEIGHT = 4


@dataclass(frozen=True)
class DashboardArgs:
    """The dashboard: charts by title, each a PromQL expression."""

    project: str
    title: str
    charts: Mapping[str, str]


class Dashboard(Component):
    """A dashboard of time series, two in a row."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the dashboard."""
        super().__init__(name, opts)
        gcp.monitoring.Dashboard(
            f"{name}-dashboard", project=args.project, dashboard_json=layout(args), opts=self.child()
        )
        self.register_outputs({})


def layout(args: DashboardArgs) -> str:
    """The dashboard as the API takes it, with the same bytes on every run so that a preview shows only real changes."""
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
