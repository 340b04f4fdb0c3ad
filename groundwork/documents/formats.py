"""YAML, TOML and JSON as plain values. Numbers keep every digit, duplicate keys are refused, and each value has a line.

YAML is read with the parser in C where PyYAML was built with it, since every preview reads the price book.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml

Place = tuple[str | int, ...]  # the keys and indexes that lead to a value
LineOf = Callable[[Place], int | None]  # counted from 1; of the deepest part of the place that the document has

TOO_DEEP: Final = "is nested too deeply"


class FormatError(ValueError):
    """The text is not a document of its format."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """`line` is counted from 1; None where it is unknown."""
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Parsed:
    """The value of a document, and the line of each value in it."""

    value: Any
    line_of: LineOf


_BASE: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT: Final = "tag:yaml.org,2002:str"
_COLLECTIONS: Final = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_MERGE: Final = "tag:yaml.org,2002:merge"


class _Loader(_BASE):  # type: ignore[misc]  # one of two classes, chosen when the module is imported
    """Reads numbers with a point as exact decimals."""


def _decimal(loader: Any, node: yaml.ScalarNode) -> Decimal:
    text = str(loader.construct_scalar(node)).replace("_", "")
    try:
        return Decimal(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except InvalidOperation:
        raise yaml.MarkedYAMLError(None, None, f"{text} is not a number", node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def parse_yaml(text: str) -> Parsed:
    """A YAML document; raises `FormatError`."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        value = None if root is None else _Values(loader).value(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FormatError(error.problem or str(error.context), None if mark is None else mark.line + 1) from None
    except yaml.YAMLError as error:
        raise FormatError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise FormatError(TOO_DEEP) from None
    finally:
        loader.dispose()
    return Parsed(value, functools.partial(_line_of, root))


class _Values:
    """Builds values from YAML nodes; about twice as fast as PyYAML's constructor, and refuses duplicate keys."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._open: set[int] = set()  # nodes that are being built
        self._built: dict[int, Any] = {}  # collections, which an alias may name again

    def value(self, node: Any) -> Any:
        """The value of a node."""
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.tag == _TEXT else self._scalar(node)
        if node.tag not in _COLLECTIONS:
            raise yaml.MarkedYAMLError(None, None, f"unknown tag {node.tag}", node.start_mark)
        key = id(node)
        if key in self._built:
            return self._built[key]
        if key in self._open:
            raise yaml.MarkedYAMLError(None, None, "a value contains itself", node.start_mark)
        self._open.add(key)
        built = self._map(node) if isinstance(node, yaml.MappingNode) else [self.value(item) for item in node.value]
        self._open.remove(key)
        self._built[key] = built
        return built

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self._loader.construct_object(node)
        except (ValueError, OverflowError) as error:
            raise yaml.MarkedYAMLError(None, None, f"{node.value} is not valid: {error}", node.start_mark) from None

    def _map(self, node: yaml.MappingNode) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(None, None, "a key is not text", key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"duplicate key {key.value}", key.start_mark)
            seen.add(key.value)
        if any(key.tag == _MERGE for key, _ in node.value):
            self._loader.flatten_mapping(node)
        return {self.value(key): self.value(item) for key, item in node.value}


def _line_of(root: Any, place: Place) -> int | None:
    here, line = root, None
    for part in place:
        if isinstance(here, yaml.MappingNode):
            # The last one wins: a merged key is in front of the map's own.
            entry = next(((key, item) for key, item in reversed(here.value) if key.value == str(part)), None)
        elif isinstance(here, yaml.SequenceNode) and isinstance(part, int) and part < len(here.value):
            entry = here.value[part], here.value[part]
        else:
            entry = None
        if entry is None:
            break
        line, here = entry[0].start_mark.line + 1, entry[1]
    return line


def parse_json(text: str) -> Parsed:
    """A JSON document; raises `FormatError`."""
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise FormatError(error.msg, error.lineno) from None
    except ValueError as error:
        raise FormatError(str(error)) from None
    except RecursionError:
        raise FormatError(TOO_DEEP) from None
    return Parsed(value, functools.partial(_json_line_of, text))


def _no_constant(name: str) -> Any:
    raise FormatError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise FormatError(f"duplicate key {key}")
        values[key] = value
    return values


def _json_line_of(text: str, place: Place) -> int | None:
    """The line of a value; JSON is read again as YAML, which marks lines, and almost every JSON document is YAML."""
    try:
        return _line_of(yaml.compose(text, Loader=_Loader), place)
    except yaml.YAMLError:
        return None


_TOML_LINE: Final = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")
_TOML_TABLE: Final = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_TOML_KEY: Final = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"\\]*\"|'[^']*')\s*=")


def parse_toml(text: str) -> Parsed:
    """A TOML document; raises `FormatError`."""
    try:
        value = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        match = _TOML_LINE.search(str(error))
        line = int(match[1]) if match is not None and match[1] else None
        raise FormatError(_TOML_LINE.sub("", str(error)), line) from None
    except RecursionError:
        raise FormatError(TOO_DEEP) from None
    return Parsed(value, functools.partial(_toml_line_of, text))


def _toml_line_of(text: str, place: Place) -> int | None:
    lines: dict[Place, int] = {}
    for known, line in _toml_places(text):
        lines.setdefault(known, line)
    return next((lines[place[:length]] for length in range(len(place), 0, -1) if place[:length] in lines), None)


def _toml_places(text: str) -> Iterator[tuple[Place, int]]:
    """Tables and keys at the start of a line with their lines; tomllib reports none. Inline tables have no entry."""
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if (header := _TOML_TABLE.match(line)) is not None:
            *parents, last = _toml_keys(header[2])
            table = ()
            for key in parents:
                table = _latest((*table, key), counts)
            table = (*table, last)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = _latest(table, counts)
            yield table, number
        elif (key_match := _TOML_KEY.match(line)) is not None:
            yield (*table, key_match[1].strip("\"'")), number


def _latest(table: Place, counts: Mapping[Place, int]) -> Place:
    """The place itself or, for an array of tables, that of its latest entry."""
    return (*table, counts[table]) if table in counts else table


def _toml_keys(header: str) -> list[str]:
    """The parts of a dotted key."""
    keys: list[str] = []
    try:
        here: Any = tomllib.loads(f"[{header}]")
    except tomllib.TOMLDecodeError:
        return [header]  # a line of a text of several lines
    while here:
        key, here = next(iter(here.items()))
        keys.append(key)
    return keys
