"""Every alert rule has a runbook, complete annotations, an allowed severity, and unit tests."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

FILE = ROOT / "stacks" / "alerts.yaml"
FOLDER = ROOT / "runbooks" / "alerts"
UNIT_TESTS = sorted(Path(__file__).parent.glob("*.test.yaml"))
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
MAY_PAGE = {"ApiServerErrorBudgetBurn", "BackupTooOld"}
GROUPS: list[dict[str, Any]] = YAML(typ="safe").load(FILE)["groups"]
RULES: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
RUNBOOKS = sorted(FOLDER.glob("*.md"))

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs promtool: Debian's package prometheus"
)
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
each_runbook = pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.stem)


def unpaired(alerts: set[str], runbooks: set[str]) -> list[str]:
    """Alerts without a runbook, and runbooks without an alert."""
    return [
        *(f"alert {name} has no runbook" for name in sorted(alerts - runbooks)),
        *(f"runbook {name} has no alert" for name in sorted(runbooks - alerts)),
    ]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run promtool and return its result."""
    return subprocess.run(["promtool", *arguments], check=False, capture_output=True, text=True)


def test_alerts_and_runbooks_are_paired() -> None:
    """Every alert has a runbook with its name, and every runbook an alert."""
    assert unpaired({rule["alert"] for rule in RULES}, {runbook.stem for runbook in RUNBOOKS}) == []


def test_missing_runbook_and_missing_alert_are_detected() -> None:
    """Both directions are checked."""
    assert unpaired({"Both", "Alone"}, {"Both"}) == ["alert Alone has no runbook"]
    assert unpaired({"Both"}, {"Both", "Alone"}) == ["runbook Alone has no alert"]


@each_runbook
def test_runbook_has_title_and_headings(runbook: Path) -> None:
    """The title is the name of the alert, and the four headings are in order."""
    text = re.sub(r"```.*?```", "", runbook.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert re.findall(r"^# (.+)$", text, flags=re.MULTILINE) == [runbook.stem]
    assert re.findall(r"^##+ (.+)$", text, flags=re.MULTILINE) == HEADINGS


@each_runbook
def test_runbook_has_steps_for_diagnosis_and_mitigation(runbook: Path) -> None:
    """Both parts have numbered steps, and each step of the mitigation has a command, Expected and Otherwise."""
    _, diagnosis, mitigation = re.split(
        r"^## (?:Diagnosis|Mitigation)$", runbook.read_text("utf-8"), flags=re.MULTILINE
    )
    diagnosing, mitigating = ([step for _, step in numbered(part)] for part in (diagnosis, mitigation))

    assert diagnosing
    assert mitigating
    assert all("```sh" in step for step in diagnosing)
    assert [step for step in mitigating if not all(part in step for part in ("```sh", "Expected:", "Otherwise:"))] == []


@each_runbook
def test_runbook_steps_are_numbered_without_a_gap(runbook: Path) -> None:
    """Diagnosis and mitigation each start at one."""
    for part in re.split(r"^## ", runbook.read_text(encoding="utf-8"), flags=re.MULTILINE):
        numbers = [number for number, _ in numbered(part)]

        assert numbers == list(range(1, len(numbers) + 1))


def numbered(text: str) -> list[tuple[int, str]]:
    """The items of a numbered list: number and text."""
    pieces = re.split(r"^(\d+)\. ", text, flags=re.MULTILINE)
    return [(int(number), step) for number, step in zip(pieces[1::2], pieces[2::2], strict=True)]


def test_name_and_severity_identify_a_rule() -> None:
    """No two rules have the same name and severity, which name a policy."""
    keys = [(rule["alert"], rule["labels"]["severity"]) for rule in RULES]

    assert sorted(keys) == sorted(set(keys))


@each_rule
def test_only_error_budget_burn_and_missing_backups_page(rule: dict[str, Any]) -> None:
    """Severity is page or ticket, and page for two alerts only."""
    assert re.fullmatch(r"([A-Z][a-z]+)+", rule["alert"])
    assert list(rule["labels"]) == ["severity"]
    assert rule["labels"]["severity"] in ({"page", "ticket"} if rule["alert"] in MAY_PAGE else {"ticket"})


@each_rule
def test_rules_have_complete_annotations(rule: dict[str, Any]) -> None:
    """Annotations are complete, link the runbook, and use only templates that a policy can show."""
    annotations = rule["annotations"]
    templates = re.findall(r"{{.*?}}", "".join(annotations.values()))

    assert list(annotations) == ["summary", "description", "runbook_url"]
    assert all(annotations.values())
    assert annotations["runbook_url"] == f"runbooks/alerts/{rule['alert']}.md"
    assert [template for template in templates if not re.fullmatch(r"{{ \$labels\.[a-z_]+ }}", template)] == []


@each_rule
def test_expressions_use_no_recording_rules(rule: dict[str, Any]) -> None:
    """Alert policies have no recording rules."""
    assert "record" not in rule
    assert rule["expr"]


def test_every_group_has_a_file_of_unit_tests() -> None:
    """The file has the name of the group."""
    assert {group["name"] for group in GROUPS} == {file.name.removesuffix(".test.yaml") for file in UNIT_TESTS}


@each_rule
def test_every_rule_has_positive_and_negative_unit_tests(rule: dict[str, Any]) -> None:
    """For each rule one unit test expects it to fire and one does not."""
    tests = [test for file in UNIT_TESTS for test in YAML(typ="safe").load(file)["tests"]]
    cases = [case for test in tests for case in test["alert_rule_test"] if case["alertname"] == rule["alert"]]
    severities = [{alert["exp_labels"]["severity"] for alert in case["exp_alerts"]} for case in cases]

    assert {rule["labels"]["severity"] in expected for expected in severities} == {True, False}


@needs_promtool
def test_promtool_accepts_the_rules() -> None:
    """The file is a valid Prometheus rule file."""
    checked = promtool("check", "rules", str(FILE))

    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
@pytest.mark.parametrize("file", UNIT_TESTS, ids=lambda file: file.name)
def test_unit_tests_of_rules_pass(file: Path) -> None:
    """Each rule fires above its threshold and not below it."""
    tested = promtool("test", "rules", str(file))

    assert tested.returncode == 0, tested.stdout + tested.stderr


@needs_promtool
def test_wrong_rule_fails_its_unit_tests(tmp_path: Path) -> None:
    """With another threshold in a rule the unit tests fail."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "tests" / "alerts").mkdir(parents=True)
    wrong = FILE.read_text(encoding="utf-8").replace(") < 5", ") < 6")
    (tmp_path / "stacks" / "alerts.yaml").write_text(wrong, encoding="utf-8")
    unit_test = shutil.copy(Path(__file__).with_name("gpu.test.yaml"), tmp_path / "tests" / "alerts")

    assert promtool("test", "rules", str(unit_test)).returncode == 1
