"""Workflows of pull requests: credentials, permissions and commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundwork.cli import cli
from groundwork.preview import markdown_report
from tests.conftest import CLOUD_STACKS, ROOT, STACKS
from tests.nonempty import nonempty

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))


def _load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    return document


def _scripts(document: dict[str, Any]) -> list[str]:
    return nonempty(step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_scripts_contain_no_expressions(file: Path) -> None:
    """Values that a pull request controls reach scripts through the environment, never as part of their text."""
    assert [script for script in _scripts(_load(file.name)) if "${{" in script] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_commands_exist(file: Path) -> None:
    """Every `groundwork` command and option in a script exists."""
    for script in _scripts(_load(file.name)):
        for name, rest in re.findall(r"\.venv/bin/groundwork ([a-z]+)((?:[^\n]|\\\n)*)", script):
            known = {option for parameter in cli.commands[name].params for option in parameter.opts}

            assert set(re.findall(r"(?<=\s)--[a-z]+", rest)) <= known


def test_preview_of_forks_has_no_credentials() -> None:
    """The preview of a pull request has read access to the code only."""
    document = _load("preview.yaml")

    assert document["permissions"] == {"contents": "read"}
    assert "secrets." not in str(document)
    assert "pull_request_target" not in str(document)


def test_comment_job_checks_out_no_code() -> None:
    """The job with write access never checks out the pull request."""
    steps = _load("preview-comment.yaml")["jobs"]["comment"]["steps"]

    assert [step["uses"] for step in steps if "checkout" in step.get("uses", "")] == []


def test_real_preview_uses_federation() -> None:
    """It requests a token by OIDC, only for branches of this repository, behind an environment."""
    document = _load("preview-real.yaml")
    job = document["jobs"]["preview"]

    assert document["permissions"]["id-token"] == "write"
    assert "head.repo.full_name == github.repository" in job["if"]
    assert job["environment"]
    assert "credentials_json" not in str(document)


@pytest.mark.parametrize(("name", "previewed"), [("preview.yaml", STACKS), ("preview-real.yaml", CLOUD_STACKS)])
def test_every_stack_is_previewed(name: str, previewed: tuple[str, ...]) -> None:
    """New stacks are previewed automatically; the real engine would need the cluster of a laptop."""
    stacks = [job["strategy"]["matrix"]["stack"] for job in _load(name)["jobs"].values()]

    assert stacks == [sorted(previewed)]
    assert sorted(STACKS) == sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))


def test_comment_is_found_by_the_marker_of_the_report() -> None:
    """The workflow looks for the first line of a report."""
    script = "\n".join(_scripts(_load("preview-comment.yaml")))

    assert markdown_report.marker("$stack") in script
