"""YAML of a settings file: the document, its values without the parser's classes, and the line of each key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.scalarbool import ScalarBoolean

from stacks.settings.core.problems import DEEP, PREFIX, Problem, SettingsError, shown


class _BadScalarError(ConstructorError):
    """A value that looks like a number or a date but is not valid."""


class _Constructor(RoundTripConstructor):
    """The parser's constructor, which does not catch the errors of Python's conversions."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - the parser's signature
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, TypeError, OverflowError):
            kind = str(node.tag).rpartition(":")[2]
            message = f"{shown(node.value)} is not a valid {kind}"
            raise _BadScalarError(None, None, message, node.start_mark) from None


def parse(text: str, name: str) -> CommentedMap:
    """The document, which is a map; raises `SettingsError`."""
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        document = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        what = (error.problem or error.context or "cannot be parsed").split("\n")[0]
        hint = "put text in quotes" if isinstance(error, _BadScalarError) else ""
        if isinstance(error, DuplicateKeyError):
            what = what.partition(" with value ")[0]  # which may be a complete entry
            hint = "merge the values of the two keys, or rename one of them"
        raise SettingsError([Problem(name, "", f"is not valid YAML: {what}", hint, line)]) from None
    except YAMLError as error:
        raise SettingsError([Problem(name, "", f"is not valid YAML: {str(error).splitlines()[0]}")]) from None
    except RecursionError:
        raise SettingsError([Problem(name, "", DEEP)]) from None
    if not isinstance(document, CommentedMap):
        raise SettingsError([Problem(name, "", "is not a map", "it starts with config:")])
    return document


def configuration(document: CommentedMap, name: str) -> CommentedMap:
    """The map under ``config``; raises `SettingsError`."""
    section = document.get("config")
    if not isinstance(section, CommentedMap):
        raise SettingsError([Problem(name, "config", "is missing", f"settings are under config as {PREFIX}<key>")])
    return section


def plain(section: CommentedMap, name: str) -> dict[str, Any]:
    """The values in Python's own types; raises `SettingsError` for a value that contains itself."""
    try:
        return {str(key): _plain(item) for key, item in section.items()}
    except RecursionError:
        raise SettingsError([Problem(name, "", DEEP)]) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, ScalarBoolean):
        return bool(value)  # true or false with an anchor, which the parser represents as a number
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, TaggedScalar) and str(value.tag) == "tag:yaml.org,2002:str":
        return str(value)
    return value  # a date, or a type that needs a tag: no field accepts it


def line_of(section: CommentedMap, path: str) -> int | None:
    """The line, counted from 1, of the deepest part of `path` that is in the file."""
    here: Any = section
    line: int | None = None
    while path:
        try:
            part, path = _step(here, path)
            at = here.lc.item(part) if isinstance(here, CommentedSeq) else here.lc.key(part)
            line, here = at[0] + 1, here[part]
        except (KeyError, IndexError, AttributeError, TypeError):
            break
    return line


def _step(here: Any, path: str) -> tuple[Any, str]:
    """The first part of a path as the document's own key, and the rest; keys may contain dots and brackets."""
    if isinstance(here, CommentedSeq) and (index := re.match(r"\[([0-9]+)\]\.?", path)):
        return int(index[1]), path[index.end() :]
    candidates = [key for key in here if path == str(key) or path.startswith((f"{key}.", f"{key}["))]
    key = max(candidates, key=lambda key: len(str(key)), default=None)
    if key is None:
        raise KeyError(path)
    return key, path[len(str(key)) :].removeprefix(".")
