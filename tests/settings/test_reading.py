"""Reading of a file, or of the engine's configuration, to settings or to every problem."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import hypothesis
import pytest
from hypothesis import strategies as st
from ruamel.yaml import YAML

from stacks.settings import Problem, Settings, SettingsError, any_of, read_any
from stacks.settings.__main__ import main
from stacks.settings.core.problems import PREFIX
from tests.cloud_settings import read_file, settings_of
from tests.conftest import ROOT
from tests.settings.conftest import Read
from tests.settings.examples import JSON, LEAVES, SCALARS, WORDS
from tests.settings.samples import FILE, STACKS, TEXT, Config, dev, edited, line_of, problems_of, put

# The same examples in every run, so that failures are reproducible.
examples: Final = hypothesis.settings(deadline=None, max_examples=100, derandomize=True)


def test_missing_file_suggests_a_similar_stack(tmp_path: Path) -> None:
    """A misspelled stack gets a suggestion."""
    for stack in STACKS:
        (tmp_path / f"Pulumi.{stack}.yaml").touch()
    with pytest.raises(SettingsError) as caught:
        read_file(tmp_path / "Pulumi.prd.yaml")

    assert [Problem("Pulumi.prd.yaml", "", "no such file", "did you mean prod?")] == caught.value.problems


def test_missing_file_in_an_empty_folder_has_no_suggestion(tmp_path: Path) -> None:
    """Without any stack there is nothing to suggest."""
    with pytest.raises(SettingsError) as caught:
        read_file(tmp_path / FILE)

    assert [Problem(FILE, "", "no such file", "there is none")] == caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "line_part"),
    [
        ("environment: dev", "environment: dev: prod", "environment: dev"),
        ("environment: dev", "environment: *somewhere", "environment:"),
        ("environment: dev", "environment: \tdev", "environment:"),
        ("15017]", "15017", "    flow_log_sampling"),
        ("  groundwork:groups:", "---\n  groundwork:groups:", "---"),
    ],
)
def test_invalid_yaml_is_reported_with_its_line(read: Read, old: str, new: str, line_part: str) -> None:
    """The parser's error is one problem with its line."""
    text = edited((old, new))
    problems = read(text)

    assert [problem.message.startswith("is not valid YAML: ") for problem in problems] == [True]
    assert [line_of(text, line_part)] == [problem.line for problem in problems]
    assert "\n" not in str(problems[0])


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ("  groundwork:environment: dev\n", "groundwork:environment"),
        ("      only_dir: vision\n", "only_dir"),
    ],
)
def test_duplicate_key_is_refused(read: Read, old: str, key: str) -> None:
    """YAML would silently use one of the two; the line is that of the second."""
    problems = read(edited((old, old + old)))

    assert [line_of(TEXT, old) + 1] == [problem.line for problem in problems]
    assert f'found duplicate key "{key}"' in problems[0].message


def test_duplicate_team_is_one_short_problem(read: Read) -> None:
    """The problem does not repeat the entry."""
    first = "    vision:\n      cost_center: cc-4420\n"
    problems = read(edited((first, f"    vision: {{}}\n{first}")))

    assert [problem.message for problem in problems] == ['is not valid YAML: found duplicate key "vision"']
    assert [line_of(TEXT, first) + 1] == [problem.line for problem in problems]


def test_file_in_another_encoding_is_refused(read: Read) -> None:
    """The hint has the encoding of settings files."""
    problems = read(edited(("parcel-vision", "parcel-visi\u00f3n")).encode("latin-1"))

    assert [problem.hint for problem in problems] == ["a text file in UTF-8"]
    assert "cannot be read" in problems[0].message


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("", "", "is not a map"),
        ("# nothing yet\n", "", "is not a map"),
        ("- config\n", "", "is not a map"),
        ("confg: {}\n", "config", "is missing"),
        ("config:\n", "config", "is missing"),
        ("config: []\n", "config", "is missing"),
    ],
)
def test_file_without_configuration_is_one_problem(read: Read, text: str, path: str, message: str) -> None:
    """A file without a map under config has no further problems."""
    assert [(path, message)] == [(problem.path, problem.message) for problem in read(text)]


def test_empty_configuration_lacks_every_required_section(read: Read) -> None:
    """All missing sections are reported at once."""
    required = {f"{PREFIX}{name}" for name, field in Settings.model_fields.items() if field.is_required()}

    assert required == {problem.path for problem in read("config: {}\n")}
    assert {"is missing"} == {problem.message for problem in read("config: {}\n")}


@pytest.mark.parametrize("section", ["gpu_pools", "mounts"])
def test_encrypted_section_is_refused(section: str) -> None:
    """The problem names Secret Manager and does not repeat the ciphertext."""
    problems = problems_of(put(dev(), section, {"secure": "v1:c2VjcmV0"}))

    assert [(f"{PREFIX}{section}", "is an encrypted value")] == [(found.path, found.message) for found in problems]
    assert "Secret Manager" in problems[0].hint
    assert "c2VjcmV0" not in str(problems[0])


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("groundwrok:region", f"did you mean {PREFIX}region?"),
        ("region", f"did you mean {PREFIX}region?"),
        ("aws:profile", f"known here: {PREFIX}alerting, "),
    ],
)
def test_unknown_namespace_is_refused(read: Read, key: str, hint: str) -> None:
    """Configuration of another namespace is a problem, with a suggestion."""
    text = edited(("  groundwork:projects:", f"  {key}: x\n  groundwork:projects:"))
    problems = read(text)

    assert [(key, "unknown key", line_of(text, f"  {key}: x"))] == [
        (problem.path, problem.message, problem.line) for problem in problems
    ]
    assert hint in problems[0].hint


