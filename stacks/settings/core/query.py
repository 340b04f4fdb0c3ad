"""Values at a place in the settings, which may name every entry of a map or every item of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from stacks.settings.core.problems import Place
from stacks.settings.core.types import Section
from stacks.settings.core.unknown import NotKnown, all_entries, known_items, known_keys

EVERY: Final = "*"  # every value of a map, and every item of a list
KEYS: Final = "<keys>"  # every key of a map


def values_at(value: Any, place: Place, above: Place = ()) -> Iterator[tuple[Place, Any]]:
    """The known values at a place, and where each of them is; None and what is not there are left out.

    `value` is a section of the settings, or the raw values of one.
    """
    if not place:
        if value is not None:
            yield above, value
        return
    part, below = place[0], place[1:]
    for name, item in _children(value, part):
        yield from values_at(item, below, (*above, name))


def _children(value: Any, part: str | int) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Section):
        if part in type(value).model_fields:
            try:
                yield part, getattr(value, str(part))
            except NotKnown:
                return
    elif isinstance(value, Mapping):
        if part == KEYS:
            yield from ((key, key) for key in known_keys(value))
        else:
            yield from ((key, item) for key, item in all_entries(value) if part in (EVERY, key))
    elif part == EVERY and isinstance(value, Sequence) and not isinstance(value, str):
        yield from known_items(value)
