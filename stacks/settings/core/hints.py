"""What a place in the settings takes, read from the model itself, so that a hint never disagrees with the check."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def describe(model: type[BaseModel], loc: tuple[str | int, ...]) -> str:
    """What the value at a location takes: the shape of the value, or else what the field is for, and an example."""
    key_at = next((i for i, part in enumerate(loc) if part == "[key]"), None)
    annotation, field = _declared(model, loc if key_at is None else (*loc[: key_at - 1], "[key]"))
    # The shape comes first: what a field is for says little about how it is written.
    sources = [*reversed(list(_sources(annotation))), *([] if field is None else [field])]
    what = next((source.description for source in sources if source.description), "")
    example = next((str(source.examples[0]) for source in sources if source.examples), "")
    return ", ".join(part for part in (what, example and f"such as {example}") if part)


def fields_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Names of the keys that are known at a location."""
    here = _bare(_declared(model, loc)[0])
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def removed_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> str | None:
    """Why the key at a location is no key any more, and what to do; None where it never was one."""
    here = _bare(_declared(model, loc[:-1])[0])
    removed: Mapping[str, str] = getattr(here, "REMOVED", {})
    return removed.get(str(loc[-1]))


def _declared(model: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[Any, FieldInfo | None]:
    """The type at a location and the field that declares it, walking through maps and lists; entries have no field."""
    here: Any = model
    field: FieldInfo | None = None
    for part in loc:
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            if field is None:
                return None, None
            here = typing.get_type_hints(here, include_extras=True)[str(part)]
        elif typing.get_origin(here) in (dict, list):
            inner = typing.get_args(here)
            field, here = None, inner[0 if part == "[key]" else -1]
    return here, field


def _bare(annotation: Any) -> Any:
    """The type inside Annotated and Optional."""
    inner = _inner(annotation)
    return annotation if inner is None else _bare(inner)


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
