"""Runbooks have their shape, and every command that they show is one."""

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

OURS = {"groundwork", ".venv/bin/groundwork"}
ASKED = ("pulumi", "kubectl")  # tools whose --help is asked
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
TOOLS = {*OURS, *ASKED, *SHELL, "gcloud"}

SUBSTITUTED = "20260101"  # what any $( ) gives here: a date and a name

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(FOLDER)))
each_rebuild = pytest.mark.parametrize("page", REBUILDS, ids=lambda page: page.name)


# What a page shows


def fenced(text: str) -> str:
    """The shell of a page, one command a line."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(blocks).replace("\\\n", " ")


def split(line: str) -> Iterator[list[str]]:
    """The commands of a line, those in $( ) and those that xargs runs included, as words without quotes."""
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
    """The commands of a page, with the values of the variables that it exports before."""
    values = dict.fromkeys(re.findall(r"`export (\w+)=", text), "of the reader's choice")
    found = []
    for line in fenced(text).splitlines():
        for command in split(line):
            words = [string.Template(word).safe_substitute(values) for word in command]
            found.append(words)
            if words[0] == "export":
                values |= {name: value for name, _, value in (word.partition("=") for word in words[1:])}
    return found


def numbered(text: str) -> list[tuple[int, str]]:
    """The steps of a rebuild: headings that begin with a number, and what follows them."""
    pieces = re.split(r"^#{2,3} (\d+)\. ", text, flags=re.MULTILINE)
    return [(int(number), step) for number, step in zip(pieces[1::2], pieces[2::2], strict=True)]


def parts(step: str) -> list[str]:
    """The words that begin the parts of a step, bold or not."""
    return re.findall(rf"^(?:\*\*)?({'|'.join(PARTS)})(?:\*\*|:)", step, flags=re.MULTILINE)


# What a tool knows


def wrong_in_ours(words: Sequence[str]) -> str | None:
    """What `groundwork` would not understand."""
    command: click.Command = cli
    known = _options(cli)
    rest = iter(words)
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
def manual(*command: str) -> str | None:
    """What a tool says of itself; None where it does not know the command."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run([*command], check=False, capture_output=True, text=True, env=environment)
    return answer.stdout if answer.returncode == 0 else None


def wrong_in(tool: str, words: Sequence[str]) -> str | None:
    """What `pulumi` or `kubectl` would not understand, by its own --help."""
    path, text = [tool], manual(tool, "--help") or ""
    for word in words:
        deeper = manual(*path, word, "--help") if not word.startswith("-") else text
        if deeper is not None and deeper != text:
            path, text = [*path, word], deeper
        elif re.search(r"^[A-Z].*Commands.*:$", text, flags=re.MULTILINE) and not word.startswith("-"):
            return f"{' '.join(path)} has no command {word}"
        else:
            break
    everywhere = manual("kubectl", "options") or "" if tool == "kubectl" else ""
    for word in words:
        if word == "--":  # what follows is another tool's
            break
        name = word.split("=")[0]
        if name.startswith("-") and not re.search(rf"(?<![\w-]){name}(?![\w-])", text + everywhere):
            return f"{' '.join(path)} has no option {name}"
    return None


# The shape


