"""Tests of `groundwork check`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.groundwork.projects import copied, edit, run


def test_json_has_the_keys_of_its_contract(tmp_path: Path) -> None:
    """The committed settings have no problem; a misspelled key has one, with a suggestion."""
    copy = copied(tmp_path)

    assert json.loads(run(copy, "check", "--all", "--json").stdout) == {"problems": []}

    edit(copy / "Pulumi.dev.yaml", "max_nodes: 3", "max_nodess: 3")
    done = run(copy, "check", "--json")
    problems = json.loads(done.stdout)["problems"]

    assert done.returncode == 2
    assert {frozenset({"file", "line", "path", "message", "hint"})} == {frozenset(problem) for problem in problems}
    assert "did you mean max_nodes?" in {problem["hint"] for problem in problems}


def test_text_has_one_problem_a_line(tmp_path: Path) -> None:
    """Valid settings are reported on standard output, problems with file and line on standard error."""
    copy = copied(tmp_path)

    done = run(copy, "check", "--all")
    assert (done.returncode, done.stdout) == (0, "Pulumi.dev.yaml, Pulumi.prod.yaml: no problems found\n")

    edit(copy / "Pulumi.dev.yaml", "max_nodes: 3", "max_nodess: 3")
    done = run(copy, "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Pulumi.dev.yaml:" in done.stderr
    assert "did you mean max_nodes?" in done.stderr
