"""`usage/<stack>.yaml`: what somebody expects to be used in a month, by the keys of the settings.

The file is nested like the settings that it speaks of; a number is an amount, a map of `low` and `high` is a range.
Under `urns` stand URNs, for what no key of the settings makes by itself. A key that leads nowhere is an error: its cost
would be missing, and nobody would see it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from groundwork.cost import fields
from groundwork.cost.meters import METERS
from groundwork.cost.pricing_context import Amount, Usage
from groundwork.errors import UserError
from groundwork.graph import Graph

FOLDER: Final = "usage"
URNS: Final = "urns"

# Where a path of keys leads: the logical name that the program gives (docs/architecture.md); `*` is any key.
PATHS: Final[Mapping[tuple[str, ...], str]] = {
    ("audit",): "audit-bucket",
    ("audit", "*"): "audit-{}",
    ("buckets", "*"): "data-{}-bucket",
    ("buckets", "*", "caches", "*"): "data-{}-cache-{}",
    ("clusters", "*"): "cluster-{}-cluster",
    ("encryption", "*"): "key-{}-key",
    ("gateway",): "gateway-gateway",
    ("network", "nat", "*"): "vpc-nat-{}",
    ("network", "subnets", "*"): "vpc-{}",
    ("pipelines", "database"): "pipelines-database-instance",
    ("recovery", "backups", "*"): "backup-{}-plan",
    ("registries", "*"): "registry-{}-repository",
    ("secrets", "*"): "secret-{}-secret",
    ("warehouses", "*"): "warehouse-{}-dataset",
}


def file_of(root: Path, stack: str) -> Path | None:
    """The usage file of a stack, where the project has one."""
    file = root / FOLDER / f"{stack}.yaml"
    return file if file.is_file() else None


def load(file: Path, graph: Graph) -> Usage:
    """The amounts in a file by URN; raises `UserError` for a key that leads nowhere and for what is no amount."""
    return resolve(fields.read(file), graph)


def resolve(document: fields.Field, graph: Graph) -> Usage:
    """The amounts of a document that has been read; raises as `load` does."""
    if document.value is None:
        return {}
    found: dict[str, dict[str, Amount]] = {}
    for key, section in document.items():
        if key == URNS:
            for urn, amounts in section.items():
                if urn not in graph.nodes:
                    raise amounts.wrong("there is no such resource in the stack", _near(urn, list(graph.nodes)))
                found.setdefault(urn, {}).update(_amounts(amounts, urn, graph))
        else:
            for path, place in _leaves((key,), section):
                urn = _urn(path, place, graph)
                found.setdefault(urn, {}).update(_amounts(place, urn, graph))
    return found


def _leaves(path: tuple[str, ...], place: fields.Field) -> Iterator[tuple[tuple[str, ...], fields.Field]]:
    """The maps that hold amounts, with the keys that lead there."""
    amounts = {}
    for key, value in place.items():
        if _is_amount(value.value) or _meters(path, key):
            amounts[key] = value.value
        else:
            yield from _leaves((*path, key), value)
    if amounts:
        yield path, fields.Field(place.file, place.path, amounts, place.whole)


def _is_amount(value: Any) -> bool:
    """Whether a value ends a path: a number, a range, or what is wrongly in place of one."""
    if isinstance(value, Mapping):
        return bool(value) and set(value) <= {"low", "high"}
    return value is not None


def _meters(path: tuple[str, ...], key: str) -> bool:
    """Whether a key can only be an amount: something ends here, and nothing goes on by that name."""
    return _template(path) is not None and not any(
        len(known) > len(path) and _fits(known[: len(path)], path) and known[len(path)] in (key, "*") for known in PATHS
    )


def _fits(known: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(known) == len(path) and all(one in ("*", other) for one, other in zip(known, path, strict=True))


def _template(path: tuple[str, ...]) -> str | None:
    return next((name for known, name in PATHS.items() if _fits(known, path)), None)


def _urn(path: tuple[str, ...], place: fields.Field, graph: Graph) -> str:
    """The URN that a path of keys leads to."""
    template = _template(path)
    if template is None:
        forms = (".".join("<key>" if key == "*" else key for key in known) for known in PATHS)
        raise place.wrong("this leads nowhere", f"what can be declared: {', '.join(forms)}, or {URNS}")
    known = next(known for known in PATHS if _fits(known, path))
    name = template.format(*(key for key, form in zip(path, known, strict=True) if form == "*"))
    named = {node.name: node.urn for node in graph if node.type in METERS}
    if name not in named:
        raise place.wrong(f"the stack has no {name}", _near(name, list(named)))
    return named[name]


def _amounts(place: fields.Field, urn: str, graph: Graph) -> dict[str, Amount]:
    """The amounts of one resource, each of a meter that its type has."""
    kind = graph.nodes[urn].type
    known = [meter.key for meter in METERS.get(kind, ())]
    if not known:
        raise place.wrong(f"nothing of a {kind} is billed by use", "leave it out")
    found = {}
    for key, value in place.items():
        if key not in known:
            raise value.wrong("unknown key", f"known here: {', '.join(known)}")
        found[key] = _amount(value)
    return found


def _amount(value: fields.Field) -> Amount:
    if not isinstance(value.value, Mapping):
        both = _number(value)
        return Amount(both, both)
    value.only("low", "high")
    low, high = _number(value["low"]), _number(value["high"])
    if low > high:
        raise value.wrong(f"low {low:f} is above high {high:f}")
    return Amount(low, high)


def _number(value: fields.Field) -> Decimal:
    """An amount of use: nought is one."""
    number = value.value
    if (
        isinstance(number, bool)
        or not isinstance(number, int | Decimal)
        or not Decimal(number).is_finite()
        or number < 0
    ):
        raise value.wrong(f"{number} is no amount", "a number from 0 on, or a map of low and high")
    return Decimal(number)


def _near(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else "`groundwork graph` lists what there is"


def of_stack(root: Path, stack: str, graph: Graph, file: Path | None = None) -> Usage:
    """The usage in `file`, or else in the stack's own file, or none; raises `UserError` as `load` does."""
    if file is not None and not file.is_file():
        raise UserError(f"{file}: no such file", "a usage file looks like usage/dev.yaml")
    chosen = file or file_of(root, stack)
    return {} if chosen is None else load(chosen, graph)
