"""Reading of a settings file or of the program's configuration."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import ValidationError

from stacks.settings.checks import CHECKS, LOCAL_CHECKS, LOCAL_REFERENCE_CHECKS, REFERENCE_CHECKS
from stacks.settings.checks.context import Context
from stacks.settings.core import yaml_document
from stacks.settings.core.encrypted import encrypted, encrypted_problem, without
from stacks.settings.core.partial import partial
from stacks.settings.core.problems import (
    CLOUD_KEY,
    CLOUD_KEY_HINT,
    DEEP,
    LOCAL_KEY,
    LOCAL_KEY_HINT,
    PREFIX,
    OtherKind,
    Place,
    Problem,
    SettingsError,
    translate,
)
from stacks.settings.core.renamed import renamed
from stacks.settings.core.spelling import suggest
from stacks.settings.core.unknown import until_unknown
from stacks.settings.model.cloud import Settings
from stacks.settings.model.local import LOCAL, Local
from stacks.settings.model.tenancy import Tenancy

SettingsT = TypeVar("SettingsT", bound=Tenancy)

OTHER_NAMESPACES: Final = ("pulumi:",)  # keys of Pulumi's own
OTHER_KINDS: Final = {
    Settings: OtherKind(Local, LOCAL_KEY, LOCAL_KEY_HINT),
    Local: OtherKind(Settings, CLOUD_KEY, CLOUD_KEY_HINT),
}


def load() -> Settings | Local:
    """The settings of the current stack, from the program's configuration.

    Raises `pulumi.RunError` with every problem, which the engines show without a traceback.
    """
    file = f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        return any_of(_configuration(), file)
    except SettingsError as error:
        raise pulumi.RunError(f"the settings cannot be used\n{error}") from None


def _configuration() -> dict[str, Any]:
    """All configuration of the program; sections are JSON text, single values are plain."""
    values = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    return {key: _parsed(value) for key, value in values.items()}


def _parsed(value: Any) -> Any:
    """The value of a section, which is JSON text that starts with a brace or a bracket; other values are plain text."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def read_any(path: Path) -> Settings | Local:
    """The settings in a ``Pulumi.<stack>.yaml``; raises `SettingsError` with every problem and its line."""
    name = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError([Problem(name, "", "no such file", _similar_stack(path))]) from None
    except (OSError, ValueError) as error:  # another encoding, or a name that no file can have
        raise SettingsError([Problem(name, "", f"cannot be read: {error}", "a text file in UTF-8")]) from None
    section = yaml_document.configuration(yaml_document.parse(text, name), name)
    try:
        return any_of(yaml_document.plain(section, name), name)
    except SettingsError as error:
        problems = [replace(problem, line=yaml_document.line_of(section, problem.path)) for problem in error.problems]
        raise SettingsError(sorted(problems, key=_by_line)) from None


def _similar_stack(path: Path) -> str:
    """A hint that names the stacks in the folder of a missing file."""
    stacks = [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in path.parent.glob("Pulumi.*.yaml")]
    return suggest(path.name.removeprefix("Pulumi.").removesuffix(".yaml"), stacks)


def _by_line(problem: Problem) -> tuple[int, str, str]:
    return (problem.line or 0, problem.path, problem.message)


def any_of(configuration: Mapping[str, Any], file: str) -> Settings | Local:
    """The settings in a stack's configuration; raises `SettingsError` with every problem at once.

    `configuration` has the keys of the file, with their namespaces. The environment decides which model it follows.
    """
    local = configuration.get(f"{PREFIX}environment") == LOCAL
    model = Local if local else Settings
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    known = [f"{PREFIX}{name}" for name in model.model_fields]
    for key, value in configuration.items():
        if key.startswith(PREFIX):
            values[key.removeprefix(PREFIX)] = value
        elif not key.startswith(OTHER_NAMESPACES):
            hint = suggest(key if ":" in key else f"{PREFIX}{key}", known)
            problems.append(Problem(file, key, "unknown key", hint))
    already_reported = _encrypted(values, file)
    problems.extend(encrypted_problem(place, file) for place in already_reported)
    values = without(values, already_reported)
    for problem, places in renamed(values, file):
        problems.append(problem)
        already_reported.extend(places)
    settings: Settings | Local | None = None
    try:
        settings = model.model_validate(values)
    except ValidationError as error:
        problems.extend(translate(error, model, file, already_reported, OTHER_KINDS[model]))
    if local:
        problems.extend(_checked(Local, values, file, already_reported, LOCAL_REFERENCE_CHECKS, LOCAL_CHECKS))
    else:
        problems.extend(_checked(Settings, values, file, already_reported, REFERENCE_CHECKS, CHECKS))
    if problems or settings is None:
        raise SettingsError(sorted(set(problems), key=_by_line))
    return settings


def _checked(
    model: type[SettingsT],
    values: Mapping[str, Any],
    file: str,
    already_reported: Sequence[Place],
    reference_checks: Iterable[Callable[[Context[SettingsT]], Iterator[tuple[Problem, Place]]]],
    checks: Iterable[Callable[[Context[SettingsT]], Iterator[Problem]]],
) -> Iterator[Problem]:
    """Every problem that more than one value shows."""
    unknown = list(already_reported)
    context = Context(file, partial(model, values, unknown))
    for reference_check in reference_checks:
        for problem, place in [*until_unknown(reference_check(context))]:
            yield problem
            unknown.append(place)
        context = Context(file, partial(model, values, unknown))
    for check in checks:
        yield from until_unknown(check(context))


def _encrypted(values: Mapping[str, Any], file: str) -> list[Place]:
    try:
        return list(encrypted(values))
    except RecursionError:
        raise SettingsError([Problem(file, "", DEEP)]) from None
