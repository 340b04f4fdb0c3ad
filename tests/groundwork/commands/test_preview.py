"""Tests of `groundwork preview`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.groundwork.projects import copied, edit, git, run, snapshot


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project that a test may change."""
    return copied(tmp_path)


def test_preview_against_a_revision(copy: Path) -> None:
    """One changed setting changes one pool, its cohort and the quotas of two teams; the project is not changed."""
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "before")
    edit(copy / "Pulumi.prod.yaml", "max_nodes: 16", "max_nodes: 24")
    before = snapshot(copy)

    done = run(copy, "preview", "-s", "prod", "--engine", "sdk", "--against", "HEAD", "--json")
    report = json.loads(done.stdout)

    assert done.returncode == 0
    same = len((ROOT / "tests" / "golden" / "prod.urns").read_text(encoding="utf-8").splitlines()) - 4
    assert report["summary"] == {"create": 0, "update": 4, "replace": 0, "delete": 0, "same": same}
    assert {change["urn"].rpartition("::")[2] for change in report["changes"]} == {
        "cohort-main-cohort",
        "gpu-main.a100-batch-pool",
        "team-main.forecasting-quota",
        "team-main.vision-quota",
    }
    assert [change for change in report["changes"] if "gpu-main" in change["urn"]] == [
        {
            "op": "update",
            "urn": "urn:pulumi:prod::groundwork::groundwork:gpu_pool:GpuPool$gcp:container/nodePool:NodePool"
            "::gpu-main.a100-batch-pool",
            "diff": [{"path": "autoscaling.totalMaxNodeCount", "before": 16, "after": 24}],
        }
    ]
    assert {key: report[key] for key in ("stack", "engine", "against")} == {
        "stack": "prod",
        "engine": "sdk",
        "against": "HEAD",
    }
    assert before == snapshot(copy)

    text = run(copy, "preview", "-s", "prod", "--engine", "sdk", "--against", "HEAD").stdout

    assert "autoscaling.totalMaxNodeCount: 16 → 24" in text


def test_preview_against_a_revision_without_the_stack(copy: Path) -> None:
    """Every resource of a stack without settings at the revision is new."""
    moved = (copy / "Pulumi.prod.yaml").rename(copy.parent / "later.yaml")
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "before")
    moved.rename(copy / "Pulumi.prod.yaml")

    done = run(copy, "preview", "-s", "prod", "--engine", "sdk", "--against", "HEAD", "--json")

    assert json.loads(done.stdout)["summary"]["same"] == 0


def test_preview_against_an_export(copy: Path, tmp_path: Path) -> None:
    """A resource that is missing in an export of the declared graph is created; the others are unchanged."""
    nodes = json.loads(run(copy, "graph", "--engine", "sdk", "--json").stdout)["nodes"]
    resources = [
        {key: node[key] for key in ("urn", "type", "custom", "inputs", "parent", "protect", "retainOnDelete")}
        for node in nodes
        if not node["urn"].endswith("::data-scratch-bucket")
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}), encoding="utf-8")

    report = json.loads(run(copy, "preview", "--engine", "sdk", "--against", str(file), "--json").stdout)

    assert [(change["op"], change["urn"].rpartition("::")[2]) for change in report["changes"]] == [
        ("create", "data-scratch-bucket")
    ]


def test_missing_label_fails_the_preview(copy: Path) -> None:
    """A bucket without a data class exits 1, and the violation has rule and resource."""
    edit(copy / "Pulumi.dev.yaml", "      data_class: raw\n", "")

    done = run(copy, "preview", "--engine", "sdk", "--json")

    assert done.returncode == 1
    assert [
        (violation["rule"], violation["level"]) for violation in json.loads(done.stdout)["policy"]["violations"]
    ] == [("labels", "mandatory")]
    assert "data-parcel-images-raw-bucket" in done.stdout
