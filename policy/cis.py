"""The CIS GKE Benchmark as data: which input of which resource meets which row, from ``cis_gke.toml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from groundwork.documents import Model, Names, Objection, Text, refuse
from groundwork.documents import load as load_document
from groundwork.graph import Graph, Node, Placeholder, Value
from policy.input_paths import InputPath, values_at

NAME: Final = "CIS GKE"  # as messages call the benchmark
FILE: Final = Path(__file__).with_name("cis_gke.toml")

EMPTY: Final[tuple[Value, ...]] = (None, "", [], {})

Level = Literal["mandatory", "advisory"]


def _keys(path: object) -> object:
    return tuple(path.split(".")) if isinstance(path, str) else tuple(path) if isinstance(path, list) else path


def _conditions(data: object) -> object:
    return tuple({"path": path, "value": value} for path, value in data.items()) if isinstance(data, dict) else data


DottedPath = Annotated[InputPath, BeforeValidator(_keys)]  # `a.b`, or a list of keys where one has a dot in it
Conditions = Annotated[tuple["Condition", ...], BeforeValidator(_conditions)]  # a map of paths and values


class Condition(Model):
    """An input that has a value; text may be a glob pattern."""

    path: DottedPath
    value: Any

    def holds(self, node: Node) -> bool:
        """Whether the resource has the value at the path."""
        return any(value == self.value or self._matches(value) for value in values_at(node.inputs, self.path))

    def _matches(self, value: Value) -> bool:
        return isinstance(self.value, str) and isinstance(value, str) and fnmatchcase(value, self.value)

    def __str__(self) -> str:
        """The condition as the page shows it."""
        return f"`{'.'.join(self.path)}` is {_shown(self.value)}"


class Check(Model):
    """What an input of certain resources has to be, by exactly one test; `unset` also accepts an input that is not set.

    An unknown value fails, except for the tests `given` and `without`. With `each` the check is about every value at
    that path, except those that have something at `unless_given`.
    """

    types: Names
    path: DottedPath
    unset: bool = False
    where: Conditions = ()
    unless: Conditions = ()
    each: DottedPath = ()
    unless_given: DottedPath = ()
    is_: Any = Field(default=None, alias="is")
    one_of: list[Any] | None = None
    none_of: list[Any] | None = None
    has: list[Any] | None = Field(default=None, description="a list with at least these items")
    without: Text | None = Field(default=None, description="text without this part")
    given: Literal[True] | None = None
    absent: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Check:
        if len(tests := self.model_fields_set & TESTS.keys()) != 1:
            refuse([Objection(f"has {len(tests)} tests", f"exactly one of {', '.join(TESTS.values())}")])
        return self

    @cached_property
    def test(self) -> str:
        """The name of the test."""
        return next(TESTS[field] for field in self.model_fields_set if field in TESTS)

    @cached_property
    def value(self) -> Any:
        """The value of the test."""
        return next(getattr(self, field) for field in self.model_fields_set if field in TESTS)

    def concerns(self, node: Node) -> bool:
        """Whether the check is about this resource."""
        return (
            any(fnmatchcase(node.type, kind) for kind in self.types)
            and all(condition.holds(node) for condition in self.where)
            and not any(condition.holds(node) for condition in self.unless)
        )

    def passes(self, node: Node) -> bool:
        """Whether the input is as it has to be."""
        parts = [part for part in values_at(node.inputs, self.each) if not (self.unless_given and self._excused(part))]
        return all(self._passes(part) for part in parts)

    def _excused(self, part: Value) -> bool:
        return any(value not in EMPTY for value in values_at(part, self.unless_given))

    def _passes(self, part: Value) -> bool:
        values = [value for value in values_at(part, self.path) if value not in EMPTY]
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
                words = f"does not contain {self.value}"
            case "given":
                words = "is set"
            case _:
                words = "is not set"
        conditions = [f" where {condition}" for condition in self.where]
        conditions += [f" unless {condition}" for condition in self.unless]
        conditions += [f" unless `{'.'.join((*self.each, *self.unless_given))}` is set"] if self.unless_given else []
        return f"`{'.'.join((*self.each, *self.path))}` {words}{''.join(conditions)}"


# The fields of a check that are tests, and their names in the file.
TESTS: Final[Mapping[str, str]] = {
    "is_": "is",
    "one_of": "one_of",
    "none_of": "none_of",
    "has": "has",
    "without": "without",
    "given": "given",
    "absent": "absent",
}


class Need(Model):
    """A resource that must be declared where there is one of type `wanted_by`."""

    type: Text
    path: DottedPath
    value: Text = Field(alias="is")
    wanted_by: Text

    def missing(self, graph: Graph) -> bool:
        """Whether the graph needs the resource and does not declare it."""
        if not graph.of_type(self.wanted_by):
            return False
        condition = Condition(path=self.path, value=self.value)
        return not any(condition.holds(node) for node in graph.of_type(self.type))

    def __str__(self) -> str:
        """The need as the page shows it."""
        return f"there is a {_short(self.type)} with `{'.'.join(self.path)}` {self.value}"


class Pair(Model):
    """Every resource of type `each` has one of type `needs` in the same component."""

    each: Text
    needs: Text

    def unpaired(self, graph: Graph) -> Iterator[Node]:
        """The resources that have none."""
        parents = {other.parent for other in graph.of_type(self.needs)}
        return (node for node in graph.of_type(self.each) if node.parent not in parents)

    def __str__(self) -> str:
        """The pair as the page shows it."""
        return f"every {_short(self.each)} has a {_short(self.needs)} in the same component"


class Row(Model):
    """One recommendation: what it asks, how it is met, and the checks or the reason for having none."""

    id: Text
    title: Text
    automated: bool
    how: Text
    level: Level = "mandatory"
    checks: list[Check] = Field(default_factory=list, alias="check")
    needs: list[Need] = Field(default_factory=list, alias="need")
    pairs: list[Pair] = Field(default_factory=list, alias="pair")
    reason: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether a rule checks the row."""
        return bool(self.checks or self.needs or self.pairs)


class Benchmark(Model):
    """One version of the benchmark. `older_ids` are the ids of version 1.8.0, where they differ."""

    name: Text
    version: Text
    source: Text
    date: dt.date
    sections: dict[str, Text]
    older_ids: dict[str, Text]
    rows: list[Row] = Field(alias="row")

    def at(self, level: Level) -> Iterator[Row]:
        """The rows of one level."""
        return (row for row in self.rows if row.level == level)


@cache
def load(file: Path = FILE) -> Benchmark:
    """The benchmark; raises `UserError` with every problem of the file."""
    return load_document(file, Benchmark, f"policy/{file.name}")


def _short(kind: str) -> str:
    return kind.rpartition(":")[2]


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(values: Sequence[Any]) -> str:
    return ", ".join(str(value) for value in values)
