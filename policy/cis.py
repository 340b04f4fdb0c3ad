"""The CIS GKE Benchmark as data: which input of which resource satisfies which row, read from ``cis_gke.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from groundwork.graph import Graph, Node, Placeholder, Value

NAME: Final = "CIS GKE"  # as messages name the benchmark
FILE: Final = Path(__file__).with_name("cis_gke.toml")

EMPTY: Final[tuple[Value, ...]] = (None, "", [], {})

Level = Literal["mandatory", "advisory"]
Where = tuple[str, ...]  # the keys that lead to an input; * stands for every item of a list


@dataclass(frozen=True)
class Condition:
    """An input that has a value; a text may be a pattern, as file names are matched."""

    path: Where
    value: Value

    def holds(self, node: Node) -> bool:
        """Whether the resource has the value there."""
        return any(value == self.value or self._matches(value) for value in found(node.inputs, self.path))

    def _matches(self, value: Value) -> bool:
        return isinstance(self.value, str) and isinstance(value, str) and fnmatchcase(value, self.value)

    def __str__(self) -> str:
        """The condition as the page shows it."""
        return f"`{'.'.join(self.path)}` is {_shown(self.value)}"


@dataclass(frozen=True)
class Check:
    """What an input of certain resources has to be. `unset` says that leaving it out is right as well.

    `test` is `is`, `one_of`, `none_of`, `has` (a list with these items), `without` (no such part in a text), `given` or
    `absent`. A value that only an update can give is wrong, but where it only has to be given or lacks a part.
    With `each` the check is about every value there by itself, but those that have something at `unless_given`.
    """

    types: tuple[str, ...]
    path: Where
    test: str
    value: Value
    unset: bool = False
    where: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    each: Where = ()
    unless_given: Where = ()

    def concerns(self, node: Node) -> bool:
        """Whether the check is about this resource."""
        return (
            any(fnmatchcase(node.type, kind) for kind in self.types)
            and all(condition.holds(node) for condition in self.where)
            and not any(condition.holds(node) for condition in self.unless)
        )

    def passes(self, node: Node) -> bool:
        """Whether the input is as it has to be."""
        parts = [part for part in found(node.inputs, self.each) if not (self.unless_given and self._excused(part))]
        return all(self._passes(part) for part in parts)

    def _excused(self, part: Value) -> bool:
        return any(value not in EMPTY for value in found(part, self.unless_given))

    def _passes(self, part: Value) -> bool:
        values = [value for value in found(part, self.path) if value not in EMPTY]
        if not values:
            return self.unset or self.test in ("none_of", "without", "absent")
        return all(self._right(value) for value in values)

    def _right(self, value: Value) -> bool:
        match self.test:
            case "given":
                return True
            case "without":
                return value is Placeholder.UNKNOWN or str(self.value) not in str(value)
            case "is":
                return bool(value == self.value) and value is not Placeholder.UNKNOWN
            case "one_of":
                return value in self.value
            case "none_of":
                return value is not Placeholder.UNKNOWN and value not in self.value
            case "has":
                return isinstance(value, Sequence) and set(self.value) <= set(value)
            case _:
                return False

    def __str__(self) -> str:
        """The check as the page shows it."""
        match self.test:
            case "is":
                words = f"is {_shown(self.value)}"
            case "one_of":
                words = f"is one of {_list(self.value)}"
            case "none_of":
                words = f"is none of {_list(self.value)}"
            case "has":
                words = f"has {_list(self.value)}"
            case "without":
                words = f"has no {self.value}"
            case "given":
                words = "is given"
            case _:
                words = "is left out"
        conditions = [f" where {condition}" for condition in self.where]
        conditions += [f" unless {condition}" for condition in self.unless]
        conditions += [f" unless `{'.'.join((*self.each, *self.unless_given))}` is given"] if self.unless_given else []
        return f"`{'.'.join((*self.each, *self.path))}` {words}{''.join(conditions)}"


@dataclass(frozen=True)
class Need:
    """A resource that has to be there where there is one of type `wanted_by`."""

    type: str
    path: Where
    value: Value
    wanted_by: str

    def missing(self, graph: Graph) -> bool:
        """Whether somebody needs it and nobody declares it."""
        if not any(node.type == self.wanted_by for node in graph):
            return False
        condition = Condition(self.path, self.value)
        return not any(node.type == self.type and condition.holds(node) for node in graph)

    def __str__(self) -> str:
        """The need as the page shows it."""
        return f"there is a {_short(self.type)} with `{'.'.join(self.path)}` {self.value}"


@dataclass(frozen=True)
class Pair:
    """Every resource of type `each` has one of type `needs` beside it, in the same component."""

    each: str
    needs: str

    def lonely(self, graph: Graph) -> Iterator[Node]:
        """The resources that have none."""
        for node in graph:
            if node.type == self.each and not any(
                other.type == self.needs and other.parent == node.parent for other in graph
            ):
                yield node

    def __str__(self) -> str:
        """The pair as the page shows it."""
        return f"every {_short(self.each)} has a {_short(self.needs)} beside it"


@dataclass(frozen=True)
class Row:
    """One recommendation: what is asked, how it is met, and the checks or the reason in place of them."""

    id: str
    title: str
    automated: bool
    how: str
    level: Level = "mandatory"
    checks: tuple[Check, ...] = ()
    needs: tuple[Need, ...] = ()
    pairs: tuple[Pair, ...] = ()
    reason: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether anything but words says that the row is met."""
        return bool(self.checks or self.needs or self.pairs)


