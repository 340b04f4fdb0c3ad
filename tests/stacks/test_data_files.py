"""The data files of the program: versions and alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks.settings import SettingsError
from stacks.settings.facts.alerts import as_documentation, load_alerts
from stacks.settings.facts.versions import FILE, load_versions


def _versions() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return document


def _write(folder: Path, document: object) -> Path:
    file = folder / "versions.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def test_versions_are_exact_and_have_a_source() -> None:
    """Every chart and manifest has a version, a source and a date."""
    versions = load_versions()

    assert {"cert-manager", "kueue", "trainer", "spark-operator", "kserve"} <= set(versions.charts)
    assert all(pin.source and pin.date for pin in [*versions.charts.values(), *versions.manifests.values()])
    assert all(manifest.directory.endswith(f"?ref={manifest.version}") for manifest in versions.manifests.values())


@pytest.mark.parametrize(
    "version", ["latest", "1.21", ">=1.21.1", "1.21.x", "~1.21.1", "1.21.1-rc.1", "v1.21.1 ", "", "*", 1.21]
)
def test_inexact_version_is_rejected(tmp_path: Path, version: object) -> None:
    """The message names the file, the chart and the form of an exact version."""
    document = _versions()
    document["charts"]["kueue"]["version"] = version

    with pytest.raises(SettingsError) as caught:
        load_versions(_write(tmp_path, document))

    assert [problem.path for problem in caught.value.problems] == ["charts.kueue.version"]
    assert caught.value.problems[0].file.endswith("versions.yaml")


def test_chart_is_an_oci_reference_or_has_a_repository(tmp_path: Path) -> None:
    """An OCI reference excludes a repository, and a name requires one."""
    for key, change in (("kueue", {"repository": "https://charts.example"}), ("cert-manager", {"repository": None})):
        document = _versions()
        document["charts"][key].update(change)
        with pytest.raises(SettingsError, match=f"charts.{key}"):
            load_versions(_write(tmp_path, document))


def test_charts_are_listed_after_their_requirements(tmp_path: Path) -> None:
    """A chart is listed after the charts in its `after`, which have to exist."""
    for after in (["kserve"], ["nothing"]):
        document = _versions()
        document["charts"]["kueue"]["after"] = after
        with pytest.raises(SettingsError, match="chart kueue precedes"):
            load_versions(_write(tmp_path, document))


@pytest.mark.parametrize("text", ["charts: [", "- a", "", "charts: {}", "charts: {}\nmanifests: {}\nmore: {}"])
def test_invalid_data_file_is_one_problem(tmp_path: Path, text: str) -> None:
    """Every error in a data file is reported without a traceback."""
    file = tmp_path / "versions.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError):
        load_versions(file)


def test_alerts_have_unique_names() -> None:
    """Every rule becomes a policy, and intervals are multiples of 30 seconds."""
    alerts = load_alerts()

    assert len(alerts.rules) == sum(len(group.rules) for group in alerts.groups)
    assert all(group.interval_seconds % 30 == 0 for group, _ in alerts.rules.values())


def test_label_templates_become_variables() -> None:
    """Labels in annotations are filled in by Cloud Monitoring."""
    assert as_documentation("{{ $labels.pod }} of {{$labels.namespace}}") == (
        "${metric_or_resource.label.pod} of ${metric_or_resource.label.namespace}"
    )
    for _, rule in load_alerts().rules.values():
        assert "{{" not in as_documentation(rule.annotations.summary + rule.annotations.description)
