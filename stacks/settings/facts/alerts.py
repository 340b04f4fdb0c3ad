"""Alert rules, from ``stacks/alerts.yaml``: a Prometheus rule file, so that promtool can check and test it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Section

FILE: Final = Path(__file__).parents[2] / "alerts.yaml"
TEMPLATE: Final = re.compile(r"{{ *\$labels\.([a-z_]+) *}}")
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Labels(Section):
    """Labels of an alert; `severity` decides who receives it."""

    severity: Literal["page", "ticket"]


class Annotations(Section):
    """Texts of an alert. `runbook_url` is the runbook's path in this repository."""

    summary: str
    description: str
    runbook_url: Annotated[str, Field(pattern=r"^runbooks/alerts/[A-Za-z0-9]+\.md$")]


def seconds(duration: str) -> int:
    """A Prometheus duration of one unit, such as 30m, in seconds."""
    return int(duration[:-1]) * SECONDS[duration[-1]]


def as_documentation(text: str) -> str:
    """Prometheus' templates in the syntax of Cloud Monitoring.

    Source: https://cloud.google.com/monitoring/alerts/doc-variables (labels of a PromQL condition).
    """
    return TEMPLATE.sub(r"${metric_or_resource.label.\1}", text)


class Rule(Section):
    """One alert."""

    alert: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]+$")]
    expr: str
    duration: Annotated[str, Field(alias="for", pattern=r"^[0-9]+[smhd]$")] = "0s"
    labels: Labels
    annotations: Annotations

    @property
    def duration_seconds(self) -> int:
        """How long the expression must be true before the alert fires."""
        return seconds(self.duration)


class Group(Section):
    """Rules that belong together."""

    name: str
    interval: Annotated[str, Field(pattern=r"^[0-9]+[smh]$")] = "1m"
    rules: list[Rule]

    @property
    def interval_seconds(self) -> int:
        """How often the rules are evaluated."""
        return seconds(self.interval)


class Alerts(Section):
    """The file."""

    groups: list[Group]

    @property
    def rules(self) -> dict[str, tuple[Group, Rule]]:
        """The rules with their groups, by name and severity."""
        return {f"{rule.alert}-{rule.labels.severity}": (group, rule) for group in self.groups for rule in group.rules}


def load_alerts(file: Path = FILE) -> Alerts:
    """The rules; raises `SettingsError` if the file does not have this form."""
    return read_data(file, Alerts)
