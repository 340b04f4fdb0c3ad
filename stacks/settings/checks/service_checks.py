"""Shares, registries and warehouses whose values do not go together, each told at its own key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.core.problems import Place, Problem, key_path, suggest
from stacks.settings.core.query import EVERY, found
from stacks.settings.core.types import Zone
from stacks.settings.facts.file_tiers import tiers
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.registries import Format, Mode, Registry
from stacks.settings.model.warehouses import Expectation, Rule, Table, Warehouse

Finding = tuple[Place, str, str]

ZONE: Final[TypeAdapter[str]] = TypeAdapter(Zone)
PRESETS: Final = {"docker-hub": Format.DOCKER, "pypi": Format.PYTHON}
CHECKED: Final = frozenset({DataClass.CURATED, DataClass.SENSITIVE})

# What each kind of rule needs beside a column, and what none but it takes.
NEEDS: Final[Mapping[Expectation, tuple[str, ...]]] = {
    Expectation.NOT_NULL: (),
    Expectation.UNIQUE: (),
    Expectation.RANGE: ("minimum", "maximum"),
    Expectation.SET: ("values",),
    Expectation.REGEX: ("pattern",),
    Expectation.ROW: ("sql",),
}
EXPECTED: Final = ("minimum", "maximum", "values", "pattern", "sql")


def check(values: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Every problem that takes one entry to see, and more than one of its values."""
    own_keys = isinstance(values.get("encryption"), Mapping)

    def share(entry: FileShare) -> Iterator[Finding]:
        yield from _share(entry)
        if own_keys and not tiers()[entry.tier].own_key:
            offered = ", ".join(tier.value for tier, facts in tiers().items() if facts.own_key)
            yield ("tier",), f"{entry.tier.value} takes no key of one's own, which encryption asks for", offered

    yield from _entries(values, file, ("file_shares", EVERY), TypeAdapter(FileShare), share)
    yield from _entries(values, file, ("registries", EVERY), TypeAdapter(Registry), _registry)
    yield from _entries(values, file, ("warehouses", EVERY), TypeAdapter(Warehouse), _warehouse)
    yield from _entries(values, file, ("warehouses", EVERY, "tables", EVERY), TypeAdapter(Table), _table)


def _entries(
    values: Mapping[str, Any],
    file: str,
    place: Place,
    shape: TypeAdapter[Any],
    judge: Callable[[Any], Iterator[Finding]],
) -> Iterator[Problem]:
    for loc, entry in found(values, place, shape):
        for inner, message, hint in judge(entry):
            yield Problem(file, key_path((*loc, *inner)), message, hint)


def _share(share: FileShare) -> Iterator[Finding]:
    facts, tier = tiers()[share.tier], share.tier.value
    if not any(sizes.takes(share.capacity_gib) for sizes in facts.sizes):
        nearest = " or ".join(str(size) for size in facts.nearest(share.capacity_gib))
        yield ("capacity_gib",), f"{tier} comes in no size of {share.capacity_gib} GiB", f"{nearest} is nearest"
    if facts.regional == _is_zone(share.location):
        yield (
            ("location",),
            f"{share.location!r} is a {'zone' if facts.regional else 'region'}",
            f"{tier} lies in a {'region' if facts.regional else 'zone'}",
        )
    if share.protocol not in facts.protocols:
        yield ("protocol",), f"{tier} does not speak {share.protocol.value}", ", ".join(facts.protocols)


def _is_zone(location: str) -> bool:
    return any(True for _ in found(location, (), ZONE))


def _registry(registry: Registry) -> Iterator[Finding]:
    mode = registry.mode
    if mode is Mode.REMOTE and registry.upstream is None:
        yield ("upstream",), "is missing", "what a remote registry caches: docker-hub, pypi or an https address"
    if mode is not Mode.REMOTE and registry.upstream is not None:
        yield ("upstream",), f"a {mode.value} registry caches nothing", "mode: remote"
    if mode is Mode.VIRTUAL and not registry.members:
        yield ("members",), "is missing", "the registries that a virtual one shows, with the priority of each"
    if mode is not Mode.VIRTUAL and registry.members:
        yield ("members",), f"a {mode.value} registry shows only itself", "mode: virtual"
    if registry.upstream is not None and PRESETS.get(registry.upstream, registry.format) is not registry.format:
        preset = PRESETS[registry.upstream].value
        yield ("upstream",), f"{registry.upstream} has no {registry.format.value} packages", f"format: {preset}"
    if mode is not Mode.STANDARD:
        yield from _writers(registry)


def _writers(registry: Registry) -> Iterator[Finding]:
    """What a remote registry caches and a virtual one shows, nobody pushes."""
    message, hint = f"nobody writes to a {registry.mode.value} registry", "a standard registry"
    for index, _ in enumerate(registry.deployers):
        yield ("deployers", index), message, hint
    for section in ("groups", "workloads"):
        for key, grant in getattr(registry, section).items():
            if grant.access == "write":
                yield (section, key), message, f"read, or {hint}"


def _warehouse(warehouse: Warehouse) -> Iterator[Finding]:
    if warehouse.data_class in CHECKED and not warehouse.tables:
        yield (
            ("tables",),
            f"is missing: {warehouse.data_class.value} data is checked",
            "at least one table with its rules",
        )


def _table(table: Table) -> Iterator[Finding]:
    for key, rule in table.rules.items():
        for place, message, hint in _rule(rule, table):
            yield ("rules", key, *place), message, hint


def _rule(rule: Rule, table: Table) -> Iterator[Finding]:
    kind, needs = rule.expect.value, NEEDS[rule.expect]
    if rule.column is None and rule.expect is not Expectation.ROW:
        yield ("column",), "is missing", f"the column that {kind} looks at"
    if rule.column is not None and rule.column not in table.columns:
        yield ("column",), f"the table has no column {rule.column!r}", suggest(rule.column, list(table.columns))
    given = [name for name in EXPECTED if getattr(rule, name) not in (None, [])]
    for name in given:
        if name not in needs:
            owner = next(other.value for other, fields in NEEDS.items() if name in fields)
            yield (name,), f"{kind} takes no {name}", f"expect: {owner}"
    if needs and not set(given) & set(needs):
        yield (needs[0],), "is missing", f"{kind} needs {' or '.join(needs)}"
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield ("minimum",), f"{rule.minimum} is above maximum", f"at most {rule.maximum}"
