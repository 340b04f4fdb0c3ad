"""Tests of the command line: exit codes and error messages of all commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.groundwork.projects import copied, edit, git, run, snapshot


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project that a test may change."""
    return copied(tmp_path)


BAD_INPUT = {
    "no project": (("Pulumi.yaml", None), ("preview",), "no Pulumi.yaml"),
    "missing stack": (None, ("preview", "-s", "prd"), "did you mean prod?"),
    "missing stack, check": (None, ("check", "-s", "prd"), "did you mean prod?"),
    "missing stack, graph": (None, ("graph", "-s", "prd"), "did you mean prod?"),
    "invalid YAML": (("Pulumi.dev.yaml", "config: [a\nb: c"), ("preview",), "Pulumi.dev.yaml:2: is not valid YAML"),
    "no map": (("Pulumi.dev.yaml", "- a"), ("preview",), "Pulumi.dev.yaml: is not a map of keys"),
    "misspelled key": (
        ("Pulumi.dev.yaml", ("capacity: spot", "capcity: spot")),
        ("preview",),
        "did you mean capacity?",
    ),
    "wrong type": (("Pulumi.dev.yaml", ("max_nodes: 2", "max_nodes: two")), ("preview",), "expected a whole number"),
    "overlap": (("Pulumi.dev.yaml", ("10.68.0.0/16", "10.64.0.0/16")), ("preview",), "overlaps"),
    "unknown cluster": (("Pulumi.dev.yaml", ("cluster: main", "cluster: mian")), ("preview",), "no entry 'mian'"),
    "unknown ref": (None, ("preview", "--against", "nowhere"), "is neither a file nor a git ref"),
    "ref like an option": (None, ("preview", "--against", "--all"), "is neither a file nor a git ref"),
    "truncated export": (
        ("half.json", '{"deploy'),
        ("preview", "--against", "{}/half.json"),
        "is not a complete JSON document",
    ),
    "raising program": (("__main__.py", "raise KeyError('x')"), ("preview",), "__main__.py:1: the program failed"),
    "raising component": (
        ("components/bucket.py", "boom = {}['missing']"),
        ("graph",),
        "components/bucket.py:1: the program failed: KeyError: 'missing'",
    ),
    "invalid pack": (("policy/__main__.py", "x = ("), ("preview",), "the policy pack did not start"),
    "no pack": (("policy/PulumiPolicy.yaml", None), ("preview",), "policy/PulumiPolicy.yaml: no such file"),
    "invalid settings model": (
        ("stacks/settings/model/cloud.py", "x = ("),
        ("check",),
        "the settings model failed to run",
    ),
    "budget of zero": (
        ("Pulumi.dev.yaml", ("monthly_budget: 2950", "monthly_budget: 0")),
        ("cost",),
        "0 is out of range",
    ),
    "other currency": (
        ("Pulumi.dev.yaml", ("monthly_budget: 2950", "monthly_budget: 2950\n    currency: EUR")),
        ("cost",),
        "groundwork:billing.currency: 'EUR' is not a choice (one of 'USD')",
    ),
    "unknown machine type": (
        ("Pulumi.dev.yaml", ("machine_type: g2-standard-8", "machine_type: g2-standard-9")),
        ("cost",),
        "gpu_pools.l4.machine_type: g2-standard-9 has no nvidia-l4",
    ),
    "usage of an unknown bucket": (
        ("usage/dev.yaml", ("  models:", "  modles:")),
        ("cost",),
        "did you mean data-models-bucket?",
    ),
    "no usage file": (None, ("cost", "--usage", "nowhere.yaml"), "nowhere.yaml: no such file"),
    "expired waiver": (
        ("policy/policies.yaml", ("until: 2027-03-31", "until: 2026-03-31")),
        ("preview",),
        "waivers.audit-log-key.until: the waiver ended on 2026-03-31",
    ),
    "waiver without an owner": (
        ("policy/policies.yaml", ("    owner: ml-platform\n", "")),
        ("preview",),
        "waivers.audit-log-key.owner: is missing",
    ),
    "waiver of an unknown rule": (
        ("policy/policies.yaml", ("rule: encryption-keys", "rule: encryption-kays")),
        ("preview",),
        "waivers.audit-log-key.rule: unknown rule encryption-kays (did you mean encryption-keys?)",
    ),
    "two forms": (None, ("graph", "--json", "--mermaid"), "cannot be combined"),
    "unknown engine": (None, ("preview", "--engine", "terraform"), "'terraform' is not one of"),
    "unknown option": (None, ("preview", "--agianst", "x"), "No such option"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_an_error_message(copy: Path, case: str) -> None:
    """Exit code 2, nothing on standard output, no traceback, and nothing written."""
    change, arguments, message = BAD_INPUT[case]
    if change is not None:
        name, content = change
        if content is None:
            (copy / name).unlink()
        elif isinstance(content, tuple):
            edit(copy / name, *content)
        else:
            (copy / name).write_text(content, encoding="utf-8")
    git(copy, "init", "-q")
    before = snapshot(copy)
    engine = () if arguments[0] == "check" or "--engine" in arguments else ("--engine", "sdk")

    done = run(copy, *(argument.format(copy) for argument in arguments), *engine)

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert before == snapshot(copy)


def test_closed_pipe_is_not_an_error(copy: Path) -> None:
    """`groundwork graph | head -1` prints no error."""
    command = (
        f'"{sys.executable}" -m groundwork -C "{copy}" graph --engine sdk --json | head -1; exit ${{PIPESTATUS[0]}}'
    )
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
