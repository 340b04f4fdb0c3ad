"""From text to `Settings`: the one place that reads a settings file or the program's configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stacks.settings.clusters import Cluster, GpuPool
from stacks.settings.data import Bucket, Mount
from stacks.settings.model import Settings
from stacks.settings.network import Network, Projects
from stacks.settings.problems import PREFIX, Problem, SettingsError, suggest, translate
from stacks.settings.ranges import overlaps
from stacks.settings.references import Draft, check
from stacks.settings.teams import Group, Team

ALLOWED_ELSEWHERE = ("pulumi:",)

Entry = TypeVar("Entry", bound=BaseModel)


def load() -> Settings:
    """The settings of the stack that runs, from the program's own configuration.

    Raises `pulumi.RunError`, which the engines show without a traceback, with every problem in it.
    """
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        return settings_of(_configuration(), file)
    except SettingsError as error:
        raise pulumi.RunError(f"the settings cannot be used\n{error}") from None


def _configuration() -> dict[str, Any]:
    """All configuration of the program: sections arrive as JSON text, single values as they are."""
    values = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    return {key: _parsed(value) for key, value in values.items()}


def _parsed(value: Any) -> Any:
    """A section is JSON text that starts with a brace or a bracket; anything else is plain text."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def read_file(path: Path) -> Settings:
    """The settings in a ``Pulumi.<stack>.yaml``; raises `SettingsError` with every problem and its line."""
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError([Problem(name, "", "no such file", _stacks_beside(path))]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(name, "", f"cannot be read: {error}", "a text file in UTF-8")]) from None
    document = _parse(text, name)
    configuration = document.get("config")
    if not isinstance(configuration, CommentedMap):
        raise SettingsError([Problem(name, "config", "is missing", f"settings stand under config as {PREFIX}<key>")])
    try:
        return settings_of(_plain(configuration), name)
    except SettingsError as error:
        raise SettingsError(sorted(_with_lines(error.problems, configuration), key=_by_line)) from None


def _stacks_beside(path: Path) -> str:
    stacks = sorted(
        found.name.removeprefix("Pulumi.").removesuffix(".yaml") for found in path.parent.glob("Pulumi.*.yaml")
    )
    return suggest(path.name.removeprefix("Pulumi.").removesuffix(".yaml"), stacks)


def _parse(text: str, name: str) -> CommentedMap:
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        what = (error.problem or error.context or "cannot be parsed").split("\n")[0]
        raise SettingsError([Problem(name, "", f"is not YAML: {what}", "", line)]) from None
    except YAMLError as error:
        raise SettingsError([Problem(name, "", f"is not YAML: {str(error).splitlines()[0]}")]) from None
    if not isinstance(document, CommentedMap):
        raise SettingsError([Problem(name, "", "holds no map", "it starts with config:")])
    return document


def _plain(value: Any) -> Any:
    """Plain Python values, without the parser's own classes for text and numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return str(value)  # a date, say: a field that wants text will say so


def _by_line(problem: Problem) -> tuple[int, str, str]:
    return (problem.line or 0, problem.path, problem.message)


def _with_lines(problems: list[Problem], configuration: CommentedMap) -> list[Problem]:
    """The same problems with the line of the nearest key that the file has."""
    return [
        Problem(found.file, found.path, found.message, found.hint, _line(configuration, found.path))
        for found in problems
    ]


def _line(configuration: CommentedMap, path: str) -> int | None:
    """The line, counted from 1, of the deepest part of `path` that the file has."""
    here: Any = configuration
    line: int | None = None
    for part in path.replace("[", ".[").split("."):
        try:
            if part.startswith("[") and isinstance(here, CommentedSeq):
                index = int(part[1:-1])
                line, here = here.lc.item(index)[0] + 1, here[index]
            elif isinstance(here, CommentedMap) and part in here:
                line, here = here.lc.key(part)[0] + 1, here[part]
            else:
                return line
        except (KeyError, IndexError, AttributeError):
            return line
    return line


def settings_of(configuration: Mapping[str, Any], file: str) -> Settings:
    """The settings in a stack's configuration; raises `SettingsError` with every problem at once.

    `configuration` has the file's own keys, with their namespaces.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    known = [f"{PREFIX}{name}" for name in Settings.model_fields]
    for key, value in configuration.items():
        if key.startswith(PREFIX):
            values[key.removeprefix(PREFIX)] = value
        elif not key.startswith(ALLOWED_ELSEWHERE):
            hint = suggest(key if ":" in key else f"{PREFIX}{key}", known)
            problems.append(Problem(file, key, "unknown key", hint))
    problems.extend(_secrets(values, file))
    try:
        settings: Settings | None = Settings.model_validate(values)
    except ValidationError as error:
        settings = None
        problems.extend(translate(error, Settings, file))
    problems.extend(overlaps(values, file))
    problems.extend(check(_draft(values, file)))
    if problems or settings is None:
        raise SettingsError(sorted(set(problems), key=_by_line))
    return settings


def _secrets(values: dict[str, Any], file: str) -> list[Problem]:
    """Settings hold no secrets; an encrypted value is taken out and reported."""
    found = [key for key, value in values.items() if isinstance(value, Mapping) and set(value) == {"secure"}]
    for key in found:
        del values[key]
    hint = "settings are read in pull requests; keep secrets in Secret Manager"
    return [Problem(file, f"{PREFIX}{key}", "is an encrypted value", hint) for key in found]


def _draft(values: Mapping[str, Any], file: str) -> Draft:
    """What of the settings is valid by itself, section by section and entry by entry."""
    keys: dict[str, frozenset[str]] = {}

    def entries(name: str, model: type[Entry]) -> dict[str, Entry]:
        section = values.get(name)
        given = section if isinstance(section, Mapping) else {}
        keys[name] = frozenset(str(key) for key in given)
        valid = {str(key): _valid(model, entry) for key, entry in given.items()}
        return {key: entry for key, entry in valid.items() if entry is not None}

    return Draft(
        file=file,
        keys=keys,
        projects=_valid(Projects, values.get("projects")),
        network=_valid(Network, values.get("network")),
        groups=entries("groups", Group),
        teams=entries("teams", Team),
        clusters=entries("clusters", Cluster),
        gpu_pools=entries("gpu_pools", GpuPool),
        buckets=entries("buckets", Bucket),
        mounts=entries("mounts", Mount),
    )


def _valid(model: type[Entry], value: object) -> Entry | None:
    """The value as the model, or None where it is not one."""
    try:
        return model.model_validate(value)
    except ValidationError:
        return None
