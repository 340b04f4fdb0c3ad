"""Runbooks have the required structure, and every command in them exists."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import string
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from groundwork.cli import cli
from tests.conftest import ROOT

FOLDER = ROOT / "runbooks"
PAGES = sorted(FOLDER.rglob("*.md"))
REBUILDS = [page for page in PAGES if page.parent == FOLDER and page.name != "README.md"]
PARTS = ["Command", "Expected", "Otherwise", "Undo"]
HEADER = ["Who decides", "Preconditions", "Time-box", "Last drilled"]

GROUNDWORK = {"groundwork", ".venv/bin/groundwork"}
WITH_HELP = ("pulumi", "kubectl")  # tools that are checked against their --help
SHELL = {
    *(
        "base64",
        "bq",
        "cat",
        "cd",
        "cp",
        "curl",
        "date",
        "echo",
        "export",
        "git",
        "grep",
        "head",
        "jq",
        "ls",
        "make",
        "mkdir",
    ),
    *("mktemp", "sed", "sort", "tail", "vi", "xargs"),
}
TOOLS = {*GROUNDWORK, *WITH_HELP, *SHELL, "gcloud"}

SUBSTITUTED = "20260101"  # stands for any $( )

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(FOLDER)))
each_rebuild = pytest.mark.parametrize("page", REBUILDS, ids=lambda page: page.name)


# Commands in a page


def fenced(text: str) -> str:
    """The shell code of a page, one command per line."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(blocks).replace("\\\n", " ")


def split(line: str) -> Iterator[list[str]]:
    """The commands of a line as lists of tokens, including those in $( ) and those that xargs runs."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    command: list[str] = []
    redirected = False
    for token in [*lexer, ";"]:
        if redirected:
            redirected = False
        elif token in {">", ">>", "<"}:
            redirected = True
        elif set(token) <= set("();|&"):
            yield from _with_inner(command)
            command = []
        else:
            for inner in re.findall(r"\$\((.+)\)", token):
                yield from split(inner)
            default = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", token)
            command.append(re.sub(r"\$\(.+\)", SUBSTITUTED, default))


def _with_inner(command: list[str]) -> Iterator[list[str]]:
    while command and re.fullmatch(r"[A-Z_][A-Z0-9_]*=.*", command[0]):
        command = command[1:]
    if command:
        yield command
    if command[:1] == ["xargs"]:
        yield from ([*command[index:]] for index, word in enumerate(command) if index and word in TOOLS)


def commands(text: str) -> list[list[str]]:
    """The commands of a page, with exported variables replaced by their values."""
    values = dict.fromkeys(re.findall(r"`export (\w+)=", text), "chosen-by-the-reader")
    result = []
    for line in fenced(text).splitlines():
        for command in split(line):
            tokens = [string.Template(word).safe_substitute(values) for word in command]
            result.append(tokens)
            if tokens[0] == "export":
                values |= {name: value for name, _, value in (word.partition("=") for word in tokens[1:])}
    return result


def numbered(text: str) -> list[tuple[int, str]]:
    """The steps of a rebuild: number and text of each section with a numbered heading."""
    pieces = re.split(r"^#{2,3} (\d+)\. ", text, flags=re.MULTILINE)
    return [(int(number), step) for number, step in zip(pieces[1::2], pieces[2::2], strict=True)]


def parts(step: str) -> list[str]:
    """The labels of the parts of a step, bold or not."""
    return re.findall(rf"^(?:\*\*)?({'|'.join(PARTS)})(?:\*\*|:)", step, flags=re.MULTILINE)


# Commands of a tool


def groundwork_problem(tokens: Sequence[str]) -> str | None:
    """The first unknown command or option of `groundwork`, if any."""
    command: click.Command = cli
    known = _options(cli)
    rest = iter(tokens)
    for word in rest:
        if word.startswith("-"):
            option = known.get(word.split("=")[0])
            if option is None:
                return f"{command.name} has no option {word}"
            if not option.is_flag and "=" not in word:
                next(rest, None)
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return f"{command.name} has no command {word}"
            command = command.commands[word]
            known = {**known, **_options(command)}
    return None


def _options(command: click.Command) -> Mapping[str, click.Option]:
    return {name: option for option in command.params if isinstance(option, click.Option) for name in option.opts}


@cache
def help_of(*command: str) -> str | None:
    """The help of a command; None for an unknown command."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run([*command], check=False, capture_output=True, text=True, env=environment)
    return answer.stdout if answer.returncode == 0 else None


