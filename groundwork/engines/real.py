"""The real engine: the `pulumi` CLI on PATH with its provider plugins."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from groundwork.engines import cli
from groundwork.errors import ProgramError, UserError
from groundwork.graph import PROVIDER_PREFIX, Graph, Node, provider_urn, with_placeholders
from groundwork.project import Project, read_yaml
from groundwork.wire import decode

NAME: Final = "pulumi"

TRACEBACK: Final = "Traceback (most recent call last)"
# https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
OF_A_STATE: Final = ("encryptedkey", "encryptionsalt", "secretsprovider")
FRAME: Final = re.compile(r'File "([^"]+)", line (\d+)')


def available() -> bool:
    """Whether `pulumi` is on PATH."""
    return shutil.which("pulumi") is not None


def plan(project: Project, stack: str) -> Graph:
    """What the real engine plans for a stack that has no state.

    Nobody's backend is touched: the program runs in a disposable copy of the folder, with a state of its own and a
    token that opens nothing, so that providers check every argument and call nobody.
    """
    with _disposable(project, stack) as (folder, environment):
        _run(["stack", "init", stack, "--non-interactive"], folder, environment)
        steps = _preview(stack, folder, environment)
    return Graph.of(stack, NAME, [node_of(step["newState"]) for step in steps if "newState" in step])


def preview(project: Project, stack: str) -> list[dict[str, Any]]:
    """The steps of ``pulumi preview`` against the stack's own state, in the backend that is logged in to."""
    return _preview(stack, project.root, dict(os.environ))


def has_state(project: Project, stack: str) -> bool:
    """Whether the stack exists in a backend that this shell is set up for.

    Raises `UserError` where a backend is set up and cannot be read: its state may exist, and a plan that leaves it
    out would call every resource new.
    """
    if not _backend_is_set():
        return False
    try:
        return cli.export_if_any(project, stack) is not None
    except UserError as error:
        raise UserError(
            f"the backend cannot be read: {error.message}", "log in (pulumi login), or plan without state: --engine sdk"
        ) from None


def _backend_is_set() -> bool:
    if os.environ.get("PULUMI_BACKEND_URL") or os.environ.get("PULUMI_ACCESS_TOKEN"):
        return True
    home = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi"))
    try:
        credentials = json.loads((home / "credentials.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(credentials.get("current"))


@contextlib.contextmanager
def _disposable(project: Project, stack: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder that mirrors the project by links, with its own copy of the files that the CLI writes to."""
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
                    (folder / entry.name).write_text(_without_key(entry), encoding="utf-8")
            else:
                (folder / entry.name).symlink_to(entry)
        keep = {
            key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "GOOGLE_", "CLOUDSDK_"))
        }
        environment = {
            **keep,
            **{key: os.environ[key] for key in ("PULUMI_HOME",) if key in os.environ},
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "a state that lives for one plan",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # Providers refuse to start without a credential and, while they plan, use it for nothing that matters.
            "GOOGLE_OAUTH_ACCESS_TOKEN": "none",
        }
        yield folder, environment


def _without_key(settings: Path) -> str:
    """A settings file without what unlocks the secrets of its own state: that of a plan has another key."""
    kept = {key: value for key, value in read_yaml(settings).items() if key not in OF_A_STATE}
    return json.dumps(kept, default=str)  # JSON is YAML; a date is text to the engine too


def _preview(stack: str, folder: Path, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps of a preview; raises `ProgramError` with the engine's own errors where it fails."""
    output = _run(
        ["preview", "--json", "--stack", stack, "--show-sames", "--suppress-outputs", "--non-interactive"],
        folder,
        environment,
    )
    steps: list[dict[str, Any]] = json.loads(output).get("steps", [])
    return steps


def _run(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["pulumi", *arguments], cwd=folder, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise _failure(arguments[0], _reason(done.stdout, done.stderr), folder)
    return done.stdout


def _failure(command: str, reason: str, folder: Path) -> ProgramError:
    """What went wrong, in one message: of a program that raised, the line and the exception instead of a traceback."""
    if TRACEBACK not in reason:
        return ProgramError(
            f"pulumi {command} failed: {reason}", "to plan without the CLI and its plugins: --engine sdk"
        )
    frames = [
        (path.relative_to(folder), line)
        for file, line in FRAME.findall(reason)
        if (path := Path(file)).is_relative_to(folder) and ".venv" not in path.parts
    ]
    file, line = frames[-1] if frames else (Path("__main__.py"), "1")
    return ProgramError(f"{file}:{line}: the program failed: {_last_line(reason)}")


def _reason(stdout: str, stderr: str) -> str:
    """The errors that the engine names, each with its URN, or the last line that it printed."""
    try:
        diagnostics = json.loads(stdout).get("diagnostics", [])
    except ValueError:
        diagnostics = []
    errors = [
        f"{found['urn']}: {text}" if found.get("urn") else text
        for found in diagnostics
        if found.get("severity") == "error" and (text := str(found.get("message", "")).removeprefix("error: ").strip())
    ]
    return "\n".join(dict.fromkeys(errors)) or _last_line(stderr) or _last_line(stdout)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def node_of(state: Mapping[str, Any]) -> Node:
    """A node from a resource as previews and state files write it."""
    inputs = with_placeholders(decode(state.get("inputs") or {}))
    if not isinstance(inputs, dict):
        raise TypeError(f"inputs of {state['urn']} are no map")
    if str(state["type"]).startswith(PROVIDER_PREFIX):
        inputs.pop("version", None)  # the plugin's version, which the engine adds: a fact of the machine
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
