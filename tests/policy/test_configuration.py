"""The file of levels, parameters and waivers: what it decides, and what is said of one that cannot be meant."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from groundwork import policy_client
from groundwork.errors import UserError
from groundwork.graph import Node
from groundwork.project import Project
from policy.configuration import Configuration, ConfigurationError, load
from policy.rules import RULES
from policy.rules.regions import Places
from policy.waivers import rule as waivers_rule
from tests.conftest import ROOT
from tests.policy.samples import FILES, failing, graph, node

TODAY = dt.date(2026, 11, 21)
WAIVER = """\
waivers:
  old-bucket:
    rule: encryption-keys
    resource: googles
    stacks: [samples]
    owner: ml-platform
    reason: it moves in spring
    until: 2027-03-31
"""


def _load(tmp_path: Path, text: str, stack: str = "samples", today: dt.date = TODAY) -> Configuration:
    file = tmp_path / "policies.yaml"
    file.write_text(text, encoding="utf-8")
    return load(stack, RULES, today, file)


def test_a_stack_has_its_own_level_and_parameters(tmp_path: Path) -> None:
    """What a stack says goes before what all stacks have, parameter by parameter."""
    text = """\
rules: {regions: {level: advisory, parameters: {allowed: [eu]}}, labels: {parameters: {values: {team: "[a-z]+"}}}}
stacks: {samples: {regions: {level: disabled, parameters: {allowed: [us]}}}}
"""
    here, there = _load(tmp_path, text), _load(tmp_path, text, "prod")

    assert (here.rules["regions"].level, here.rules["regions"].parameters) == ("disabled", Places(allowed=("us",)))
    assert (there.rules["regions"].level, there.rules["regions"].parameters) == ("advisory", Places(allowed=("eu",)))
    assert here.rules["budgets"].level == "mandatory"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: {labls: {level: advisory}}", "rules.labls: there is no such rule"),
        ("stacks: {dev: {labls: {level: advisory}}}", "stacks.dev.labls: there is no such rule"),
        ("rules: {labels: {level: strict}}", "rules.labels.level"),
        ("rules: {labels: {parameters: {vals: {}}}}", "rules.labels.parameters.vals: is no key of this entry"),
        ('rules: {labels: {parameters: {values: {team: "["}}}}', "values.team: [ is no regular expression"),
        (
            "rules: {gpu-pools: {parameters: {regular: {europe-west4: {nvidia-l4: -1}}}}}",
            "regular.europe-west4.nvidia-l4",
        ),
        ("stacks: {samples: {protected-data: {parameters: {soft_delete_days: 91}}}}", "stacks.samples.protected-data"),
        (WAIVER.replace("    owner: ml-platform\n", ""), "waivers.old-bucket.owner: is missing"),
        (WAIVER.replace("owner: ml-platform", 'owner: ""'), "waivers.old-bucket.owner"),
        (WAIVER.replace("owner: ml-platform", 'owner: " "'), "waivers.old-bucket.owner"),
        (WAIVER.replace("    reason: it moves in spring\n", ""), "waivers.old-bucket.reason: is missing"),
        (WAIVER.replace("    until: 2027-03-31\n", ""), "waivers.old-bucket.until: is missing"),
        (WAIVER.replace("2027-03-31", "soon"), "waivers.old-bucket.until"),
        (WAIVER.replace("2027-03-31", "2026-11-20"), "waivers.old-bucket.until: it ended on 2026-11-20; ml-platform"),
        (WAIVER.replace("encryption-keys", "keys"), "waivers.old-bucket.rule: there is no rule 'keys'"),
        (WAIVER.replace("[samples]", "[]"), "waivers.old-bucket.stacks"),
        ("rules: [labels]", "rules"),
        ("rules: {a: 1, a: 2}", "cannot be read"),
        ("waivers: {", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_one_message(tmp_path: Path, text: str, words: str) -> None:
    """Each names the file and the key path, and there is one for one mistake."""
    with pytest.raises(ConfigurationError) as caught:
        _load(tmp_path, text)

    (line,) = str(caught.value).splitlines()
    assert line.startswith("policy/policies.yaml: ")
    assert words in line


def test_a_waiver_holds_to_its_last_day(tmp_path: Path) -> None:
    """On the day after, somebody has to decide."""
    last = dt.date(2027, 3, 31)
    assert _load(tmp_path, WAIVER, today=last).waivers

    with pytest.raises(ConfigurationError):
        _load(tmp_path, WAIVER, today=last + dt.timedelta(days=1))


def test_a_waiver_is_for_its_stack_its_rule_and_its_resource(tmp_path: Path) -> None:
    """It lets nothing else pass."""
    configuration = _load(tmp_path, WAIVER)
    googles, other = (Node(f"urn::{name}", "t", name) for name in ("googles", "other"))

    assert configuration.waiver("encryption-keys", googles) == "old-bucket"
    assert configuration.waiver("encryption-keys", other) is None
    assert configuration.waiver("labels", googles) is None
    assert _load(tmp_path, WAIVER, "prod").waiver("encryption-keys", googles) is None


def test_what_is_waived_is_listed(tmp_path: Path) -> None:
    """With owner, reason and end; and a waiver that nobody needs is told, too."""
    case = next(case for case in failing() if case.rule.name == "encryption-keys")
    needed = ask(waivers_rule(_load(tmp_path, WAIVER)), graph(*case.nodes))
    keyed = node(FILES["encryption-keys"]["passes"][0])
    unneeded = ask(waivers_rule(_load(tmp_path, WAIVER)), graph(keyed))

    ((urn, message),) = needed
    assert urn == case.nodes[0].urn
    assert "waived until 2027-03-31 by ml-platform: it moves in spring (googles has no key" in message
    assert [urn for urn, message in unneeded if "old-bucket is not needed" in message] == [""]


def test_the_report_counts_waivers_apart_and_a_broken_file_stops_it(tmp_path: Path) -> None:
    """Through the pack: waived is no violation, and a file that cannot be used is bad input with its own words."""
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
    with pytest.raises(UserError, match=r"policy/policies\.yaml: waivers"):
        policy_client.judge(project, graph())
