"""Whether a change replaces a resource, and whether it is one at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from groundwork.diff.replacements import equality, rules
from groundwork.diff.replacements.paths import Keys, below, inside, matches, parse
from groundwork.diff.replacements.rules import Changed
from groundwork.diff.replacements.table import KUBERNETES, Entry, entry
from groundwork.graph import Placeholder, Value, at

RELEASE: Final = "kubernetes:helm.sh/v3:Release"

_NOTHING: Final[Mapping[str, Value]] = {}


def known(kind: str) -> bool:
    """Whether it is known what replaces a type."""
    return entry(kind) is not None


def same(kind: str, path: str, before: Value, after: Value) -> bool:
    """Whether the provider takes both sides of a difference for one value."""
    found = entry(kind)
    if found is None:
        return False
    keys = parse(path)
    if before is not None and after is None and _any(found.kept, keys):
        return True
    if before is None or after is None:
        given = after if before is None else before
        defaults = [value for pattern, value in found.defaults.items() if matches(pattern, keys)]
        # What is answered about a switch that nobody set is that it is off.
        if given in defaults or (given is False and not defaults):
            return True
    return equality.same(kind, path, before, after)


def empty_is_a_value(kind: str, path: str) -> bool:
    """Whether an empty text is something else than none: for a claim, no class is not the default class."""
    return (kind, path) == ("kubernetes:core/v1:PersistentVolumeClaim", "spec.storageClassName")


def is_set(kind: str, path: str) -> bool:
    """Whether the order of a list means nothing to the provider."""
    found = entry(kind)
    return found is not None and _any(found.sets, parse(path))


def forces(
    kind: str,
    path: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    provider: Mapping[str, Value] = _NOTHING,
) -> bool:
    """Whether the provider replaces a resource whose inputs differ at `path`; False where nobody knows."""
    found = entry(kind)
    if found is None:
        return False
    keys = _whole_element(found, parse(path))
    before, after = inside(old, keys), inside(new, keys)
    if after is Placeholder.UNKNOWN:
        return _forces_unknown(kind, found, keys, before)
    changed = Changed(before, after, old, new, provider)
    return rules.forces(kind, path, changed) or (
        _table_forces(found, keys, before, after) and rules.holds(kind, path, changed)
    )


def forces_unknown(kind: str, name: str, before: Value) -> bool:
    """Whether the provider replaces a resource whose input `name` was `before`, and is as a whole no longer known."""
    found = entry(kind)
    return found is not None and _forces_unknown(kind, found, (name,), before)


def _forces_unknown(kind: str, found: Entry, keys: Keys, before: Value) -> bool:
    """A list or a map counts where its elements do; a block only for itself, but in an object of Kubernetes in full."""
    if kind.startswith(KUBERNETES):
        return any(_any(found.replaces, part) for part in (keys, *below(keys, before)))
    return any(_any((*found.replaces, *rules.UNKNOWN.get(kind, ())), part) for part in (keys, (*keys, 0), (*keys, "*")))


def deletes_first(kind: str, old: Mapping[str, Value], new: Mapping[str, Value]) -> bool:
    """Whether the old resource goes before the new one comes, since both would have the same name."""
    found = entry(kind)
    if found is None or kind == RELEASE:
        return False
    if kind.startswith(KUBERNETES):
        return all(at(old, path) == at(new, path) for path in ("metadata.name", "metadata.namespace"))
    return found.deletes_first or any(new.get(name) is not None for name in found.named)


def _table_forces(found: Entry, keys: Keys, before: Value, after: Value) -> bool:
    """What appears or goes counts with all that is in it; what the provider keeps does not go."""
    both = before is not None and after is not None
    another = both and _is_element(found, keys) and isinstance(after, Mapping)
    if not another and _any(found.replaces, keys):
        return True
    if both and not another:
        return False
    gone = (part for part in below(keys, before) if not _any(found.kept, part))
    # An element of a set that is another one now was neither added nor taken away.
    return any(_any(found.replaces, part) for part in (*gone, *below(keys, after)) if not both or len(part) > len(keys))


def _whole_element(found: Entry, keys: Keys) -> Keys:
    """An element of a set has no identity but its content: one that differs is another one."""
    lengths = (length for length in range(2, len(keys)) if _is_element(found, keys[:length]))
    return keys[: next(lengths, len(keys))]


def _is_element(found: Entry, keys: Keys) -> bool:
    return isinstance(keys[-1], int) and _any(found.sets, keys[:-1])


def _any(patterns: tuple[str, ...], keys: Keys) -> bool:
    return any(matches(pattern, keys) for pattern in patterns)
