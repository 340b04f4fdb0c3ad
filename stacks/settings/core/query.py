"""Where values of one kind stand, read from raw settings so that no mistake elsewhere hides what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from stacks.settings.core.problems import Place

EVERY: Final = "*"  # every value of a map, and every item of a list
KEYS: Final = "<keys>"  # every key of a map

T = TypeVar("T")


def found(values: Any, place: Place, shape: TypeAdapter[T], loc: Place = ()) -> Iterator[tuple[Place, T]]:
    """The values at a place that have the shape, and where each stands; of the others the wrong shape is told."""
    if not place:
        try:
            yield loc, shape.validate_python(values)
        except ValidationError:
            return
    elif place[0] == KEYS:
        for key in values if isinstance(values, Mapping) else ():
            yield from found(key, (), shape, (*loc, key))
    elif isinstance(values, Mapping):
        for key in list(values) if place[0] == EVERY else [place[0]]:
            if key in values:
                yield from found(values[key], place[1:], shape, (*loc, key))
    elif isinstance(values, list) and place[0] == EVERY:
        for index, item in enumerate(values):
            yield from found(item, place[1:], shape, (*loc, index))


def one(values: Any, place: Place, shape: TypeAdapter[T]) -> T | None:
    """The value at a place that names no more than one, or None where it is not there or has another shape."""
    return next((value for _, value in found(values, place, shape)), None)
