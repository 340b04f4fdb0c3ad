"""Links, commands, objects and numbers in the documentation are correct."""

from __future__ import annotations

import re
from pathlib import Path

import click
import kubernetes_validate
import pytest
import yaml

from groundwork.cli import cli
from policy.rules import RULES
from tests.cloud_settings import read_file
from tests.conftest import ROOT
from tests.nonempty import nonempty


def _options(command: click.Command) -> set[str]:
    """The options of a command and of its subcommands."""
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    options = {option for parameter in command.params for option in parameter.opts}
    return options.union(*(_options(subcommand) for subcommand in inner))


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_exist(page: Path) -> None:
    """Every relative link names a file or a folder of the repository."""
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page: Path) -> None:
    """Every `groundwork` and `make` command on a page exists, with the options shown."""
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    shown = re.findall(r"(?:`|^|/)groundwork ([a-z]+)([^`\n]*)", text, flags=re.MULTILINE)

    assert {name for name, _ in shown} <= set(cli.commands)
    for name, rest in shown:
        assert set(re.findall(r"--[a-z]+", rest)) <= _options(cli.commands[name]), (name, rest)
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, flags=re.MULTILINE)) <= targets


def test_objects_are_valid() -> None:
    """Every Kubernetes object in the documentation satisfies its schema and refers to entries of the settings."""
    settings = read_file(ROOT / "Pulumi.dev.yaml")
    pools = {*settings.gpu_pools, *read_file(ROOT / "Pulumi.prod.yaml").gpu_pools}
    blocks = [
        yaml.safe_load(block)
        for page in PAGES
        for block in re.findall(
            r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
    ]
    objects = [block for block in blocks if "apiVersion" in block]

    assert objects
    for manifest in objects:
        kubernetes_validate.validate(manifest, "1.34", strict=True)

        assert manifest["metadata"]["namespace"] in settings.teams
        assert set(re.findall(r"'claimName': '([^']+)'", str(manifest))) <= set(settings.mounts)
        assert set(re.findall(r"'groundwork.dev/pool': '([^']+)'", str(manifest))) <= pools


def test_pods_for_ml_engineers_meet_the_restricted_profile() -> None:
    """Each field of the profile `restricted` is set once, so that a copied pod is admitted."""
    text = (ROOT / "docs" / "for-ml-engineers.md").read_text(encoding="utf-8")
    objects = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    pods = [item["spec"] for item in objects if item.get("kind") == "Pod"]
    pods += [item["spec"]["template"]["spec"] for item in objects if item.get("kind") == "Job"]

    assert len(pods) > 1
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_readme_sample_has_the_counts_of_the_stack() -> None:
    """Numbers of resources and of rules in the README's sample equal those of development."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    urns = (ROOT / "tests" / "golden" / "dev.urns").read_text(encoding="utf-8").splitlines()
    rules = sorted(rule.name for rule in RULES)

    assert f"Changes  {len(urns)} to create" in text
    assert f"Policy   {len(rules)} rules, no violation" in text


def test_every_decision_has_a_date_and_a_status() -> None:
    """Decision records are named by date and state their status."""
    for page in nonempty((ROOT / "docs" / "decisions").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        day = re.fullmatch(r"(\d{4})(\d\d)(\d\d)-[a-z0-9-]+", page.stem)

        assert day is not None, page.name
        assert f"Date: {'-'.join(day.groups())}. Status: " in text
        assert {"## Context", "## Decision", "## Consequences"} <= set(text.splitlines())
