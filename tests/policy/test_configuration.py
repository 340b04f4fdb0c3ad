"""Levels, parameters and waivers in ``policy/policies.yaml``, and the messages for an invalid file."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from groundwork import policy_client
from groundwork.documents import DocumentError
from groundwork.errors import UserError
from groundwork.graph import Node
from groundwork.project import Project
from policy.configuration import Configuration, load
from policy.rules import RULES
from policy.rules.regions import Regions
from policy.waivers import rule as waivers_rule
from tests.conftest import ROOT
from tests.policy.asking import ask_stack
from tests.policy.samples import FILES, failing, graph, node

TODAY = dt.date(2026, 11, 21)
WAIVER = """\
waivers:
  old-bucket:
    rule: encryption-keys
    resource: google-managed
    stacks: [samples]
    owner: ml-platform
    reason: it moves in spring
    until: 2027-03-31
"""


def _load(tmp_path: Path, text: str, stack: str = "samples", today: dt.date = TODAY) -> Configuration:
    file = tmp_path / "policies.yaml"
    file.write_text(text, encoding="utf-8")
    return load(stack, RULES, today, file)


def test_settings_of_a_stack_override_those_of_all_stacks(tmp_path: Path) -> None:
    """Level and each parameter of a stack replace those for all stacks."""
    text = """\
