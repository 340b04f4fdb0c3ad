"""What changes between two declarations of one thing, as a provider answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from groundwork.diff.replacements import decide
from groundwork.diff.replacements.paths import inside, parse
from groundwork.wire import decode
from tests.stand_in.values import Properties, bare

_PLAIN: Final = frozenset(".[]\"'")


@dataclass(frozen=True)
class Changed:
    """One input that changes: its path, ``add``, ``update`` or ``delete``, and whether it replaces the thing."""

    path: str
    how: str
    replaces: bool

    @property
    def key(self) -> str:
        """The input itself, of which `path` may be a part."""
        return self.path.partition(".")[0].partition("[")[0]


def compare(kind: str, before: Properties, after: Properties) -> list[Changed]:
    """Every input that differs, in the order of paths; what providers note for themselves (``__x``) is no input."""
    old, new = decode(_bare(before)), decode(_bare(after))
    return [
        Changed(path, how, decide.forces(kind, path, old, new))
        for path, how in _walk(before, after, "")
        if not decide.same(kind, path, inside(old, parse(path)), inside(new, parse(path)))
    ]


def _bare(value: Any) -> Any:
    """A value without the wrapping of secrets at any depth."""
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
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else None
            other = after[index] if index < len(after) else None
            yield from _walk(one, other, f"{path}[{index}]")
    elif before != after:
        yield path, "add" if before is None else "delete" if after is None else "update"


def _join(path: str, key: str) -> str:
    """A path as the engine reads it: keys that hold its own signs are quoted."""
    if _PLAIN & set(key):
        quoted = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'{path}["{quoted}"]'
    return f"{path}.{key}" if path else key