def tool_problem(tool: str, tokens: Sequence[str]) -> str | None:
    """The first command or option that the --help of `pulumi` or `kubectl` does not list, if any."""
    path, text = [tool], help_of(tool, "--help") or ""
    for word in tokens:
        deeper = help_of(*path, word, "--help") if not word.startswith("-") else text
        if deeper is not None and deeper != text:
            path, text = [*path, word], deeper
        elif re.search(r"^[A-Z].*Commands.*:$", text, flags=re.MULTILINE) and not word.startswith("-"):
            return f"{' '.join(path)} has no command {word}"
        else:
            break
    global_options = help_of("kubectl", "options") or "" if tool == "kubectl" else ""
    for word in tokens:
        if word == "--":  # the rest belongs to another tool
            break
        name = word.split("=")[0]
        if name.startswith("-") and not re.search(rf"(?<![\w-]){name}(?![\w-])", text + global_options):
            return f"{' '.join(path)} has no option {name}"
    return None


# Structure


@each_rebuild
def test_rebuild_has_its_header(page: Path) -> None:
    """Decision maker, preconditions, time box and the date of the last drill."""
    text = re.split(r"^#{2,3} 1\. ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[0]

    assert [row for row in HEADER if f"| {row} |" not in text and f"**{row}**" not in text] == []


@each_rebuild
def test_recovery_objectives_equal_the_settings(page: Path) -> None:
    """RTO and RPO are those of the file that the header links."""
    pattern = r"(\d+) minutes / (\d+) minutes \(`recovery` in \[[^]]+\]\(\.\./([^)]+)\)\)"
    objectives = re.findall(pattern, page.read_text(encoding="utf-8"))

    for time, point, file in objectives:
        recovery = YAML(typ="safe").load(ROOT / file)["config"]["groundwork:recovery"]

        assert (recovery["rto_minutes"], recovery["rpo_minutes"]) == (int(time), int(point))


@each_rebuild
def test_steps_are_numbered_without_a_gap(page: Path) -> None:
    """Numbers start at one."""
    numbers = [number for number, _ in numbered(page.read_text(encoding="utf-8"))]

    assert numbers
    assert numbers == list(range(1, len(numbers) + 1))


@each_rebuild
def test_each_step_has_its_four_parts(page: Path) -> None:
    """Fenced command, expected, otherwise, undo, in this order."""
    steps = numbered(page.read_text(encoding="utf-8"))

    assert [number for number, step in steps if parts(step) != PARTS] == []
    assert [number for number, step in steps if "```sh" not in step.partition("Expected")[0]] == []


def test_step_without_undo_is_detected() -> None:
    """Guards the test above against passing vacuously."""
    assert parts("**Command**\n\n**Expected**: it works\n\n**Otherwise**: it does not\n") == PARTS[:3]


@each_page
def test_links_and_paths_exist(page: Path) -> None:
    """Links and paths of this repository exist."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text)
    named = re.findall(r"`((?:[\w.-]+/)*[\w.-]+)`", text)
    paths = [
        path for path in named if path.startswith("Pulumi.") or ("/" in path and (ROOT / path.split("/")[0]).is_dir())
    ]

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_index_lists_every_runbook() -> None:
    """Every runbook is linked from the index."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert [str(path) for page in PAGES if f"({(path := page.relative_to(FOLDER))})" not in index] == ["README.md"]


# Commands


@each_page
def test_commands_use_known_tools(page: Path) -> None:
    """On-call engineers need no additional tool."""
    assert {command[0] for command in commands(page.read_text(encoding="utf-8"))} <= TOOLS


@each_page
def test_variables_are_exported_before_use(page: Path) -> None:
    """A page can be followed from its top in one shell."""
    tokens = [word for command in commands(page.read_text(encoding="utf-8")) for word in command]

    assert [word for word in tokens if re.search(r"\$\{?[A-Z]", word)] == []


@each_page
def test_groundwork_commands_exist(page: Path) -> None:
    """Every command of `groundwork` exists, with the options shown."""
    shown = [command[1:] for command in commands(page.read_text(encoding="utf-8")) if command[0] in GROUNDWORK]

    assert [problem for tokens in shown if (problem := groundwork_problem(tokens))] == []


def test_unknown_groundwork_command_is_detected() -> None:
    """Commands and options are looked up."""
    assert groundwork_problem(["check", "-s", "dr", "--json"]) is None
    assert groundwork_problem(["chek"]) == "cli has no command chek"
    assert groundwork_problem(["check", "--stac", "dr"]) == "check has no option --stac"


@each_page
@pytest.mark.parametrize("tool", WITH_HELP)
def test_pulumi_and_kubectl_commands_exist(tool: str, page: Path) -> None:
    """Every command of pulumi and kubectl exists, with the options shown."""
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool} on PATH")
    shown = [command[1:] for command in commands(page.read_text(encoding="utf-8")) if command[0] == tool]

    assert [problem for tokens in shown if (problem := tool_problem(tool, tokens))] == []


