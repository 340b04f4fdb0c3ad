"""Problems of a settings file, each with a hint that says what would be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stacks.settings.core.hints import describe, fields_at, removed_at
from stacks.settings.core.spelling import closest, suggest

PREFIX: Final = "groundwork:"
DEEP: Final = "is nested too deeply"
SHOWN: Final = 60  # characters of an invalid value that a message repeats
BITS_PER_DIGIT: Final = 3.3219  # of a decimal number
# Message and hint for keys that only the other kind of stack has at the same place.
CLOUD_KEY: Final = "is a key of cloud stacks"
CLOUD_KEY_HINT: Final = "this stack is local: remove it"
LOCAL_KEY: Final = "is a key of local stacks"
LOCAL_KEY_HINT: Final = "remove it, or set environment: local"

Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One problem: the file, the path of the key in it, what is wrong and what would be right."""

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
    """The settings cannot be used; has every problem, not only the first."""

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
class OtherKind:
    """The model of the other kind of stack, with message and hint for a key that only that model has."""

    model: type[BaseModel]
    message: str
    hint: str


def translate(
    error: ValidationError,
    model: type[BaseModel],
    file: str,
    already_reported: Collection[Place] = (),
    other_kind: OtherKind | None = None,
) -> Iterator[Problem]:
    """Every problem of a validation error, in terms of the settings file.

    Values at or below a place that is `already_reported` have no further problem. A required key that is misspelled is
    reported once, as an unknown key.
    """
    details = error.errors(include_url=False)
    misspelled = {(*detail["loc"][:-1], _meant(detail["loc"], model)) for detail in details if _is_unknown(detail)}
    for detail in details:
        loc = tuple(part for part in detail["loc"] if part != "[key]")
        if any(loc[: len(place)] == place for place in already_reported):
            continue
        if detail["type"] == "missing" and loc in misspelled:
            continue
        if other_kind is not None and _is_unknown(detail) and _has(other_kind.model, detail["loc"]):
            message, hint = other_kind.message, other_kind.hint
        else:
            message, hint = _message(detail, model)
        yield Problem(file, key_path(loc), message, hint)


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _meant(loc: Place, model: type[BaseModel]) -> str | None:
    """The key that an unknown one is a misspelling of; None where no key is similar, or where it was removed."""
    return None if removed_at(model, loc) is not None else closest(str(loc[-1]), fields_at(model, loc[:-1]))


def _has(model: type[BaseModel], loc: Place) -> bool:
    """Whether a model knows the key at a location."""
    return str(loc[-1]) in fields_at(model, loc[:-1])


def _message(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
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
            return f"{given} is not valid", _pattern_hint(value, detail, model)
        case "enum" | "literal_error":
            return f"{given} is not a choice", f"one of {context['expected']}"
        case "value_error":
            return _objection(value, str(context["error"])), ""
        case "too_short" | "too_long":
            return _length(context)
        case "duplicate":
            return f"duplicate {given}", "list it once"
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            return f"{given} is out of range", f"{'at least' if 'ge' in context else 'at most'} {bound}"
        case kind if kind.endswith(("_type", "_parsing")):
            expected = EXPECTED.get(kind.rsplit("_", 1)[0], kind)
            return f"expected {expected}, found {given}", _text_hint(value, detail, model) if expected == TEXT else ""
        case _:
            return detail["msg"], ""


def _length(context: Mapping[str, Any]) -> tuple[str, str]:
    """Message and hint for a list or a map with too few or too many items."""
    length = context["actual_length"]
    if "max_length" in context:
        return f"has {length} items", f"at most {context['max_length']}"
    items = "1 item" if length == 1 else f"{length} items"
    return f"has {items}" if length else "is empty", f"at least {context['min_length']}"


def _unknown(loc: Place, model: type[BaseModel]) -> tuple[str, str]:
    """Message and hint for a key that the model does not have, or does not have any longer."""
    if (instead := removed_at(model, loc)) is not None:
        return "was removed", instead
    return "unknown key", suggest(str(loc[-1]), fields_at(model, loc[:-1]))


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
    """How to write a text: in quotes where YAML reads something else, else in the form of the field."""
    return "put it in quotes" if isinstance(value, int | float | dt.date) else describe(model, detail["loc"])


def _pattern_hint(value: object, detail: ErrorDetails, model: type[BaseModel]) -> str:
    """The form of the field; for an address in place of a group's key, where the address belongs."""
    address = "@" in str(value) and {"members", "groups"} & set(detail["loc"][-3:-1])
    return f"a key of {PREFIX}groups, whose entry has the address" if address else describe(model, detail["loc"])


def _objection(value: object, text: str) -> str:
    """The message of a validator of the settings models, as a sentence that starts with the value."""
    if value is None:
        return f"is empty; {text}"
    return text if isinstance(value, Mapping | BaseModel | list) else f"{shown(value)} {text}"


def shown(value: object) -> str:
    """A value as it is written in the file, shortened to fit a message of one line."""
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
