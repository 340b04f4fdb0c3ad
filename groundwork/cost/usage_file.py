"""`usage/<stack>.yaml`: the expected usage in a month, by the keys of the settings.

The file is nested like the settings; a number is an amount, a map of `low` and `high` is a range. Under `urns` are
URNs, for resources that no key of the settings declares alone. A key that leads to no resource is an error, since its
cost would be missing without any sign of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from groundwork import documents
from groundwork.cost.meters import METERS, RENAMED
from groundwork.cost.pricing_context import Amount, Usage
from groundwork.documents import Document, Objection, Place, Problems, shown, suggest
from groundwork.errors import UserError
from groundwork.graph import Graph

FOLDER: Final = "usage"
URNS: Final = "urns"
RANGE: Final = ("low", "high")

# The logical name that the program gives to the resource of a path of keys (docs/architecture.md); `*` is any key.
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
    """The amounts in a file by URN; raises `UserError` with every key that leads nowhere and every invalid amount."""
    return resolve(documents.read(file), graph)


def resolve(document: Document, graph: Graph) -> Usage:
    """The amounts of a document that was read; raises as `load` does."""
    if document.value is None:
        return {}
    usage = _UsageReader(document, graph)
    usage.read()
    return usage.amounts


class _UsageReader:
    """Collects the amounts of a document by URN, and every problem."""

    def __init__(self, document: Document, graph: Graph) -> None:
        self.amounts: dict[str, dict[str, Amount]] = {}
        self._graph = graph
        self._document = document
        self._problems = Problems(document)
        self._names = {node.name: node.urn for node in graph if node.type in METERS}

    def read(self) -> None:
        """Read the document; raises `UserError`."""
        for key, section in self._items((), self._document.value):
            if key == URNS:
                for urn, amounts in self._items((key,), section):
                    if urn in self._graph.nodes:
                        self._add(urn, (key, urn), amounts)
                    else:
                        self._problems.add(
                            (key, urn), "there is no such resource in the stack", _near(urn, self._graph.nodes)
                        )
            else:
                for place, amounts in self._leaves((key,), section):
                    if (resource := self._urn(place)) is not None:
                        self._add(resource, place, amounts)
        self._problems.finish()

    def _items(self, place: Place, value: object) -> Iterator[tuple[str, Any]]:
        """The entries of a map."""
        if not isinstance(value, Mapping):
            self._problems.add(place, f"expected a map of keys, found {shown(value)}")
            return
        for key, item in value.items():
            yield str(key), item

    def _leaves(self, place: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
        """The maps that hold amounts, with the keys that lead there."""
        amounts = {}
        for key, item in self._items(place, value):
            if _is_amount(item) or _is_meter(place, key):
                amounts[key] = item
            else:
                yield from self._leaves((*place, key), item)
        if amounts:
            yield place, amounts

    def _urn(self, place: tuple[str, ...]) -> str | None:
        """The URN that a path of keys leads to; None where it leads nowhere."""
        known = next((known for known in PATHS if _fits(known, place)), None)
        if known is None:
            forms = (".".join("<key>" if key == "*" else key for key in known) for known in PATHS)
            self._problems.add(place, "this leads nowhere", f"what can be declared: {', '.join(forms)}, or {URNS}")
            return None
        name = PATHS[known].format(*(key for key, form in zip(place, known, strict=True) if form == "*"))
        if name not in self._names:
            self._problems.add(place, f"the stack has no {name}", _near(name, self._names))
        return self._names.get(name)

    def _add(self, urn: str, place: tuple[str, ...], amounts: object) -> None:
        """The amounts of one resource, each of a meter that its type has."""
        kind = self._graph.nodes[urn].type
        known = [meter.key for meter in METERS.get(kind, ())]
        if not known:
            self._problems.add(place, f"no use of a {kind} is billed", "leave it out")
            return
        resource = self.amounts.setdefault(urn, {})
        for key, value in self._items(place, amounts):
            if (name := RENAMED.get(key)) in known:
                self._problems.add(
                    (*place, key),
                    f"{key} was renamed to {name}",
                    f"rename the key to {name}; its value does not change",
                )
            elif key not in known:
                self._problems.add((*place, key), "unknown key", suggest(key, known))
            elif isinstance(amount := _amount(value), Amount):
                resource[key] = amount
            else:
                self._problems.extend((*place, key), [amount])


def _is_amount(value: Any) -> bool:
    """Whether a value ends a path: a number, a range, or what is wrongly in place of one."""
    if isinstance(value, Mapping):
        return bool(value) and set(value) <= {"low", "high"}
    return value is not None


def _is_meter(path: tuple[str, ...], key: str) -> bool:
    """Whether a key can only be an amount: the path leads to a resource, and no longer path has the key there."""
    return any(_fits(known, path) for known in PATHS) and not any(
        len(known) > len(path) and _fits(known[: len(path)], path) and known[len(path)] in (key, "*") for known in PATHS
    )


def _fits(known: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a path is of a known form."""
    return len(known) == len(path) and all(form in ("*", key) for form, key in zip(known, path, strict=True))


def _amount(value: Any) -> Amount | Objection:
    """A number or a range."""
    if not isinstance(value, Mapping):
        number = _number(value)
        return number if isinstance(number, Objection) else Amount(number, number)
    for key in value:
        if key not in RANGE:
            return Objection("unknown key", suggest(str(key), RANGE), (str(key),))
    ends = []
    for key in RANGE:
        end = _number(value[key]) if key in value else Objection(f"{key} is missing", "a range has low and high")
        if isinstance(end, Objection):
            return Objection(end.message, end.hint, (key,) if key in value else ())
        ends.append(end)
    low, high = ends
    return Objection(f"low {low:f} is above high {high:f}", "swap them") if low > high else Amount(low, high)


def _number(value: Any) -> Decimal | Objection:
    """An amount of use, which may be zero."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < 0:
        return Objection(f"{shown(value)} is not an amount", "a number from 0 on, or a map of low and high")
    return Decimal(value)


def _near(name: str, names: Collection[str]) -> str:
    return suggest(name, names, "`groundwork graph` lists the resources")


def of_stack(root: Path, stack: str, graph: Graph, file: Path | None = None) -> Usage:
    """The usage in `file`, or else in the stack's own file, or none; raises `UserError` as `load` does."""
    if file is not None and not file.is_file():
        raise UserError(f"{file}: no such file", "a usage file looks like usage/dev.yaml")
    chosen = file or file_of(root, stack)
    return {} if chosen is None else load(chosen, graph)
