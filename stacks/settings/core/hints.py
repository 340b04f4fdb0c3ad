"""Descriptions of values, read from the model itself, so that a hint never contradicts the check."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def describe(model: type[BaseModel], loc: tuple[str | int, ...]) -> str:
    """The form of the value at a location or, without one, the description of its field; and an example."""
    key_at = next((i for i, part in enumerate(loc) if part == "[key]"), None)
    annotation, field = _declared(model, loc if key_at is None else (*loc[: key_at - 1], "[key]"))
    # The form comes first: the purpose of a field says little about how its value is written.
    sources = [*reversed(list(_sources(annotation))), *([] if field is None else [field])]
    what = next((source.description for source in sources if source.description), "")
    example = next((str(source.examples[0]) for source in sources if source.examples), "")
    return ", ".join(part for part in (what, example and f"such as {example}") if part)


def fields_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the section at a location has."""
    here = bare(_declared(model, loc)[0])
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def removed_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> str | None:
    """What to do about a removed key at a location; None where there was no such key."""
    here = bare(_declared(model, loc[:-1])[0])
    removed: Mapping[str, str] = getattr(here, "REMOVED", {})
    return removed.get(str(loc[-1]))


def _declared(model: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[Any, FieldInfo | None]:
    """The type at a location and the field that declares it; entries of maps and items of lists have no field."""
    here: Any = model
    field: FieldInfo | None = None
    for part in loc:
        here = bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            if field is None:
                return None, None
            here = typing.get_type_hints(here, include_extras=True)[str(part)]
        elif typing.get_origin(here) in (dict, list):
            inner = typing.get_args(here)
            field, here = None, inner[0 if part == "[key]" else -1]
    return here, field


def bare(annotation: Any) -> Any:
    """The type inside Annotated and Optional."""
    inner = _inner(annotation)
    return annotation if inner is None else bare(inner)


def _sources(annotation: Any) -> Iterator[FieldInfo]:
    """The declarations inside Annotated and Optional, the innermost last."""
    if typing.get_origin(annotation) is typing.Annotated:
        yield from (extra for extra in typing.get_args(annotation)[1:] if isinstance(extra, FieldInfo))
    inner = _inner(annotation)
    if inner is not None:
        yield from _sources(inner)


def _inner(annotation: Any) -> Any:
    """One layer less of Annotated or Optional; None where there is none."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return typing.get_args(annotation)[0]
    if origin in (typing.Union, types.UnionType):
        return next(choice for choice in typing.get_args(annotation) if choice is not type(None))
    return None