rules: {regions: {level: advisory, parameters: {allowed: [eu]}}, labels: {parameters: {values: {team: "[a-z]+"}}}}
stacks: {samples: {regions: {level: disabled, parameters: {allowed: [us]}}}}
"""
    here, there = _load(tmp_path, text), _load(tmp_path, text, "prod")

    assert (here.rules["regions"].level, here.rules["regions"].parameters) == ("disabled", Regions(allowed=("us",)))
    assert (there.rules["regions"].level, there.rules["regions"].parameters) == ("advisory", Regions(allowed=("eu",)))
    assert here.rules["budgets"].level == "mandatory"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: {labls: {level: advisory}}", "rules.labls: unknown rule labls (did you mean labels?)"),
        ("stacks: {dev: {labls: {level: advisory}}}", "stacks.dev.labls: unknown rule labls"),
        ("rules: {labels: {level: strict}}", "rules.labels.level"),
        (
            "rules: {labels: {parameters: {vals: {}}}}",
            "rules.labels.parameters.vals: unknown key (did you mean values?)",
        ),
        (
            "rules: {mounts-fit: {parameters: {memory_gib: {m9-new-4: 32}}}}",
            "mounts-fit.parameters.memory_gib: was removed (list the machine type in groundwork/cost/gpu_machines.yaml",
        ),
        ('rules: {labels: {parameters: {values: {team: "["}}}}', "values.team: [ is not a regular expression"),
        (
            "rules: {gpu-pools: {parameters: {regular: {europe-west4: {nvidia-l4: -1}}}}}",
            "regular.europe-west4.nvidia-l4",
        ),
        ("stacks: {samples: {protected-data: {parameters: {soft_delete_days: 91}}}}", "stacks.samples.protected-data"),
        ("stacks: {other: {protected-data: {parameters: {soft_delete_days: 91}}}}", "stacks.other.protected-data"),
        (
            "rules: {namespace-walls: {}}",
            "rules.namespace-walls: the rule namespace-walls was renamed (write default-deny)",
        ),
        ("stacks: {dev: {experiments: {}}}", "experiments was renamed (write fault-injection)"),
        (
            WAIVER.replace("encryption-keys", "experiments-overdue"),
            "waivers.old-bucket.rule: the rule experiments-overdue was renamed (write fault-injection-overdue)",
        ),
        (WAIVER.replace("    owner: ml-platform\n", ""), "waivers.old-bucket.owner: is missing"),
        (WAIVER.replace("owner: ml-platform", 'owner: ""'), "waivers.old-bucket.owner"),
        (WAIVER.replace("owner: ml-platform", 'owner: " "'), "waivers.old-bucket.owner"),
        (WAIVER.replace("    reason: it moves in spring\n", ""), "waivers.old-bucket.reason: is missing"),
        (WAIVER.replace("    until: 2027-03-31\n", ""), "waivers.old-bucket.until: is missing"),
        (WAIVER.replace("2027-03-31", "soon"), "waivers.old-bucket.until"),
        (
            WAIVER.replace("2027-03-31", "2026-11-20"),
            "waivers.old-bucket.until: the waiver ended on 2026-11-20 (ml-platform: fix google-managed",
        ),
        (WAIVER.replace("encryption-keys", "keys"), "waivers.old-bucket.rule: unknown rule keys"),
        (WAIVER.replace("[samples]", "[]"), "waivers.old-bucket.stacks"),
        ("rules: [labels]", "rules: expected a map of keys, found a list"),
        ("stacks: {dev: 1}", "stacks.dev: expected a map of keys, found 1"),
        ("- rules", "expected a map of keys, found a list"),
        ("rule: {}", "rule: unknown key (did you mean rules?)"),
        ("rules: {a: 1, a: 2}", "duplicate key a"),
        ("waivers: {", "is not valid YAML"),
    ],
)
def test_invalid_file_is_reported(tmp_path: Path, text: str, words: str) -> None:
    """A problem is one line, with the file and the key path."""
    with pytest.raises(UserError) as caught:
        _load(tmp_path, text)

    (line,) = caught.value.line().splitlines()
    assert line.startswith("policy/policies.yaml:")
    assert words in line


def test_waiver_is_valid_on_its_last_day(tmp_path: Path) -> None:
    """From the day after, the file is not valid."""
    last = dt.date(2027, 3, 31)
    assert _load(tmp_path, WAIVER, today=last).waivers

    with pytest.raises(DocumentError):
        _load(tmp_path, WAIVER, today=last + dt.timedelta(days=1))


def test_waiver_is_limited_to_its_stack_rule_and_resource(tmp_path: Path) -> None:
    """Other rules, resources and stacks are not waived."""
    configuration = _load(tmp_path, WAIVER)
    google_managed, other = (Node(f"urn::{name}", "t", name) for name in ("google-managed", "other"))

    assert configuration.waiver("encryption-keys", google_managed) == "old-bucket"
    assert configuration.waiver("encryption-keys", other) is None
    assert configuration.waiver("labels", google_managed) is None
    assert _load(tmp_path, WAIVER, "prod").waiver("encryption-keys", google_managed) is None


def test_waived_violations_are_listed(tmp_path: Path) -> None:
    """Each has owner, reason and end; a waiver without a violation is reported as well."""
    case = next(case for case in failing() if case.rule.name == "encryption-keys")
    needed = ask_stack(waivers_rule(_load(tmp_path, WAIVER)), graph(*case.nodes))
    keyed = node(FILES["encryption-keys"]["passes"][0])
    unneeded = ask_stack(waivers_rule(_load(tmp_path, WAIVER)), graph(keyed))

    ((urn, message),) = needed
    assert urn == case.nodes[0].urn
    assert message == (
        "google-managed has no customer-managed key: set encryption, which sets encryption.defaultKmsKeyName; "
        "ml-platform waives encryption-keys until 2027-03-31: it moves in spring"
    )
    assert [urn for urn, message in unneeded if "old-bucket is not needed" in message] == [""]


def test_pack_reports_waivers_and_an_invalid_file(tmp_path: Path) -> None:
    """A waived violation is only listed as waived, and an invalid file is an error with all its problems."""
    copy = tmp_path
    shutil.copytree(ROOT / "policy", copy / "policy", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "runbooks").symlink_to(ROOT / "runbooks")
    project = Project(copy, "groundwork")
    case = next(case for case in failing() if case.rule.name == "encryption-keys")
    (copy / "policy" / "policies.yaml").write_text(WAIVER, encoding="utf-8")

    verdict = policy_client.judge(project, graph(*case.nodes))

    assert [found.urn for found in verdict.waived] == [case.nodes[0].urn]
    assert "encryption-keys" not in {found.rule for found in verdict.violations}
    assert verdict.to_json()["waived"][0]["urn"] == case.nodes[0].urn

    (copy / "policy" / "policies.yaml").write_text("rules: {labls: {}}\nwaivers: []\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"policy/policies\.yaml:2: waivers: ") as caught:
        policy_client.judge(project, graph())

    assert "policy/policies.yaml:1: rules.labls: unknown rule labls" in caught.value.message
