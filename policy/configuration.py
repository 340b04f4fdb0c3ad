"""What the rules are set to, stack by stack, and who may break one until when: ``policy/policies.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from groundwork.graph import Node
from policy.rules import AnyRule
from policy.rules._rule import Level, Parameters

FILE: Final = Path(__file__).with_name("policies.yaml")
SHOWN: Final = "policy/policies.yaml"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ConfigurationError(ValueError):
    """The file cannot be used; the message has a line for each problem, with its key path and what would be right."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleSettings(_Section):
    """How strict a rule is, and its parameters, where they are not what the rule says itself."""

    level: Level | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class Waiver(_Section):
    """Leave to break a rule. `resource` is a resource's name or URN, or a pattern as file names have them."""

    rule: Text
    resource: Text
    stacks: Annotated[tuple[Text, ...], Field(min_length=1)]
    owner: Text = Field(description="who answers for it, and mends or renews it in time")
    reason: Text
    until: dt.date = Field(description="the last day on which it holds")

    def covers(self, node: Node) -> bool:
        """Whether the resource is meant."""
        return fnmatchcase(node.name, self.resource) or fnmatchcase(node.urn, self.resource)


class File(_Section):
    """The whole file."""

    rules: dict[Text, RuleSettings] = Field(default_factory=dict)
    stacks: dict[Text, dict[Text, RuleSettings]] = Field(default_factory=dict)
    waivers: dict[Text, Waiver] = Field(default_factory=dict)


@dataclass(frozen=True)
class Configured:
    """A rule as a stack has it."""

    rule: AnyRule
    level: Level
    parameters: Parameters


@dataclass(frozen=True)
class Configuration:
    """All rules of a stack, and the waivers that hold there, by key."""

    rules: Mapping[str, Configured]
    waivers: Mapping[str, Waiver]

    def waiver(self, rule: str, node: Node) -> str | None:
        """The key of a waiver that lets a resource break a rule."""
        return next((key for key, found in self.waivers.items() if found.rule == rule and found.covers(node)), None)


def load(stack: str, known: Sequence[AnyRule], today: dt.date, file: Path = FILE) -> Configuration:
    """The configuration of a stack; raises `ConfigurationError` for what cannot be meant, with every problem."""
    data = _read(file)
    by_name = {rule.name: rule for rule in known}
    problems = list(_problems(data, by_name, today))
    configured: dict[str, Configured] = {}
    for name, rule in by_name.items():
        general, own = data.rules.get(name, RuleSettings()), data.stacks.get(stack, {}).get(name, RuleSettings())
        try:
            parameters = rule.parameters(**{**general.parameters, **own.parameters})
        except ValidationError as error:
            place = f"stacks.{stack}.{name}" if own.parameters else f"rules.{name}"
            problems += [f"{SHOWN}: {place}.parameters.{line}" for line in _lines(error)]
        else:
            configured[name] = Configured(rule, own.level or general.level or rule.level, parameters)
    if problems:
        raise ConfigurationError("\n".join(problems))
    return Configuration(configured, {key: found for key, found in data.waivers.items() if stack in found.stacks})


def _read(file: Path) -> File:
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
        return File.model_validate(data or {})
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ConfigurationError(f"{SHOWN}: cannot be read: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ConfigurationError("\n".join(f"{SHOWN}: {line}" for line in _lines(error))) from None


def _problems(data: File, rules: Mapping[str, AnyRule], today: dt.date) -> Iterator[str]:
    """What each entry by itself does not show: rules that are not there, and waivers that have ended."""
    named = [("rules", name) for name in data.rules]
    named += [(f"stacks.{stack}", name) for stack, found in data.stacks.items() for name in found]
    for place, name in named:
        if name not in rules:
            yield f"{SHOWN}: {place}.{name}: there is no such rule; one of {', '.join(sorted(rules))}"
    for key, waiver in data.waivers.items():
        if waiver.rule not in rules:
            yield (f"{SHOWN}: waivers.{key}.rule: there is no rule {waiver.rule!r}; one of {', '.join(sorted(rules))}")
        if waiver.until < today:
            yield (
                f"{SHOWN}: waivers.{key}.until: it ended on {waiver.until}; "
                f"{waiver.owner} mends {waiver.resource} and takes the waiver out, or renews it with a reason"
            )


def _lines(error: ValidationError) -> Iterator[str]:
    """One line for each problem, with its path."""
    for found in error.errors():
        path = ".".join(str(part) for part in found["loc"] if part != "[key]")
        what = {"missing": "is missing", "extra_forbidden": "is no key of this entry"}.get(
            found["type"], found["msg"].removeprefix("Value error, ")
        )
        yield f"{path}: {what}"
