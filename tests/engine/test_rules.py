"""Every rule fails its samples under the Pulumi engine with real plugins."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from groundwork.graph import Placeholder, plain
from groundwork.project import Project
from policy.rules import RULES
from tests.conftest import ROOT
from tests.engine.conftest import Engine, engine_of
from tests.engine.providers import KUBECONFIG
from tests.policy.samples import PROJECT, STACK, Case, failing
from tests.policy.test_samples import ADVICE, configure

pytestmark = pytest.mark.usefixtures("providers")

PROGRAM: Final = """\
import json
import pathlib

import pulumi

for sample in json.loads(pathlib.Path("samples.json").read_text(encoding="utf-8")):
    options = pulumi.ResourceOptions(protect=sample["protect"])
    pulumi.CustomResource(sample["type"], sample["name"], sample["inputs"], options)
"""


def _unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_unknown, value.values()))
    return any(map(_unknown, value)) if isinstance(value, list) else value is Placeholder.UNKNOWN


def _declared(case: Case) -> bool:
    """Whether a program can declare the case: unknown values need another resource, charts need the network."""
    remote = ("kubernetes:helm", "kubernetes:kustomize")
    return not any(_unknown(node.inputs) or node.type.startswith(remote) for node in case.nodes)


CONFIGURATION: Final = {"gcp:project": "acme-ml", "gcp:region": "europe-west4", "kubernetes:kubeconfig": KUBECONFIG}
CASES: Final = [case for case in failing() if _declared(case)]


@pytest.fixture
def samples(tmp_path: Path) -> Engine:
    """A project whose program declares all failing samples, with a copy of the pack that has their parameters."""
    root = tmp_path / "project"
    (tmp_path / "state").mkdir()
    root.mkdir()
    (root / "Pulumi.yaml").write_text(
        f"name: {PROJECT}\nruntime: {{name: python, options: {{virtualenv: .venv}}}}\n", encoding="utf-8"
    )
    (root / f"Pulumi.{STACK}.yaml").write_text(
        json.dumps(
            {"config": {"gcp:project": "acme-ml", "gcp:region": "europe-west4", "kubernetes:kubeconfig": KUBECONFIG}}
        ),
        encoding="utf-8",
    )
    nodes = {node.urn: node for case in CASES for node in case.nodes}
    (root / "samples.json").write_text(
        json.dumps(
            [
                {"type": node.type, "name": node.name, "inputs": plain(node.inputs), "protect": node.protect}
                for node in nodes.values()
            ]
        ),
        encoding="utf-8",
    )
    (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    for name in (".venv", "groundwork", "runbooks"):
        (root / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "policy", root / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    configure(root / "policy" / "policies.yaml")
    changes = tmp_path / "changes.json"
    changes.write_text(json.dumps([vars(change) for case in CASES for change in case.changes]), encoding="utf-8")
    engine = engine_of(tmp_path)
    return Engine(Project.at(root), {**engine.environment, "GROUNDWORK_CHANGES": str(changes)})


def test_every_rule_fails_its_samples_under_the_engine(samples: Engine) -> None:
    """`pulumi preview` fails and reports each rule with its level, message and resource."""
    samples.run("stack", "init", STACK)

    done = samples.run("preview", "--stack", STACK, "--policy-pack", "policy", "--diff")
    output = done.stdout + done.stderr

    assert done.returncode != 0
    names = {case.rule.name for case in CASES}
    assert names == {rule.name for rule in RULES}
    missing = [(case.rule.name, case.says) for case in CASES if case.says not in output]
    assert missing == [], output[-20_000:]
    assert [name for name in names if f"[{'advisory' if name in ADVICE else 'mandatory'}]  {name}" not in output] == []
    assert [case.blames for case in CASES if case.blames and case.blames.rpartition("::")[2] not in output] == []