@dataclass(frozen=True)
class Benchmark:
    """One version of the benchmark. `other_ids` are ids of an older version, where they differ."""

    name: str
    version: str
    source: str
    date: str
    rows: tuple[Row, ...]
    sections: Mapping[str, str] = field(default_factory=dict)
    older_ids: Mapping[str, str] = field(default_factory=dict)

    def at(self, level: Level) -> Iterator[Row]:
        """The rows of one level."""
        return (row for row in self.rows if row.level == level)


def found(value: Value, path: Where) -> Iterator[Value]:
    """The values at a path; where a part of it is unknown, that mark."""
    if not path or value is Placeholder.UNKNOWN:
        yield value
    elif path[0] == "*":
        for item in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
            yield from found(item, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from found(value[path[0]], path[1:])


@cache
def load(file: Path = FILE) -> Benchmark:
    """The benchmark; an entry of an unknown form is an error of the program and raises `ValueError`."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Benchmark(
        name=data["name"],
        version=data["version"],
        source=data["source"],
        date=str(data["date"]),
        sections=data["sections"],
        older_ids=data["older_ids"],
        rows=tuple(_row(row) for row in data["row"]),
    )


TESTS: Final = ("is", "one_of", "none_of", "has", "without", "given", "absent")


ROW: Final = frozenset({"id", "title", "automated", "how", "level", "reason", "check", "need", "pair"})
CHECK: Final = frozenset({*TESTS, "types", "path", "unset", "where", "unless", "each", "unless_given"})


def _row(data: Mapping[str, Any]) -> Row:
    if unknown := sorted(set(data) - ROW):
        raise ValueError(f"row {data['id']}: unknown {_list(unknown)}")
    return Row(
        id=data["id"],
        title=data["title"],
        automated=data["automated"],
        how=data["how"],
        level=data.get("level", "mandatory"),
        reason=data.get("reason", ""),
        checks=tuple(_check(data["id"], check) for check in data.get("check", ())),
        needs=tuple(
            Need(need["type"], _path(need["path"]), need["is"], need["wanted_by"]) for need in data.get("need", ())
        ),
        pairs=tuple(Pair(pair["each"], pair["needs"]) for pair in data.get("pair", ())),
    )


def _check(row: str, data: Mapping[str, Any]) -> Check:
    tests = [test for test in TESTS if test in data]
    if len(tests) != 1 or set(data) - CHECK:
        raise ValueError(f"row {row}: a check has types, a path, one test of {_list(TESTS)}, and where it applies")
    return Check(
        types=tuple(data["types"]),
        path=_path(data["path"]),
        test=tests[0],
        value=data[tests[0]],
        unset=data.get("unset", False),
        where=_conditions(data.get("where", {})),
        unless=_conditions(data.get("unless", {})),
        each=_path(data.get("each", [])),
        unless_given=_path(data.get("unless_given", [])),
    )


def _conditions(data: Mapping[str, Any]) -> tuple[Condition, ...]:
    return tuple(Condition(_path(path), value) for path, value in data.items())


def _path(path: str | list[str]) -> Where:
    return tuple(path.split(".")) if isinstance(path, str) else tuple(path)


def _short(kind: str) -> str:
    return kind.rpartition(":")[2]


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(values: Sequence[Any]) -> str:
    return ", ".join(str(value) for value in values)
