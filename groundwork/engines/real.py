"""The Pulumi engine: the `pulumi` CLI on PATH with its provider plugins."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from groundwork.engines import cli
from groundwork.errors import ProgramError, UserError
from groundwork.graph import PROVIDER_PREFIX, Graph, Node, provider_urn, with_placeholders
from groundwork.project import SECRETS_KEYS, Project
from groundwork.wire import decode
from groundwork.yaml_files import read_yaml

NAME: Final = "pulumi"

# Where the engine finds its plugins: in this folder, or at the addresses of running ones.
PLUGIN_VARIABLES: Final = frozenset({"PULUMI_HOME", "PULUMI_DEBUG_PROVIDERS", "PULUMI_DEBUG_LANGUAGES"})

TRACEBACK: Final = "Traceback (most recent call last)"

FRAME: Final = re.compile(r'File "([^"]+)", line (\d+)')


def available() -> bool:
    """Whether `pulumi` is on PATH."""
    return shutil.which("pulumi") is not None


def plan(project: Project, stack: str) -> Graph:
    """The engine's plan for a stack without state.

    No backend is changed: the program runs in a temporary copy of the folder with its own state and an invalid token,
    so that providers check all arguments and do not reach the cloud.
    """
    with _temporary_copy(project, stack) as (folder, environment):
        _run(["stack", "init", stack], folder, environment)
        steps = _preview(stack, folder, environment)
    return Graph.of(stack, NAME, [node_of(step["newState"]) for step in steps if "newState" in step])


def preview(project: Project, stack: str) -> list[dict[str, Any]]:
    """The steps of ``pulumi preview`` against the stack's own state, in the backend of the current login."""
    return _preview(stack, project.root, dict(os.environ))


def has_state(project: Project, stack: str) -> bool:
    """Whether the stack exists in the backend of the current login.

    Raises `UserError` where the backend cannot be read: the stack may have a state, and a plan without it would report
    every resource as new.
    """
    if not _has_login():
        return False
    try:
        return cli.export_if_exists(project, stack) is not None
    except UserError as error:
        raise UserError(
            f"the backend cannot be read: {error.message}",
            "log in with pulumi login, or plan without state with --engine sdk",
        ) from None


def _has_login() -> bool:
    """Whether a backend is set in the environment or by ``pulumi login``."""
    if os.environ.get("PULUMI_BACKEND_URL") or os.environ.get("PULUMI_ACCESS_TOKEN"):
        return True
    home = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi"))
    try:
        credentials = json.loads((home / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(credentials.get("current"))


@contextlib.contextmanager
def _temporary_copy(project: Project, stack: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder of links to the project's files, with copies of those that the CLI writes, and an environment for it."""
    settings = project.settings_file(stack)
    with tempfile.TemporaryDirectory(prefix="groundwork-") as temporary:
        folder, state = Path(temporary, "project"), Path(temporary, "state")
        folder.mkdir()
        state.mkdir()
        for entry in project.root.iterdir():
            if entry.name == ".git":
                continue
            if entry.name.startswith("Pulumi."):
                if entry.name == "Pulumi.yaml":
                    shutil.copy(entry, folder / entry.name)
                elif entry.name == settings.name:
                    (folder / entry.name).write_text(_without_secrets_keys(entry), encoding="utf-8")
            else:
                (folder / entry.name).symlink_to(entry)
        environment = {
            **{
                key: value
                for key, value in os.environ.items()
                if key in PLUGIN_VARIABLES or not key.startswith(("PULUMI_", "GOOGLE_", "CLOUDSDK_"))
            },
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "temporary state",
            # Providers do not start without a credential, and do not need a valid one for a plan.
            "GOOGLE_OAUTH_ACCESS_TOKEN": "none",
        }
        yield folder, environment


def _without_secrets_keys(settings: Path) -> str:
    """A settings file without the keys of its state's secrets: the temporary state has another passphrase."""
    kept = {key: value for key, value in read_yaml(settings).items() if key not in SECRETS_KEYS}
    return json.dumps(kept, default=str)  # JSON is YAML; the engine reads dates as text too


def _preview(stack: str, folder: Path, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps of a preview; raises `ProgramError` with the engine's errors where it fails."""
    output = _run(["preview", "--json", "--stack", stack, "--show-sames", "--suppress-outputs"], folder, environment)
    steps: list[dict[str, Any]] = json.loads(output).get("steps", [])
    return steps


def _run(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    done = cli.call(arguments, folder, environment)
    stdout, stderr = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
    if done.returncode != 0:
        raise _failure(arguments[0], _reason(stdout, stderr), folder)
    return stdout


def _failure(command: str, reason: str, folder: Path) -> ProgramError:
    """The error of a failed call; a traceback is reduced to its last line in the project and the exception."""
    if TRACEBACK not in reason:
        return ProgramError(f"pulumi {command} failed: {reason}", "--engine sdk plans without the CLI and its plugins")
    frames = [
        (path.relative_to(folder), line)
        for file, line in FRAME.findall(reason)
        if (path := Path(file)).is_relative_to(folder) and ".venv" not in path.parts
    ]
    file, line = frames[-1] if frames else (Path("__main__.py"), "1")
    return ProgramError(f"{file}:{line}: the program failed: {_last_line(reason)}")


def _reason(stdout: str, stderr: str) -> str:
    """The errors that the engine reports, each with its URN; otherwise the last line of its output."""
    try:
        diagnostics = json.loads(stdout).get("diagnostics", [])
    except ValueError:
        diagnostics = []
    errors = [
        f"{diagnostic['urn']}: {text}" if diagnostic.get("urn") else text
        for diagnostic in diagnostics
        if diagnostic.get("severity") == "error"
        and (text := str(diagnostic.get("message", "")).removeprefix("error: ").strip())
    ]
    return "\n".join(dict.fromkeys(errors)) or _last_line(stderr) or _last_line(stdout)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def node_of(state: Mapping[str, Any]) -> Node:
    """A node from a resource in the form of previews and state files."""
    inputs = with_placeholders(decode(state.get("inputs") or {}))
    if not isinstance(inputs, dict):
        raise TypeError(f"inputs of {state['urn']} are not a map")
    if str(state["type"]).startswith(PROVIDER_PREFIX):
        inputs.pop("version", None)  # the version of the installed plugin, which the engine adds
    return Node(
        urn=state["urn"],
        type=state["type"],
        name=str(state["urn"]).split("::", 3)[3],
        inputs=inputs,
        parent=state.get("parent") or None,
        custom=bool(state.get("custom")),
        dependencies=tuple(sorted(state.get("dependencies") or ())),
        property_dependencies={
            key: tuple(sorted(urns)) for key, urns in (state.get("propertyDependencies") or {}).items() if urns
        },
        provider=provider_urn(state.get("provider") or ""),
        protect=bool(state.get("protect")),
        retain_on_delete=bool(state.get("retainOnDelete")),
    )
