"""Paths of inputs as Pulumi writes them, and patterns of such paths.

A pattern is a path in which ``[*]`` matches any index, ``.*`` any key, and ``.**`` at the end the path before it and
all paths below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from groundwork.graph import Placeholder, Value

Keys = tuple[str | int, ...]

ANY: Final = "*"
BELOW: Final = "**"

_TOKEN: Final = re.compile(r'\[(?:(\d+)|(\*)|"((?:[^"\\]|\\.)*)")\]|\.?([^.\[]+)')


@cache
def parse(path: str) -> Keys:
    """The keys of a path or a pattern: text for a property or a map key, a number for an index."""
    keys: list[str | int] = []
    for index, star, quoted, plain in _TOKEN.findall(path):
        keys.append(int(index) if index else star or plain or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(keys)


def top(path: str) -> str:
    """The name of the input that a path is in."""
    return str(parse(path)[0])


def matches(pattern: str, keys: Keys) -> bool:
    """Whether a pattern matches these keys."""
    expected = parse(pattern)
    if expected[-1] == BELOW:
        expected = expected[:-1]
        keys = keys[: len(expected)]
    return len(expected) == len(keys) and all(part in (ANY, key) for part, key in zip(expected, keys, strict=True))


def below(keys: Keys, value: Value) -> Iterator[Keys]:
    """The keys of a value and of all its parts; an empty value has none."""
    if value is None or (isinstance(value, dict | list | str) and not value):
        return
    yield keys
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from below((*keys, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from below((*keys, index), item)


def inside(value: Value, keys: Keys) -> Value:
    """The part of a value at these keys; None where it is absent, the placeholder where one is on the way."""
    for key in keys:
        if isinstance(value, Placeholder):
            return value
        if isinstance(value, Mapping):
            value = value.get(str(key))
        elif isinstance(value, list) and isinstance(key, int):
            value = value[key] if key < len(value) else None
        else:
            return None
    return value
