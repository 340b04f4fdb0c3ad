"""The changes between two declarations of a resource, as a provider reports them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from groundwork.diff.replacements import decide
from groundwork.diff.replacements.paths import inside, parse
from groundwork.wire import decode
from tests.stand_in.values import Properties, bare

_PLAIN: Final = frozenset(".[]\"'")


@dataclass(frozen=True)
class PropertyChange:
    """The change of one property: its path, ``add``, ``update`` or ``delete``, and whether it replaces the resource."""

    path: str
    how: str
    replaces: bool

    @property
    def key(self) -> str:
        """The name of the input that the path is in."""
        return self.path.partition(".")[0].partition("[")[0]


def compare(kind: str, before: Properties, after: Properties) -> list[PropertyChange]:
    """Every input that differs, by path, without the providers' internal keys (``__x``)."""
    old, new = decode(_bare(before)), decode(_bare(after))
    return [
        PropertyChange(path, how, decide.replaces(kind, path, old, new))
        for path, how in _walk(before, after, "")
        if not decide.is_same(kind, path, inside(old, parse(path)), inside(new, parse(path)))
    ]


def _bare(value: Any) -> Any:
    """A value with secrets unwrapped, at any depth."""
    value = bare(value)
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _walk(before: Any, after: Any, path: str) -> Iterator[tuple[str, str]]:
    before, after = bare(before), bare(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            if not key.startswith("__"):
                yield from _walk(before.get(key), after.get(key), _join(path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index, (old, new) in enumerate(itertools.zip_longest(before, after)):
            yield from _walk(old, new, f"{path}[{index}]")
    elif before != after:
        yield path, "add" if before is None else "delete" if after is None else "update"


def _join(path: str, key: str) -> str:
    """A path as the engine reads it: keys with special characters are quoted."""
    if _PLAIN & set(key):
        quoted = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'{path}["{quoted}"]'
    return f"{path}.{key}" if path else key
