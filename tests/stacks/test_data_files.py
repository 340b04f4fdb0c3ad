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


def test_folder_follows_charts_only(tmp_path: Path) -> None:
    """An unknown chart in its `after` is a typing error, and would not be waited for."""
    document = _versions()
    document["manifests"]["notebooks"]["after"] = ["nothing"]

    with pytest.raises(SettingsError, match="folder notebooks has nothing in its after"):
        load_versions(_write(tmp_path, document))


def test_crds_belong_to_a_chart(tmp_path: Path) -> None:
    """A chart that names no CRDs would install its own; a chart that names unknown ones would install none."""
    for crds in ("nothing", None):
        document = _versions()
        document["charts"]["trainer"]["crds"] = crds
        with pytest.raises(SettingsError, match="crds are jobset, spark-operator; those that charts name are"):
            load_versions(_write(tmp_path, document))


def test_crds_are_files_of_a_tag() -> None:
    """The addresses are those of the repository's files, at the version of the pin."""
    assert load_versions().crds["jobset"].urls == [
        "https://raw.githubusercontent.com/kubernetes-sigs/jobset/v0.12.0/charts/jobset/crds/jobset.x-k8s.io_jobsets.yaml"
    ]


def test_training_runtimes_follow_the_trainer_without_its_hook() -> None:
    """The chart applies its runtimes by a Job that downloads kubectl; a folder needs the CRDs and the webhook."""
    versions = load_versions()

    assert "runtimes" not in versions.charts["trainer"].values
    assert versions.manifests["trainer-runtimes"].after == ["trainer"]
    assert versions.manifests["trainer-runtimes"].version == f"v{versions.charts['trainer'].version}"


def test_serving_runtimes_follow_kserve_and_have_exact_tags() -> None:
    """The webhook of KServe validates them, and the chart's default for vLLM is latest."""
    charts = load_versions().charts

    assert charts["kserve-runtime-configs"].after == ["kserve"]
    assert charts["kserve-runtime-configs"].values["kserve"]["servingruntime"]["enabled"] is True
    assert charts["kserve-runtime-configs"].values["kserve"]["servingruntime"]["vllmserver"]["tag"] == "v0.24.0"
    assert charts["kserve"].values["kserve"]["controller"]["gateway"] == {"disableIngressCreation": True}


def test_idle_notebooks_are_stopped_by_a_controller_in_the_mesh() -> None:
    """Without a certificate of the mesh, notebooks refuse the controller, and it would stop none."""
    notebooks = load_versions().manifests["notebooks"]

    assert notebooks.environment["notebook-controller-deployment"]["ENABLE_CULLING"] == "true"
    assert notebooks.pod_labels["notebook-controller-deployment"] == {"sidecar.istio.io/inject": "true"}
    assert notebooks.after == ["istiod"]


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
