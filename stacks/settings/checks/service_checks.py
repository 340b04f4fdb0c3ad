"""File shares, registries and warehouses whose values exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import EVERY, values_at
from stacks.settings.core.spelling import suggest
from stacks.settings.core.types import is_zone
from stacks.settings.core.unknown import field_or, known_items, until_unknown
from stacks.settings.facts.file_tiers import tiers
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.grants import Access
from stacks.settings.model.registries import Format, Mode, Registry
from stacks.settings.model.warehouses import Expectation, Rule, Table, Warehouse

PRESETS: Final = {"docker-hub": Format.DOCKER, "pypi": Format.PYTHON}
CHECKED: Final = frozenset({DataClass.CURATED, DataClass.SENSITIVE})

# The fields of each kind of rule in addition to its column; no other kind has them.
FIELDS: Final[Mapping[Expectation, tuple[str, ...]]] = {
    Expectation.NOT_NULL: (),
    Expectation.UNIQUE: (),
    Expectation.RANGE: ("minimum", "maximum"),
    Expectation.SET: ("values",),
    Expectation.REGEX: ("pattern",),
    Expectation.ROW: ("sql",),
}


def file_shares(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one file share."""
    yield from each(context, context.settings.file_shares, _capacity, _location, _protocol, _key)


def registries(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one registry."""
    yield from each(context, context.settings.registries, _upstream, _members, _format, _deployers, _groups, _workloads)


def warehouses(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one warehouse and its tables."""
    yield from each(context, context.settings.warehouses, _tables, _rules)


def _capacity(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    tier = tiers()[share.tier]
    if not any(sizes.offers(share.capacity_gib) for sizes in tier.sizes):
        nearest = " or ".join(str(size) for size in tier.nearest(share.capacity_gib))
        yield context.problem(
            ("file_shares", name, "capacity_gib"),
            f"{share.tier.value} does not offer {share.capacity_gib} GiB",
            f"the nearest capacity is {nearest}",
        )


def _location(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    regional = tiers()[share.tier].regional
    if regional == is_zone(share.location):
        yield context.problem(
            ("file_shares", name, "location"),
            f"{share.location!r} is a {'zone' if regional else 'region'}",
            f"{share.tier.value} needs a {'region' if regional else 'zone'}",
        )


def _protocol(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    protocols = tiers()[share.tier].protocols
    if share.protocol not in protocols:
        yield context.problem(
            ("file_shares", name, "protocol"),
            f"{share.tier.value} does not support {share.protocol.value}",
            ", ".join(protocols),
        )


def _key(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    if context.settings.encryption is not None and not tiers()[share.tier].customer_managed_key:
        supported = ", ".join(tier.value for tier, facts in tiers().items() if facts.customer_managed_key)
        yield context.problem(
            ("file_shares", name, "tier"),
            f"{share.tier.value} does not support the customer-managed keys that encryption asks for",
            supported,
        )


def _upstream(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    here = ("registries", name, "upstream")
    if registry.mode is Mode.REMOTE and registry.upstream is None:
        yield context.problem(
            here, "is missing", "the registry that a remote one caches: docker-hub, pypi or an https address"
        )
    if registry.mode is not Mode.REMOTE and registry.upstream is not None:
        yield context.problem(here, f"a {registry.mode.value} registry has no upstream", "mode: remote")


def _members(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    here = ("registries", name, "members")
    if registry.mode is Mode.VIRTUAL and not registry.members:
        yield context.problem(
            here, "is missing", "the registries that a virtual one combines, with the priority of each"
        )
    if registry.mode is not Mode.VIRTUAL and registry.members:
        yield context.problem(here, f"a {registry.mode.value} registry has no members", "mode: virtual")


def _format(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    upstream = registry.upstream
    if upstream is not None and PRESETS.get(upstream, registry.format) is not registry.format:
        yield context.problem(
            ("registries", name, "upstream"),
            f"{upstream} has no {registry.format.value} packages",
            f"format: {PRESETS[upstream].value}",
        )


def _deployers(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    if registry.mode is not Mode.STANDARD:
        for index, _ in known_items(registry.deployers):
            yield context.problem(
                ("registries", name, "deployers", index),
                f"a {registry.mode.value} registry does not accept pushes",
                "a standard registry",
            )


def _groups(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    yield from _writers(context, ("registries", name), registry, "groups")


def _workloads(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    yield from _writers(context, ("registries", name), registry, "workloads")


def _writers(context: CloudContext, here: Place, registry: Registry, field: str) -> Iterator[Problem]:
    if registry.mode is Mode.STANDARD:
        return
    for place, access in values_at(registry, (field, EVERY, "access"), here):
        if access == Access.WRITE:
            yield context.problem(
                place[:-1], f"a {registry.mode.value} registry does not accept pushes", "read, or a standard registry"
            )


def _tables(context: CloudContext, name: str, warehouse: Warehouse) -> Iterator[Problem]:
    if warehouse.data_class in CHECKED and not warehouse.tables:
        yield context.problem(
            ("warehouses", name, "tables"),
            f"is missing: the quality of {warehouse.data_class.value} data is checked",
            "at least one table with its rules",
        )


def _rules(context: CloudContext, name: str, warehouse: Warehouse) -> Iterator[Problem]:
    for place, table in values_at(warehouse, ("tables", EVERY), ("warehouses", name)):
        for where, rule in values_at(table, ("rules", EVERY), place):
            for part in (_column_given, _column_declared, _excess_fields, _missing_fields, _range):
                yield from until_unknown(part(context, where, rule, table))


def _column_given(context: CloudContext, here: Place, rule: Rule, _: Table) -> Iterator[Problem]:
    if rule.column is None and rule.expect is not Expectation.ROW:
        yield context.problem((*here, "column"), "is missing", f"the column of a rule {rule.expect.value}")


def _column_declared(context: CloudContext, here: Place, rule: Rule, table: Table) -> Iterator[Problem]:
    if rule.column is not None and rule.column not in table.columns:
        yield context.problem(
            (*here, "column"), f"the table has no column {rule.column!r}", suggest(rule.column, table.columns)
        )


def _excess_fields(context: CloudContext, here: Place, rule: Rule, _: Table) -> Iterator[Problem]:
    for other, fields in FIELDS.items():
        for field in fields:
            if other is not rule.expect and _given(rule, field):
                yield context.problem(
                    (*here, field), f"a rule {rule.expect.value} has no {field}", f"expect: {other.value}"
                )


def _missing_fields(context: CloudContext, here: Place, rule: Rule, _: Table) -> Iterator[Problem]:
    fields = FIELDS[rule.expect]
    if fields and not any(_given(rule, field) for field in fields):
        yield context.problem((*here, fields[0]), "is missing", f"{rule.expect.value} needs {' or '.join(fields)}")


def _given(rule: Rule, field: str) -> bool:
    """Whether a field is set, also to a value that is not valid."""
    return field_or(rule, field, field) not in (None, [])


def _range(context: CloudContext, here: Place, rule: Rule, _: Table) -> Iterator[Problem]:
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield context.problem((*here, "minimum"), f"{rule.minimum} is above maximum", f"at most {rule.maximum}")