@each_rebuild
def test_a_rebuild_has_its_header(page: Path) -> None:
    """Who decides, what it takes, how long to try, and when it was last drilled."""
    text = re.split(r"^#{2,3} 1\. ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[0]

    assert [row for row in HEADER if f"| {row} |" not in text and f"**{row}**" not in text] == []


@each_rebuild
def test_a_promise_is_the_one_of_the_settings(page: Path) -> None:
    """Recovery time and point are those of the file that the header links."""
    pattern = r"(\d+) minutes / (\d+) minutes \(`recovery` in \[[^]]+\]\(\.\./([^)]+)\)\)"
    promised = re.findall(pattern, page.read_text(encoding="utf-8"))

    for time, point, file in promised:
        recovery = YAML(typ="safe").load(ROOT / file)["config"]["groundwork:recovery"]

        assert (recovery["rto_minutes"], recovery["rpo_minutes"]) == (int(time), int(point))


@each_rebuild
def test_steps_are_numbered_without_a_gap(page: Path) -> None:
    """They count from one."""
    numbers = [number for number, _ in numbered(page.read_text(encoding="utf-8"))]

    assert numbers
    assert numbers == list(range(1, len(numbers) + 1))


@each_rebuild
def test_each_step_has_its_four_parts(page: Path) -> None:
    """Command with a fence, expected, otherwise, undo, in this order."""
    steps = numbered(page.read_text(encoding="utf-8"))

    assert [number for number, step in steps if parts(step) != PARTS] == []
    assert [number for number, step in steps if "```sh" not in step.partition("Expected")[0]] == []


def test_a_step_without_an_undo_is_seen() -> None:
    """The parts are read, not assumed."""
    assert parts("**Command**\n\n**Expected**: it works\n\n**Otherwise**: it does not\n") == PARTS[:3]


@each_page
def test_links_and_files_are_there(page: Path) -> None:
    """Links lead to files, and what looks like a path of this repository is one."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text)
    named = re.findall(r"`((?:[\w.-]+/)*[\w.-]+)`", text)
    ours = [
        path for path in named if path.startswith("Pulumi.") or ("/" in path and (ROOT / path.split("/")[0]).is_dir())
    ]

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [path for path in ours if not (ROOT / path).exists()] == []


def test_the_index_names_every_runbook() -> None:
    """What is not in the index is not found at night."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert [str(path) for page in PAGES if f"({(path := page.relative_to(FOLDER))})" not in index] == ["README.md"]


# The commands


@each_page
def test_commands_are_of_known_tools(page: Path) -> None:
    """Nobody installs a tool in the night."""
    assert {command[0] for command in commands(page.read_text(encoding="utf-8"))} <= TOOLS


@each_page
def test_variables_are_exported_before_they_are_used(page: Path) -> None:
    """A page can be followed from its top in one shell."""
    words = [word for command in commands(page.read_text(encoding="utf-8")) for word in command]

    assert [word for word in words if re.search(r"\$\{?[A-Z]", word)] == []


@each_page
def test_our_own_commands_exist(page: Path) -> None:
    """Every command of `groundwork` is there, with the options that are shown."""
    shown = [command[1:] for command in commands(page.read_text(encoding="utf-8")) if command[0] in OURS]

    assert [wrong for words in shown if (wrong := wrong_in_ours(words))] == []


def test_a_command_that_is_not_ours_is_seen() -> None:
    """Commands and options are looked up."""
    assert wrong_in_ours(["check", "-s", "dr", "--json"]) is None
    assert wrong_in_ours(["chek"]) == "cli has no command chek"
    assert wrong_in_ours(["check", "--stac", "dr"]) == "check has no option --stac"


@each_page
@pytest.mark.parametrize("tool", ASKED)
def test_commands_of_other_tools_exist(tool: str, page: Path) -> None:
    """Every command of pulumi and kubectl is there, with the options that are shown."""
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool} on PATH")
    shown = [command[1:] for command in commands(page.read_text(encoding="utf-8")) if command[0] == tool]

    assert [wrong for words in shown if (wrong := wrong_in(tool, words))] == []


@pytest.mark.parametrize(
    ("tool", "right", "command", "option"),
    [
        ("pulumi", "stack output buckets --json -s dr", "stack outputs", "up --policypack policy"),
        ("kubectl", "rollout status deployment/x --timeout 5m --namespace y", "rollout begin", "get pods --name x"),
    ],
)
def test_a_command_that_another_tool_lacks_is_seen(tool: str, right: str, command: str, option: str) -> None:
    """The tool's own help decides."""
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool} on PATH")

    assert wrong_in(tool, right.split()) is None
    assert "has no command" in str(wrong_in(tool, command.split()))
    assert "has no option" in str(wrong_in(tool, option.split()))


def lint(shown: Sequence[Sequence[str]], folder: Path) -> list[str]:
    """What gcloud's own check of command lines says against them; it needs no project and no network."""
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
    wrong = {one["command_string"]: one["error_message"] for one in json.loads(answer.stdout) if not one["success"]}
    # It takes what follows a switch for the switch's value, and then complains about that.
    return [f"{line}: {why}" for line, why in wrong.items() if "ignored explicit argument" not in why]


@each_page
def test_commands_of_gcloud_exist(page: Path, tmp_path: Path) -> None:
    """Every command of gcloud is there, with options that it takes and none that it misses."""
    if shutil.which("gcloud") is None:
        pytest.skip("needs gcloud on PATH")
    shown = [command for command in commands(page.read_text(encoding="utf-8")) if command[0] == "gcloud"]

    assert not shown or lint(shown, tmp_path) == []


def test_a_command_that_gcloud_lacks_is_seen(tmp_path: Path) -> None:
    """An invented option and an invented command are refused."""
    if shutil.which("gcloud") is None:
        pytest.skip("needs gcloud on PATH")

    assert len(lint([["gcloud", "sql", "instances", "list", "--bogus"], ["gcloud", "sql", "lost"]], tmp_path)) == 2


def test_outputs_that_are_read_are_exported() -> None:
    """`pulumi stack output NAME` names an output of the program."""
    program = ast.parse((ROOT / "stacks" / "platform.py").read_text(encoding="utf-8"))
    export = next(node for node in ast.walk(program) if isinstance(node, ast.FunctionDef) and node.name == "export")
    keys = [key for node in ast.walk(export) if isinstance(node, ast.Dict) for key in node.keys]
    exported = {key.value for key in keys if isinstance(key, ast.Constant)}
    shown = [command for page in PAGES for command in commands(page.read_text(encoding="utf-8"))]
    read = {command[3] for command in shown if command[:3] == ["pulumi", "stack", "output"]}

    assert read
    assert read <= exported


def test_shell_is_read_as_a_shell_reads_it() -> None:
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
