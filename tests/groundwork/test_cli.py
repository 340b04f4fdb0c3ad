"""The command line as a person or a script uses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.groundwork.projects import copied
from tests.groundwork.projects import git as _git
from tests.groundwork.projects import run as _run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project that a test may break."""
    return copied(tmp_path)


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not {".git", "__pycache__"} & set(file.parts)
    }


def test_preview_against_a_revision_shows_one_changed_setting_and_nothing_else(copy: Path) -> None:
    """One setting changed since the last commit is one pool, and what lends its machines to teams, in every form."""
    _git(copy, "init", "-q")
    _git(copy, "add", "-A")
    _git(copy, "commit", "-qm", "before")
    _edit(copy / "Pulumi.prod.yaml", "max_nodes: 16", "max_nodes: 24")
    before = _snapshot(copy)

    done = _run(copy, "preview", "-s", "prod", "--engine", "sdk", "--against", "HEAD", "--json")
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
    assert before == _snapshot(copy)

    text = _run(copy, "preview", "-s", "prod", "--engine", "sdk", "--against", "HEAD").stdout

    assert "autoscaling.totalMaxNodeCount: 16 → 24" in text


def test_a_stack_that_is_new_since_the_revision_is_all_creation(copy: Path) -> None:
    """A stack without settings at the revision had no resources there."""
    moved = (copy / "Pulumi.prod.yaml").rename(copy.parent / "later.yaml")
    _git(copy, "init", "-q")
    _git(copy, "add", "-A")
    _git(copy, "commit", "-qm", "before")
    moved.rename(copy / "Pulumi.prod.yaml")

    done = _run(copy, "preview", "-s", "prod", "--engine", "sdk", "--against", "HEAD", "--json")

    assert json.loads(done.stdout)["summary"]["same"] == 0


def test_preview_against_an_export(copy: Path, tmp_path: Path) -> None:
    """An export of what is declared shows no change; one resource less in it is one creation."""
    nodes = json.loads(_run(copy, "graph", "--engine", "sdk", "--json").stdout)["nodes"]
    resources = [
        {key: node[key] for key in ("urn", "type", "custom", "inputs", "parent", "protect", "retainOnDelete")}
        for node in nodes
        if not node["urn"].endswith("::data-scratch-bucket")
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}), encoding="utf-8")

    report = json.loads(_run(copy, "preview", "--engine", "sdk", "--against", str(file), "--json").stdout)

    assert [(change["op"], change["urn"].rpartition("::")[2]) for change in report["changes"]] == [
        ("create", "data-scratch-bucket")
    ]


def test_a_missing_label_fails_the_preview(copy: Path) -> None:
    """A bucket without its data class exits 1 and names rule and resource."""
    _edit(copy / "Pulumi.dev.yaml", "      data_class: raw\n", "")

    done = _run(copy, "preview", "--engine", "sdk", "--json")

    assert done.returncode == 1
    assert [(found["rule"], found["level"]) for found in json.loads(done.stdout)["policy"]["violations"]] == [
        ("labels", "mandatory")
    ]
    assert "data-parcel-images-raw-bucket" in done.stdout


def test_graph_keeps_its_contract(copy: Path) -> None:
    """The keys of a node are promised, and nodes come in the order of their URNs."""
    document = json.loads(_run(copy, "graph", "--engine", "sdk", "--json").stdout)
    keys = {"urn", "type", "name", "parent", "custom", "inputs", "dependencies"}
    keys |= {"propertyDependencies", "provider", "protect", "retainOnDelete", "ignoreChanges", "aliases"}

    assert {key: document[key] for key in ("stack", "engine")} == {"stack": "dev", "engine": "sdk"}
    assert {frozenset(keys)} == {frozenset(node) for node in document["nodes"]}
    assert sorted(node["urn"] for node in document["nodes"]) == [node["urn"] for node in document["nodes"]]


def test_check_keeps_its_contract(copy: Path) -> None:
    """Every problem has a file, a path, a message and a hint; there is no problem in what is committed."""
    assert json.loads(_run(copy, "check", "--all", "--json").stdout) == {"problems": []}

    _edit(copy / "Pulumi.dev.yaml", "max_nodes: 3", "max_nodess: 3")
    done = _run(copy, "check", "--json")
    problems = json.loads(done.stdout)["problems"]

    assert done.returncode == 2
    assert {frozenset({"file", "line", "path", "message", "hint"})} == {frozenset(problem) for problem in problems}
    assert "did you mean max_nodes?" in {problem["hint"] for problem in problems}


