"""From text to `Settings`: the one place that reads a settings file or the program's configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import ValidationError

from stacks.settings.checks import (
    bucket_checks,
    compute_class_checks,
    entry_checks,
    identity_checks,
    local_checks,
    mesh_checks,
    mount_checks,
    names,
    network_checks,
    network_policy_checks,
    queue_checks,
    references,
    residency_checks,
    service_checks,
    shared_checks,
    team_checks,
)
from stacks.settings.checks.context import Draft, draft_of
from stacks.settings.checks.range_checks import overlaps
from stacks.settings.core import yaml_document
from stacks.settings.core.encrypted import encrypted, encrypted_problem, without
from stacks.settings.core.problems import (
    CLOUD_KEY,
    CLOUD_KEY_HINT,
    DEEP,
    LOCAL_KEY,
    LOCAL_KEY_HINT,
    PREFIX,
    Elsewhere,
    Place,
    Problem,
    SettingsError,
    suggest,
    translate,
)
from stacks.settings.core.renamed import renamed
from stacks.settings.model import grants
from stacks.settings.model.cloud import Settings
from stacks.settings.model.local import LOCAL, Local

ALLOWED_ELSEWHERE = ("pulumi:",)
ELSEWHERE: Final = {
    Settings: Elsewhere(Local, LOCAL_KEY, LOCAL_KEY_HINT),
    Local: Elsewhere(Settings, CLOUD_KEY, CLOUD_KEY_HINT),
}


def load() -> Settings | Local:
    """The settings of the stack that runs, from the program's own configuration.

    Raises `pulumi.RunError`, which the engines show without a traceback, with every problem in it.
    """
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        return any_of(_configuration(), file)
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
    except (ValueError, RecursionError):
        return value


def read_file(path: Path) -> Settings:
    """The settings in the ``Pulumi.<stack>.yaml`` of a cloud stack; raises `SettingsError`, of a local one as well."""
    return _cloud(read_any(path), path.name)


def read_any(path: Path) -> Settings | Local:
    """The settings in a ``Pulumi.<stack>.yaml``; raises `SettingsError` with every problem and its line."""
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError([Problem(name, "", "no such file", _stacks_beside(path))]) from None
    except (OSError, ValueError) as error:  # another encoding, or a name that no file can have
        raise SettingsError([Problem(name, "", f"cannot be read: {error}", "a text file in UTF-8")]) from None
    section = yaml_document.configuration(yaml_document.parse(text, name), name)
    try:
        return any_of(yaml_document.plain(section, name), name)
    except SettingsError as error:
        found = [replace(problem, line=yaml_document.line_of(section, problem.path)) for problem in error.problems]
        raise SettingsError(sorted(found, key=_by_line)) from None


def _stacks_beside(path: Path) -> str:
    stacks = sorted(
        found.name.removeprefix("Pulumi.").removesuffix(".yaml") for found in path.parent.glob("Pulumi.*.yaml")
    )
    return suggest(path.name.removeprefix("Pulumi.").removesuffix(".yaml"), stacks)


def _by_line(problem: Problem) -> tuple[int, str, str]:
    return (problem.line or 0, problem.path, problem.message)


def _cloud(settings: Settings | Local, file: str) -> Settings:
    if isinstance(settings, Local):
        raise SettingsError([Problem(file, f"{PREFIX}environment", "this stack is local", "a stack in the cloud")])
    return settings


def settings_of(configuration: Mapping[str, Any], file: str) -> Settings:
    """The settings in the configuration of a cloud stack; raises `SettingsError`, of a local one as well."""
    return _cloud(any_of(configuration, file), file)


def any_of(configuration: Mapping[str, Any], file: str) -> Settings | Local:
    """The settings in a stack's configuration; raises `SettingsError` with every problem at once.

    `configuration` has the file's own keys, with their namespaces. The environment decides which model it follows.
    """
    model = Local if configuration.get(f"{PREFIX}environment") == LOCAL else Settings
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    known = [f"{PREFIX}{name}" for name in model.model_fields]
    for key, value in configuration.items():
        if key.startswith(PREFIX):
            values[key.removeprefix(PREFIX)] = value
        elif not key.startswith(ALLOWED_ELSEWHERE):
            hint = suggest(key if ":" in key else f"{PREFIX}{key}", known)
            problems.append(Problem(file, key, "unknown key", hint))
    told = _encrypted(values, file)
    problems.extend(encrypted_problem(place, file) for place in told)
    values = without(values, told)
    for problem, places in renamed(values, file):
        problems.append(problem)
        told.extend(places)
    settings: Settings | Local | None = None
    try:
        settings = model.model_validate(values)
    except ValidationError as error:
        problems.extend(translate(error, model, file, told, ELSEWHERE[model]))
    problems.extend(_together(model, values, draft_of(values, file), told))
    if problems or settings is None:
        raise SettingsError(sorted(set(problems), key=_by_line))
    return settings


def _together(
    model: type[Settings | Local], values: Mapping[str, Any], draft: Draft, told: Sequence[Place]
) -> Iterator[Problem]:
    """Every problem that takes more than one value to see."""
    if model is Local:
        yield from local_checks.check(values, draft)
        return
    yield from overlaps(values, draft.file)
    for part in (entry_checks, grants, identity_checks, service_checks):
        yield from part.check(values, draft.file)
    yield from names.check(draft)
    yield from references.lost(values, draft)
    yield from references.check(draft)
    for subject in (bucket_checks, compute_class_checks, mount_checks, residency_checks, network_policy_checks):
        yield from subject.check(draft)
    yield from network_checks.check(values, draft)
    yield from shared_checks.check(draft)
    yield from team_checks.check(values, draft, told)
    yield from queue_checks.check(values, draft)
    yield from mesh_checks.check(values, draft)


def _encrypted(values: Mapping[str, Any], file: str) -> list[Place]:
    try:
        return list(encrypted(values))
    except RecursionError:
        raise SettingsError([Problem(file, "", DEEP)]) from None
