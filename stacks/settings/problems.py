"""What is wrong with a settings file, in words that say what would be right."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

PREFIX: Final = "groundwork:"
SHOWN: Final = 60  # characters of a wrong value that a message repeats


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


class SettingsError(Exception):
    """The settings cannot be used; carries every problem that was found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        """`problems` must not be empty."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def key_path(loc: tuple[str | int, ...]) -> str:
    """The path of a key as it is written in the file: ``groundwork:clusters.main.zones[0]``."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else f"{PREFIX}{part}"
    return path


def translate(error: ValidationError, model: type[BaseModel], file: str) -> Iterator[Problem]:
    """Every problem in a validation error, in the words of the settings file rather than of the validator."""
    for detail in error.errors(include_url=False):
        loc = tuple(part for part in detail["loc"] if part != "[key]")
        message, hint = _words(detail, model)
        yield Problem(file, key_path(loc), message, hint)


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Message and hint for one validation error."""
    given = shown(detail["input"])
    context: Mapping[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            known = sorted(_fields_at(model, detail["loc"][:-1]))
            return "unknown key", _nearest(str(detail["loc"][-1]), known)
        case "missing":
            return "is missing", _describe(model, detail["loc"])
        case "string_pattern_mismatch":
            return f"{given} has the wrong shape", _describe(model, detail["loc"])
        case "enum" | "literal_error":
            return f"{given} is not a choice", f"one of {context['expected']}"
        case "value_error":
            text = str(context["error"])
            return (text if isinstance(detail["input"], Mapping | BaseModel) else f"{given} {text}"), ""
        case "too_short":
            return "is empty", f"needs at least {context['min_length']}"
        case "greater_than_equal" | "less_than_equal":
            bound = context.get("ge", context.get("le"))
            return f"{given} is out of range", f"{'at least' if 'ge' in context else 'at most'} {bound}"
        case "string_type":
            quoted = isinstance(detail["input"], int | float | bool)
            return f"expected text, found {given}", "put it in quotes" if quoted else ""
        case kind if kind.endswith(("_type", "_parsing")):
            return f"expected {EXPECTED.get(kind.rsplit('_', 1)[0], kind)}, found {given}", ""
        case _:
            return detail["msg"], ""


EXPECTED: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "dict": "a map of keys",
    "model": "a map of keys",
    "model_attributes": "a map of keys",
    "list": "a list",
}


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
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def _nearest(word: str, known: list[str]) -> str:
    """The known key that is most like `word`, or all of them where none is."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"


def suggest(word: str, known: list[str]) -> str:
    """A hint for a reference to an entry that is not there."""
    return _nearest(word, sorted(known)) if known else "there is none"


def _unwrap(annotation: Any) -> Any:
    """The type inside Annotated and Optional."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(arg for arg in typing.get_args(annotation) if arg is not type(None))
        else:
            return annotation


def _model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[Any, Any]:
    """The type at a location and the field that declares it, walking through maps and lists."""
    here: Any = model
    field: Any = None
    for part in loc:
        here = _unwrap(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            if field is None:
                return None, None
            here = field.annotation
        elif typing.get_origin(here) is dict:
            here = typing.get_args(here)[0 if part == "[key]" else 1]
        elif typing.get_origin(here) is list:
            here = typing.get_args(here)[0]
    return here, field


def _fields_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Names of the keys that are known at a location."""
    here = _unwrap(_model_at(model, loc)[0])
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _describe(model: type[BaseModel], loc: tuple[str | int, ...]) -> str:
    """What a field takes, from its own declaration: description and example of its shape."""
    key_at = next((i for i, part in enumerate(loc) if part == "[key]"), None)
    annotation, field = _model_at(model, loc if key_at is None else (*loc[: key_at - 1], "[key]"))
    shape: dict[str, Any] = {}
    sources = [*getattr(field, "metadata", []), *typing.get_args(annotation)[1:]]
    for source in [field, *sources]:
        extra = getattr(source, "json_schema_extra", None)
        if isinstance(extra, dict):
            shape = {**extra, **shape}
    if not shape:
        return getattr(field, "description", None) or ""
    return f"{shape['description']}, such as {shape['examples'][0]}"
