"""Decide whether a provider treats two values as equal, and whether it replaces a resource for a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from groundwork.diff.replacements import equality, rules
from groundwork.diff.replacements.paths import Keys, below, inside, matches, parse
from groundwork.diff.replacements.rules import InputChange
from groundwork.diff.replacements.table import KUBERNETES, TypeReplacements, replacements_of
from groundwork.graph import Placeholder, Value, at

RELEASE: Final = "kubernetes:helm.sh/v3:Release"

_NOTHING: Final[Mapping[str, Value]] = {}


def is_known(kind: str) -> bool:
    """Whether the replacement rules of a type are known."""
    return replacements_of(kind) is not None


def is_same(kind: str, path: str, before: Value, after: Value) -> bool:
    """Whether the provider treats two values of an input as equal; None is an absent value."""
    known = replacements_of(kind)
    if known is None:
        return False
    keys = parse(path)
    if before is not None and after is None and _any(known.computed, keys):
        return True
    if before is None or after is None:
        given = after if before is None else before
        defaults = [value for pattern, value in known.defaults.items() if matches(pattern, keys)]
        # A boolean that is absent and has no default is false.
        if given in defaults or (given is False and not defaults):
            return True
    return equality.is_same(kind, path, before, after)


def is_empty_a_value(kind: str, path: str) -> bool:
    """Whether an empty text differs from an absent one: a claim with the class "" does not get the default class."""
    return (kind, path) == ("kubernetes:core/v1:PersistentVolumeClaim", "spec.storageClassName")


def is_set(kind: str, path: str) -> bool:
    """Whether the provider ignores the order of a list."""
    known = replacements_of(kind)
    return known is not None and _any(known.sets, parse(path))


def replaces(
    kind: str,
    path: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    provider: Mapping[str, Value] = _NOTHING,
) -> bool:
    """Whether the provider replaces a resource whose inputs differ at `path`; False where its rules are unknown."""
    known = replacements_of(kind)
    if known is None:
        return False
    keys = _set_element(known, parse(path))
    before, after = inside(old, keys), inside(new, keys)
    if after is Placeholder.UNKNOWN:
        return _unknown_replaces(kind, known, keys, before)
    change = InputChange(before, after, old, new, provider)
    return rules.replaces(kind, path, change) or (
        _table_replaces(known, keys, before, after) and rules.confirms(kind, path, change)
    )


def replaces_if_unknown(kind: str, name: str, before: Value) -> bool:
    """Whether the provider replaces a resource whose input `name`, which was `before`, becomes unknown as a whole."""
    known = replacements_of(kind)
    return known is not None and _unknown_replaces(kind, known, (name,), before)


def _unknown_replaces(kind: str, known: TypeReplacements, keys: Keys, before: Value) -> bool:
    """Whether a value that becomes unknown replaces; of a Kubernetes object all its parts count, else its elements."""
    if kind.startswith(KUBERNETES):
        return any(_any(known.replaces, part) for part in (keys, *below(keys, before)))
    patterns = (*known.replaces, *rules.UNKNOWN.get(kind, ()))
    return any(_any(patterns, part) for part in (keys, (*keys, 0), (*keys, "*")))


def deletes_first(kind: str, old: Mapping[str, Value], new: Mapping[str, Value]) -> bool:
    """Whether the old resource is deleted before the new one is created, since both would have the same name."""
    known = replacements_of(kind)
    if known is None or kind == RELEASE:
        return False
    if kind.startswith(KUBERNETES):
        return all(at(old, path) == at(new, path) for path in ("metadata.name", "metadata.namespace"))
    return known.deletes_first or any(new.get(name) is not None for name in known.autonamed)


def _table_replaces(known: TypeReplacements, keys: Keys, before: Value, after: Value) -> bool:
    """Whether the table replaces for a change at `keys`; a value that is added or removed counts with all its parts.

    A part that the provider computes is not removed.
    """
    both = before is not None and after is not None
    is_other_element = both and _is_element(known, keys) and isinstance(after, Mapping)
    if not is_other_element and _any(known.replaces, keys):
        return True
    if both and not is_other_element:
        return False
    removed = (part for part in below(keys, before) if not _any(known.computed, part))
    # An element of a set that differs is another element; its parts count, itself was neither added nor removed.
    parts = (part for part in (*removed, *below(keys, after)) if not both or len(part) > len(keys))
    return any(_any(known.replaces, part) for part in parts)


def _set_element(known: TypeReplacements, keys: Keys) -> Keys:
    """The keys, cut after an element of a set: one that differs in a part is another element."""
    lengths = (length for length in range(2, len(keys)) if _is_element(known, keys[:length]))
    return keys[: next(lengths, len(keys))]


def _is_element(known: TypeReplacements, keys: Keys) -> bool:
    return isinstance(keys[-1], int) and _any(known.sets, keys[:-1])


def _any(patterns: tuple[str, ...], keys: Keys) -> bool:
    return any(matches(pattern, keys) for pattern in patterns)