@pytest.mark.parametrize(
    ("tool", "right", "command", "option"),
    [
        ("pulumi", "stack output buckets --json -s dr", "stack outputs", "up --policypack policy"),
        ("kubectl", "rollout status deployment/x --timeout 5m --namespace y", "rollout begin", "get pods --name x"),
    ],
)
def test_unknown_command_of_another_tool_is_detected(tool: str, right: str, command: str, option: str) -> None:
    """The tool's own help decides."""
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool} on PATH")

    assert tool_problem(tool, right.split()) is None
    assert "has no command" in str(tool_problem(tool, command.split()))
    assert "has no option" in str(tool_problem(tool, option.split()))


def lint(shown: Sequence[Sequence[str]], folder: Path) -> list[str]:
    """Problems that gcloud's linter of command lines reports; it needs no project and no network."""
    file = folder / "commands.json"
    file.write_text(json.dumps([{"command_string": shlex.join(command)} for command in shown]), encoding="utf-8")
    answer = subprocess.run(
        ["gcloud", "meta", "lint-gcloud-commands", "--commands-file", str(file)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "CLOUDSDK_CONFIG": str(folder), "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"},
    )
    if not answer.stdout.startswith("["):
        pytest.skip(f"this gcloud cannot check command lines: {answer.stderr.strip()[:200]}")
    errors = {
        item["command_string"]: item["error_message"] for item in json.loads(answer.stdout) if not item["success"]
    }
    # The linter parses the word after a flag as its value, and reports that.
    return [f"{line}: {error}" for line, error in errors.items() if "ignored explicit argument" not in error]


@each_page
def test_gcloud_commands_exist(page: Path, tmp_path: Path) -> None:
    """Every command of gcloud exists, with valid and complete options."""
    if shutil.which("gcloud") is None:
        pytest.skip("needs gcloud on PATH")
    shown = [command for command in commands(page.read_text(encoding="utf-8")) if command[0] == "gcloud"]

    assert not shown or lint(shown, tmp_path) == []


def test_unknown_gcloud_command_is_detected(tmp_path: Path) -> None:
    """An unknown option and an unknown command are reported."""
    if shutil.which("gcloud") is None:
        pytest.skip("needs gcloud on PATH")

    assert len(lint([["gcloud", "sql", "instances", "list", "--bogus"], ["gcloud", "sql", "lost"]], tmp_path)) == 2


def test_stack_outputs_in_runbooks_are_exported() -> None:
    """`pulumi stack output NAME` names an output of the program."""
    program = ast.parse((ROOT / "stacks" / "platform.py").read_text(encoding="utf-8"))
    export = next(node for node in ast.walk(program) if isinstance(node, ast.FunctionDef) and node.name == "export")
    keys = [key for node in ast.walk(export) if isinstance(node, ast.Dict) for key in node.keys]
    exported = {key.value for key in keys if isinstance(key, ast.Constant)}
    shown = [command for page in PAGES for command in commands(page.read_text(encoding="utf-8"))]
    outputs = {command[3] for command in shown if command[:3] == ["pulumi", "stack", "output"]}

    assert outputs
    assert outputs <= exported


def test_shell_syntax_is_parsed() -> None:
    """Pipes, substitutions, quotes, redirections and xargs do not hide a command."""
    page = """```sh
export A=1 B="$(date -u)"
kubectl get x --output jsonpath='{a | b}' | xargs -n 1 kubectl patch "$A" > file && jq . \\
  file
```"""

    assert commands(page) == [
        ["date", "-u"],
        ["export", "A=1", f"B={SUBSTITUTED}"],
        ["kubectl", "get", "x", "--output", "jsonpath={a | b}"],
        ["xargs", "-n", "1", "kubectl", "patch", "1"],
        ["kubectl", "patch", "1"],
        ["jq", ".", "file"],
    ]
