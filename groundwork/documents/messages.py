"""Errors of pydantic in plain words: what is wrong with a value, and what would be right."""

from __future__ import annotations

import datetime as dt
import difflib
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from groundwork.documents.formats import Place
from groundwork.documents.model import NOT_BLANK, Model, Objection

SHOWN: Final = 60  # characters of a wrong value that a message repeats


def suggest(word: str, known: Collection[str], otherwise: str | None = None) -> str:
    """A hint for a name that does not exist: the nearest known name or, where none is near, `otherwise`.

    Without `otherwise` the hint lists all known names.
    """
    if close := difflib.get_close_matches(word, known, n=1):
        return f"did you mean {close[0]}?"
    return f"known here: {', '.join(known)}" if otherwise is None else otherwise


def shown(value: object) -> str:
    """A value as a message repeats it, cut to one line of a readable length."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = f"{value:f}" if isinstance(value, Decimal) else repr(value) if isinstance(value, str | bytes) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def objections(error: ValidationError, model: type[BaseModel]) -> Iterator[Objection]:
    """What is wrong in plain words. A key that is missing because it is misspelled is reported once, as misspelled."""
    details = error.errors(include_url=False)
    meant = {
        (*detail["loc"][:-1], *difflib.get_close_matches(str(detail["loc"][-1]), _fields(model, detail["loc"][:-1]), 1))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    for detail in details:
        place = _place(detail["loc"])
        if detail["type"] == "refused":
            for objection in detail["ctx"]["objections"]:
                yield Objection(objection.message, objection.hint, (*place, *objection.place))
        elif detail["type"] != "missing" or detail["loc"] not in meant:
            yield Objection(*_words(detail, model), place)


def _place(loc: Place) -> Place:
    """A location of a validation error without the marks of pydantic for keys and for members of unions."""
    parts = [str(part) if "[key]" in loc[index + 1 : index + 2] else part for index, part in enumerate(loc)]
    return tuple(part for part in parts if not (isinstance(part, str) and part.startswith("[")))


EXPECTED: Final = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "is_instance_of": "a number",
    "bool": "true or false",
    "date": "a date such as 2026-07-30",
    "date_from_datetime": "a date such as 2026-07-30",
    "dict": "a map of keys",
    "mapping": "a map of keys",
    "model": "a map of keys",
    "model_attributes": "a map of keys",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
}
BOUNDS: Final = {"gt": "must be above", "ge": "must be at least", "lt": "must be below", "le": "must be at most"}


def _words(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Message and hint of one validation error."""
    value = shown(detail["input"])
    context: Mapping[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden" if (instead := _removed(model, detail["loc"])) is not None:
            return "was removed", instead
        case "extra_forbidden":
            known = _fields(model, detail["loc"][:-1])
            return "unknown key", suggest(str(detail["loc"][-1]), known)
        case "missing":
            return "is missing", _description(model, detail["loc"])
        case "enum" | "literal_error":
            return f"{value} is not a valid value", f"one of {context['expected']}"
        case "string_pattern_mismatch" if context["pattern"] == NOT_BLANK:
            return "expected text, found nothing", _description(model, detail["loc"])
        case "value_error":
            return str(context["error"]), ""
        case "too_short" | "too_long":
            low = "min_length" in context
            bound = f"at least {context['min_length']}" if low else f"at most {context['max_length']}"
            count = context["actual_length"]
            return f"has {count} {'entry' if count == 1 else 'entries'}", f"{bound} expected"
        case kind if bounds := [f"{words} {context[bound]}" for bound, words in BOUNDS.items() if bound in context]:
            return f"{value} is out of range", bounds[0]
        case kind if (expected := EXPECTED.get(_kind(kind))) is not None:
            quotes = expected == "text" and isinstance(detail["input"], int | Decimal | dt.date)
            return f"expected {expected}, found {value}", "put it in quotes" if quotes else ""
        case _:
            return f"{value} is not valid", _description(model, detail["loc"]) or detail["msg"]


def _kind(type_: str) -> str:
    """The type that an error of pydantic is about."""
    for suffix in ("_type", "_parsing", "_inexact"):
        type_ = type_.removesuffix(suffix)
    return type_


def _fields(model: type[BaseModel], loc: Place) -> list[str]:
    """The keys that are known at a location of a validation error."""
    here = _annotation(model, loc)
    if not _is_model(here):
        return []
    return [field.alias or name for name, field in here.model_fields.items()]


def _removed(model: type[BaseModel], loc: Place) -> str | None:
    """What to do instead of a key that was removed; None where there never was such a key."""
    here = _annotation(model, loc[:-1])
    return here.REMOVED.get(str(loc[-1])) if _is_model(here) and issubclass(here, Model) else None


def _description(model: type[BaseModel], loc: Place) -> str:
    """What the field at a location is for; empty where it does not say."""
    here = _annotation(model, loc[:-1])
    return (_named(here, str(loc[-1])).description or "") if _is_model(here) and loc else ""


def _annotation(model: type[BaseModel], loc: Place) -> Any:
    """The type at a location of a validation error; None where it is unknown."""
    here: Any = model
    for part in loc:
        here = _bare(here)
        arguments = typing.get_args(here)
        if _is_model(here):
            here = _named(here, str(part)).annotation
        elif typing.get_origin(here) in (typing.Union, types.UnionType):
            here = next((member for member in arguments if str(part) in _tags(member)), None)
        elif arguments:
            here = arguments[0] if part == "[key]" or len(arguments) == 1 else arguments[-1]
            here = arguments[0] if here is Ellipsis else here
        else:
            return None
    return _bare(here)


def _named(model: type[BaseModel], key: str) -> Any:
    """The field of a key."""
    fields = model.model_fields
    empty = types.SimpleNamespace(annotation=None, description="")
    return next((field for name, field in fields.items() if key in (field.alias or name, name)), empty)


def _tags(member: Any) -> set[str]:
    """The names that a location may call a member of a union by."""
    marks = {mark.tag for mark in getattr(member, "__metadata__", ()) if hasattr(mark, "tag")}
    return {*marks, getattr(_bare(member), "__name__", "")}


def _bare(annotation: Any) -> Any:
    """The type inside Annotated and Optional."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not types.NoneType]
        return _bare(members[0]) if len(members) == 1 else annotation
    return annotation


def _is_model(annotation: Any) -> typing.TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
