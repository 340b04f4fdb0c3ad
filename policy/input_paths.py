"""Values of inputs by path; a star in a path is every item of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groundwork.graph import Placeholder, Value

InputPath = tuple[str, ...]


def values_at(value: Value, path: InputPath) -> Iterator[Value]:
    """The values at a path; the placeholder where a part of the path is unknown."""
    if not path or value is Placeholder.UNKNOWN:
        yield value
    elif path[0] == "*":
        for item in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
            yield from values_at(item, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from values_at(value[path[0]], path[1:])
