"""What is wrong with a settings file, in words that say what would be right."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stacks.settings.core.hints import describe, fields_at, removed_at

PREFIX: Final = "groundwork:"
DEEP: Final = "is nested too deeply"
SHOWN: Final = 60  # characters of a wrong value that a message repeats
BITS_PER_DIGIT: Final = 3.3219  # of a decimal number
# Of keys that the other kind of stack has at the same place.
CLOUD_KEY: Final = "is a key of cloud stacks"
CLOUD_KEY_HINT: Final = "this stack is local: take it out"
LOCAL_KEY: Final = "is a key of local stacks"
LOCAL_KEY_HINT: Final = "take it out; environment: local makes a stack so"

Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: the file, the path of the key in it, what is wrong and what would be right."""

    file: str
    path: str
    message: str
    hint: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: {self.path}: {self.message}{hint}" if self.path else f"{where}: {self.message}{hint}"


class SettingsError(pulumi.RunError):
    """The settings cannot be used; carries every problem that was found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        """`problems` must not be empty."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def key_path(loc: Place) -> str:
    """The path of a key as it is written in the file: ``groundwork:clusters.main.zones[0]``."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else f"{PREFIX}{part}"
    return path


@dataclass(frozen=True)
class Elsewhere:
    """The model of the other kind of stack, and what is said of a key that only that one has."""

    model: type[BaseModel]
    message: str
    hint: str


def translate(
    error: ValidationError,
    model: type[BaseModel],
    file: str,
    told: Collection[Place] = (),
    elsewhere: Elsewhere | None = None,
) -> Iterator[Problem]:
    """Every problem in a validation error, in the words of the settings file rather than of the validator.

    What stands at a place that is `told` or below it was reported by somebody else. A key that is missing because it is
    misspelt is told once, where it stands.
    """
    details = error.errors(include_url=False)
    meant = {(*detail["loc"][:-1], _meant(detail["loc"], model)) for detail in details if _is_unknown(detail)}
    for detail in details:
        loc = tuple(part for part in detail["loc"] if part != "[key]")
        if any(loc[: len(place)] == place for place in told) or (detail["type"] == "missing" and loc in meant):
            continue
        if elsewhere is not None and _is_unknown(detail) and _has(elsewhere.model, detail["loc"]):
            message, hint = elsewhere.message, elsewhere.hint
        else:
            message, hint = _words(detail, model)
        yield Problem(file, key_path(loc), message, hint)


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _meant(loc: Place, model: type[BaseModel]) -> str | None:
    """The key that an unknown one was to be, if it is like any and was none in an earlier version."""
    return None if removed_at(model, loc) is not None else _like(str(loc[-1]), sorted(fields_at(model, loc[:-1])))


def _has(model: type[BaseModel], loc: Place) -> bool:
    """Whether a model knows the key at a location."""
    return str(loc[-1]) in fields_at(model, loc[:-1])


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Message and hint for one validation error."""
    value = detail["input"]
    given = shown(value)
    context: Mapping[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(detail["loc"], model)
        case "missing":
            return "is missing", describe(model, detail["loc"])
        case "string_pattern_mismatch":
            return f"{given} has the wrong shape", _shape_hint(value, detail, model)
        case "enum" | "literal_error":
            return f"{given} is not a choice", f"one of {context['expected']}"
        case "value_error":
            return _objection(value, str(context["error"])), ""
        case "too_short" | "too_long":
            return _length(context)
        case "duplicate":
            return f"{given} stands twice", "once is enough"
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            return f"{given} is out of range", f"{'at least' if 'ge' in context else 'at most'} {bound}"
        case kind if kind.endswith(("_type", "_parsing")):
            expected = EXPECTED.get(kind.rsplit("_", 1)[0], kind)
            return f"expected {expected}, found {given}", _text_hint(value, detail, model) if expected == TEXT else ""
        case _:
            return detail["msg"], ""


def _length(context: Mapping[str, Any]) -> tuple[str, str]:
    """A list with too few or too many items."""
    length = context["actual_length"]
    if "max_length" in context:
        return f"has {length}", f"takes at most {context['max_length']}"
    return f"has {length}" if length else "is empty", f"needs at least {context['min_length']}"


def _unknown(loc: Place, model: type[BaseModel]) -> tuple[str, str]:
    """A key that is none, or none any more."""
    if (instead := removed_at(model, loc)) is not None:
        return "is no key any more", instead
    return "unknown key", _nearest(str(loc[-1]), sorted(fields_at(model, loc[:-1])))


TEXT: Final = "text"
EXPECTED: Final = {
    "string": TEXT,
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "dict": "a map of keys",
    "model": "a map of keys",
    "model_attributes": "a map of keys",
    "list": "a list",
}


def _text_hint(value: object, detail: ErrorDetails, model: type[BaseModel]) -> str:
    """How to write what should be text: in quotes what YAML takes for something else, else in the field's shape."""
    return "put it in quotes" if isinstance(value, int | float | dt.date) else describe(model, detail["loc"])


def _shape_hint(value: object, detail: ErrorDetails, model: type[BaseModel]) -> str:
    """What the field takes; who writes a group's address for its key is told where the address stands."""
    address = "@" in str(value) and {"members", "groups"} & set(detail["loc"][-3:-1])
    return f"a key of {PREFIX}groups, whose entry has the address" if address else describe(model, detail["loc"])


def _objection(value: object, text: str) -> str:
    """What a validator of our own says of a value, as a sentence that starts with the value."""
    if value is None:
        return f"is empty; {text}"
    return text if isinstance(value, Mapping | BaseModel | list) else f"{shown(value)} {text}"


def shown(value: object) -> str:
    """A value as a person typed it, cut short so that a message stays one line."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and (digits := round(value.bit_length() / BITS_PER_DIGIT)) > SHOWN:
        return f"a number of {digits} digits"  # Python refuses to write out thousands of them
    text = repr(value) if isinstance(value, str | bytes) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def _nearest(word: str, known: list[str]) -> str:
    """The known key that is most like `word`, or all of them where none is."""
    close = _like(word, known)
    return f"did you mean {close}?" if close is not None else f"known here: {', '.join(known)}"


def _like(word: str, known: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), None)


def suggest(word: str, known: list[str]) -> str:
    """A hint for a reference to an entry that is not there."""
    return _nearest(word, sorted(known)) if known else "there is none"