def test_keys_of_pulumi_are_ignored(read: Read) -> None:
    """Keys of the namespace ``pulumi`` are not settings."""
    assert not read(edited(("  groundwork:projects:", "  pulumi:template: x\n  groundwork:projects:")))


# Up to the number of nodes, which distinguishes the pool from similar ones.
L4: Final = """nvidia-l4
      accelerators_per_node: 1
      machine_type: g2-standard-8
      capacity: spot
      zones: [europe-west4-a]
      max_nodes: 2"""

MISTAKES: Final = (
    ("environment: dev", "environment: Dev", "environment"),
    ("flow_log_sampling: 0.1", "flow_log_sampling: 10", "network.flow_log_sampling"),
    ("private_services: 10.64.32.0/20", "private_services: 10.64.16.0/20", "network.private_services"),
    ("{vision: member,", "{visoin: member,", "teams.vision.members.visoin"),
    (
        "zones: [europe-west4-a]\n      subnet",
        "zones:\n        - europe-west4-a\n        - west\n      subnet",
        "clusters.main.zones[1]",
    ),
    (f"accelerator: {L4}", f"acelerator: {L4}", "gpu_pools.l4.acelerator"),
    ("metadata_ttl_seconds: -1", "metadata_ttl_seconds: -2", "mounts.vision-raw.metadata_ttl_seconds"),
)


def test_every_problem_is_reported_with_its_line(read: Read) -> None:
    """An overlap is reported although its network has another problem, and so is a reference."""
    left_out = ("    vision:\n      cost_center: cc-4420\n", "    vision:\n")
    text = edited(left_out, *((old, new) for old, new, _ in MISTAKES))
    expected = {PREFIX + path: line_of(text, new) for _, new, path in MISTAKES}
    expected[f"{PREFIX}clusters.main.zones[1]"] = line_of(text, "- west\n")
    # Missing: the line of its entry.
    expected[f"{PREFIX}teams.vision.cost_center"] = line_of(text, "    vision:\n      owner")
    problems = read(text)

    assert expected == {problem.path: problem.line for problem in problems}
    assert sorted(expected.values()) == [problem.line for problem in problems]


def test_text_of_an_error_has_every_problem() -> None:
    """The text has a line for each problem: the file, the key, what is wrong."""
    with pytest.raises(SettingsError) as caught:
        settings_of(put(put(dev(), "environment", "Dev"), "region", "west"), FILE)

    assert [f"{FILE}: {PREFIX}environment: 'Dev'", f"{FILE}: {PREFIX}region: 'west'"] == [
        line.partition(" is not")[0] for line in str(caught.value).splitlines()
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("groups.vision.email", "unknown-team"),
        ("teams.vision.cost_center", "CC 4420"),
        ("clusters.main.release_channel", "BETA"),
        ("buckets.models.location", "Europe"),
        ("projects.host", "x"),
        ("network.name", "ML"),
    ],
)
def test_reference_to_an_invalid_entry_is_valid(path: str, value: str) -> None:
    """A reference needs the entry to exist, not to be valid."""
    assert [PREFIX + path] == [problem.path for problem in problems_of(put(dev(), path, value))]


@pytest.mark.parametrize("stack", STACKS)
def test_configuration_from_the_engine_equals_the_file(stack: str) -> None:
    """Sections that the engine passes as JSON are the same settings."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    sections = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))["config"]

    assert read_any(file) == any_of(json.loads(json.dumps(sections)), file.name)


@pytest.mark.parametrize("stack", STACKS)
def test_settings_can_be_dumped_and_read_again(stack: str) -> None:
    """Dumped settings are valid and equal."""
    file = ROOT / f"Pulumi.{stack}.yaml"
    settings = read_any(file)
    sections = {f"{PREFIX}{name}": section for name, section in settings.model_dump(mode="json").items()}

    assert settings == any_of(sections, file.name)


def test_command_prints_problems_as_json(read: Read, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``check`` exits with 0 and an empty list, or with 1 and every problem of every file."""
    right = main(["check", *(str(ROOT / f"Pulumi.{stack}.yaml") for stack in STACKS)])
    nothing = json.loads(capsys.readouterr().out)
    problems = read(edited(("environment: dev", "environment: Dev")))
    wrong = main(["check", str(ROOT / FILE), str(tmp_path / FILE)])

    assert (right, nothing) == (0, [])
    assert wrong == 1
    assert problems == [Problem(**found) for found in json.loads(capsys.readouterr().out)]


def _outcome(config: Config) -> Settings | SettingsError:
    """Settings or their problems; any other error fails the test."""
    try:
        return settings_of(config, FILE)
    except SettingsError as error:
        return error


@hypothesis.given(
    sections=st.dictionaries(st.sampled_from(sorted(Settings.model_fields)).map(PREFIX.__add__), JSON, max_size=4)
)
@examples
def test_any_sections_are_valid_or_have_problems(sections: Config) -> None:
    """Arbitrary values under known keys never raise another error."""
    for config in (sections, {**dev(), **sections}):
        outcome = _outcome(config)

        assert isinstance(outcome, Settings) or outcome.problems
        assert isinstance(outcome, Settings) or all(problem.message for problem in outcome.problems)


@hypothesis.given(path=st.sampled_from(LEAVES), value=SCALARS | WORDS)
@examples
def test_any_value_is_valid_or_has_problems(path: str, value: object) -> None:
    """A random change of one value gives settings that can be dumped, or problems of one line each."""
    outcome = _outcome(put(dev(), path, value))

    if isinstance(outcome, Settings):
        assert outcome == Settings.model_validate(outcome.model_dump(mode="json"))
    else:
        assert 1 <= len(outcome.problems) == len(str(outcome).splitlines())
