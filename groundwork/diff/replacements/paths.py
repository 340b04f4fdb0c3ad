"""Paths of inputs as Pulumi writes them, and patterns of such paths.

A pattern is a path in which ``[*]`` stands for any index, ``.*`` for any key, and ``.**`` at the end for the path
before it and everything below.
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
    """The keys of a path or a pattern: text for a property or a key of a map, a number for an index."""
    keys: list[str | int] = []
    for index, star, quoted, plain in _TOKEN.findall(path):
        keys.append(int(index) if index else star or plain or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(keys)


def top(path: str) -> str:
    """The input that a path is a part of."""
    return str(parse(path)[0])


def matches(pattern: str, keys: Keys) -> bool:
    """Whether a pattern names just these keys."""
    wanted = parse(pattern)
    if wanted[-1] == BELOW:
        wanted = wanted[:-1]
        keys = keys[: len(wanted)]
    return len(wanted) == len(keys) and all(one in (ANY, key) for one, key in zip(wanted, keys, strict=True))


def below(keys: Keys, value: Value) -> Iterator[Keys]:
    """The keys of a value and of everything in it; what is empty is not there."""
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
    """What stands at these keys of a value; None where nothing does, the mark where one is on the way."""
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
