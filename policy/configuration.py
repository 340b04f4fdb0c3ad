"""Levels and parameters of the rules by stack, and waivers: ``policy/policies.yaml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import Field

from groundwork.documents import Model, Names, Place, Problems, Text, read, shown, suggest
from groundwork.graph import Node
from policy.rules import AnyRule
from policy.rules._rule import Level, Parameters

FILE: Final = Path(__file__).with_name("policies.yaml")
SHOWN: Final = "policy/policies.yaml"

M = TypeVar("M", bound=Model)

# Rules by the names that they had in earlier files.
RENAMED: Final[Mapping[str, str]] = {
    "experiments": "fault-injection",
    "experiments-overdue": "fault-injection-overdue",
    "namespace-walls": "default-deny",
}


class RuleSettings(Model):
    """The level and the parameters of a rule, where they differ from those of the rule's source."""

    level: Level | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class Waiver(Model):
    """A permission to violate a rule. `resource` is a resource's name or URN, or a glob pattern."""

    rule: Text
    resource: Text
    stacks: Names = Field(min_length=1)
    owner: Text = Field(description="who fixes the violation, or renews the waiver in time")
    reason: Text
    until: dt.date = Field(description="the last day of the waiver")

    def covers(self, node: Node) -> bool:
        """Whether the waiver is for this resource."""
        return fnmatchcase(node.name, self.resource) or fnmatchcase(node.urn, self.resource)


class Sections(Model):
    """The sections of the file; their entries are read one by one, so that a wrong one hides no other problem."""

    rules: Any = Field(default_factory=dict)
    stacks: Any = Field(default_factory=dict)
    waivers: Any = Field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """The valid entries of the file: rules for all stacks, rules by stack, and waivers."""

    rules: Mapping[str, RuleSettings]
    stacks: Mapping[str, Mapping[str, RuleSettings]]
    waivers: Mapping[str, Waiver]


@dataclass(frozen=True)
class Configured:
    """A rule with the level and the parameters that it has for a stack."""

    rule: AnyRule
    level: Level
    parameters: Parameters


@dataclass(frozen=True)
class Configuration:
    """All rules of a stack, and its waivers, by name."""

    rules: Mapping[str, Configured]
    waivers: Mapping[str, Waiver]

    def waiver(self, rule: str, node: Node) -> str | None:
        """The name of the waiver that permits a resource to violate a rule."""
        return next(
            (name for name, waiver in self.waivers.items() if waiver.rule == rule and waiver.covers(node)), None
        )


def load(stack: str, rules: Sequence[AnyRule], today: dt.date, file: Path = FILE) -> Configuration:
    """The configuration of a stack; raises `UserError` with every problem of the file."""
    problems = Problems(read(file, SHOWN))
    by_name = {rule.name: rule for rule in rules}
    data = _read(problems)
    _check_rules(data, by_name, problems)
    _check_waivers(data, by_name, today, problems)
    problems.finish()
    return Configuration(
        {name: _configured(rule, data, stack) for name, rule in by_name.items()},
        {name: waiver for name, waiver in data.waivers.items() if stack in waiver.stacks},
    )


def _read(problems: Problems) -> File:
    value = problems.document.value
    sections = problems.read(Sections, {} if value is None else value) or Sections()
    stacks = _map(sections.stacks, ("stacks",), problems)
    return File(
        _entries(RuleSettings, sections.rules, ("rules",), problems),
        {stack: _entries(RuleSettings, entries, ("stacks", stack), problems) for stack, entries in stacks.items()},
        _entries(Waiver, sections.waivers, ("waivers",), problems),
    )


def _entries(model: type[M], value: object, place: Place, problems: Problems) -> Mapping[str, M]:
    """The valid entries of a map."""
    entries = {key: problems.read(model, entry, (*place, key)) for key, entry in _map(value, place, problems).items()}
    return {key: entry for key, entry in entries.items() if entry is not None}


def _map(value: object, place: Place, problems: Problems) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return {str(key): entry for key, entry in value.items()}
    problems.add(place, f"expected a map of keys, found {shown(value)}")
    return {}


def _configured(rule: AnyRule, data: File, stack: str) -> Configured:
    general = data.rules.get(rule.name, RuleSettings())
    own = data.stacks.get(stack, {}).get(rule.name, RuleSettings())
    parameters = rule.parameters.model_validate({**general.parameters, **own.parameters})
    return Configured(rule, own.level or general.level or rule.level, parameters)


def _settings(data: File) -> Iterator[tuple[Place, str, RuleSettings]]:
    """Every entry of a rule with its place."""
    for name, settings in data.rules.items():
        yield ("rules", name), name, settings
    for stack, entries in data.stacks.items():
        for name, settings in entries.items():
            yield ("stacks", stack, name), name, settings


def _check_rules(data: File, rules: Mapping[str, AnyRule], problems: Problems) -> None:
    for place, name, settings in _settings(data):
        if name in rules:
            problems.read(rules[name].parameters, settings.parameters, (*place, "parameters"))
        else:
            problems.add(place, *_unknown(name, rules))


def _check_waivers(data: File, rules: Mapping[str, AnyRule], today: dt.date, problems: Problems) -> None:
    for name, waiver in data.waivers.items():
        if waiver.rule not in rules:
            problems.add(("waivers", name, "rule"), *_unknown(waiver.rule, rules))
        if waiver.until < today:
            problems.add(
                ("waivers", name, "until"),
                f"the waiver ended on {waiver.until}",
                f"{waiver.owner}: fix {waiver.resource} and remove the waiver, or renew it with a reason",
            )


def _unknown(name: str, rules: Mapping[str, AnyRule]) -> tuple[str, str]:
    """Message and hint for a rule that does not exist."""
    if name in RENAMED:
        return f"the rule {name} was renamed", f"write {RENAMED[name]}"
    return f"unknown rule {name}", suggest(name, sorted(rules))