BAD_INPUT = {
    "no project": (("Pulumi.yaml", None), ("preview",), "no Pulumi.yaml"),
    "missing stack": (None, ("preview", "-s", "prd"), "did you mean prod?"),
    "missing stack, check": (None, ("check", "-s", "prd"), "did you mean prod?"),
    "missing stack, graph": (None, ("graph", "-s", "prd"), "did you mean prod?"),
    "no YAML": (("Pulumi.dev.yaml", "config: [a\nb: c"), ("preview",), "Pulumi.dev.yaml:2: is not YAML"),
    "no map": (("Pulumi.dev.yaml", "- a"), ("preview",), "Pulumi.dev.yaml: holds no map"),
    "misspelt key": (("Pulumi.dev.yaml", ("capacity: spot", "capcity: spot")), ("preview",), "did you mean capacity?"),
    "wrong type": (("Pulumi.dev.yaml", ("max_nodes: 2", "max_nodes: two")), ("preview",), "expected a whole number"),
    "overlap": (("Pulumi.dev.yaml", ("10.68.0.0/16", "10.64.0.0/16")), ("preview",), "overlaps"),
    "no such cluster": (("Pulumi.dev.yaml", ("cluster: main", "cluster: mian")), ("preview",), "no entry 'mian'"),
    "unknown ref": (None, ("preview", "--against", "nowhere"), "nor a git ref"),
    "ref like an option": (None, ("preview", "--against", "--all"), "nor a git ref"),
    "broken export": (("half.json", '{"deploy'), ("preview", "--against", "{}/half.json"), "not a whole JSON"),
    "raising program": (("__main__.py", "raise KeyError('x')"), ("preview",), "__main__.py:1: the program failed"),
    "raising component": (
        ("components/bucket.py", "boom = {}['gone']"),
        ("graph",),
        "components/bucket.py:1: the program failed: KeyError: 'gone'",
    ),
    "broken pack": (("policy/__main__.py", "x = ("), ("preview",), "the policy pack did not start"),
    "no pack": (("policy/PulumiPolicy.yaml", None), ("preview",), "policy/PulumiPolicy.yaml: no such file"),
    "broken settings model": (
        ("stacks/settings/model/cloud.py", "x = ("),
        ("check",),
        "the settings model cannot be run",
    ),
    "no money": (("Pulumi.dev.yaml", ("monthly_budget: 2950", "monthly_budget: 0")), ("cost",), "0 is out of range"),
    "other money": (
        ("Pulumi.dev.yaml", ("monthly_budget: 2950", "monthly_budget: 2950\n    currency: EUR")),
        ("cost",),
        "groundwork:billing.currency: 'EUR' is not a choice (one of 'USD')",
    ),
    "no such machine": (
        ("Pulumi.dev.yaml", ("machine_type: g2-standard-8", "machine_type: g2-standard-9")),
        ("cost",),
        "gpu_pools.l4.machine_type: g2-standard-9 carries no nvidia-l4",
    ),
    "usage of nothing": (("usage/dev.yaml", ("  models:", "  modles:")), ("cost",), "did you mean data-models-bucket?"),
    "no usage file": (None, ("cost", "--usage", "nowhere.yaml"), "nowhere.yaml: no such file"),
    "waiver past its day": (
        ("policy/policies.yaml", ("until: 2027-03-31", "until: 2026-03-31")),
        ("preview",),
        "policy/policies.yaml: waivers.audit-log-key.until: it ended on 2026-03-31",
    ),
    "waiver of nobody": (
        ("policy/policies.yaml", ("    owner: ml-platform\n", "")),
        ("preview",),
        "policy/policies.yaml: waivers.audit-log-key.owner: is missing",
    ),
    "waiver of no rule": (
        ("policy/policies.yaml", ("rule: encryption-keys", "rule: encryption-kays")),
        ("preview",),
        "policy/policies.yaml: waivers.audit-log-key.rule: there is no rule 'encryption-kays'",
    ),
    "two forms": (None, ("graph", "--json", "--mermaid"), "exclude each other"),
    "unknown engine": (None, ("preview", "--engine", "terraform"), "'terraform' is not one of"),
    "unknown option": (None, ("preview", "--agianst", "x"), "No such option"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_message(copy: Path, case: str) -> None:
    """Exit code 2, nothing on standard output, no traceback, and nothing written."""
    change, arguments, message = BAD_INPUT[case]
    if change is not None:
        name, content = change
        if content is None:
            (copy / name).unlink()
        elif isinstance(content, tuple):
            _edit(copy / name, *content)
        else:
            (copy / name).write_text(content, encoding="utf-8")
    _git(copy, "init", "-q")
    before = _snapshot(copy)
    engine = () if arguments[0] == "check" or "--engine" in arguments else ("--engine", "sdk")

    done = _run(copy, *(argument.format(copy) for argument in arguments), *engine)

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert before == _snapshot(copy)


def test_a_reader_that_goes_away_is_no_error(copy: Path) -> None:
    """`groundwork graph | head -1` ends quietly."""
    command = (
        f'"{sys.executable}" -m groundwork -C "{copy}" graph --engine sdk --json | head -1; exit ${{PIPESTATUS[0]}}'
    )
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
