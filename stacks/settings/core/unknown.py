"""Values that are not known because they are not valid, and maps and lists that contain such values.

A check reads settings as if all of them were valid. Where it reads a value that is not known, `NotKnown` is raised and
the check ends: there is already a problem with that value, and what would follow from it is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, overload

T = TypeVar("T")


class NotKnown(Exception):  # noqa: N818 - it is not an error: it ends a check
    """A value was read that is not valid, or that is missing although it is required."""


class _Unknown:
    """Stands for a value that is not known, inside of a list."""


UNKNOWN: Final = _Unknown()


class PartialMap(Mapping[str, T]):
    """A map in which the values of some keys are not known.

    A map that is not `complete` has keys which are not valid themselves: whether a key is absent is not known either.
    Known entries come first, so that a loop sees all of them before it ends with `NotKnown`.
    """

    def __init__(
        self, known: Mapping[str, T], unknown: Iterable[str], misnamed: Mapping[str, T], *, complete: bool
    ) -> None:
        """`known` has the valid entries, `unknown` the keys of the others, `misnamed` valid values of invalid keys."""
        self.known: Final = known
        self.unknown: Final = frozenset(unknown)
        self.misnamed: Final = misnamed
        self.complete: Final = complete

    def __getitem__(self, key: str) -> T:
        if key in self.known:
            return self.known[key]
        if key in self.unknown or not self.complete:
            raise NotKnown
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        if key in self.known or key in self.unknown:
            return True
        if not self.complete:
            raise NotKnown
        return False

    def __iter__(self) -> Iterator[str]:
        yield from self.known
        yield from sorted(self.unknown)
        if not self.complete:
            raise NotKnown

    def __len__(self) -> int:
        if not self.complete:
            raise NotKnown
        return len(self.known) + len(self.unknown)

    def __bool__(self) -> bool:
        return bool(self.known or self.unknown) or len(self) > 0


class PartialList(Sequence[T]):
    """A list in which some items are not known."""

    def __init__(self, items: Sequence[T | _Unknown]) -> None:
        """`items` has `UNKNOWN` in place of the items that are not known."""
        self.items: Final = items

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return PartialList(self.items[index])
        if isinstance(item := self.items[index], _Unknown):
            raise NotKnown
        return item

    def __contains__(self, value: object) -> bool:
        if value in self.items:
            return True
        if UNKNOWN in self.items:
            raise NotKnown
        return False

    def __len__(self) -> int:
        return len(self.items)


def known_entries(entries: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """The entries of a map whose values are known."""
    yield from (entries.known if isinstance(entries, PartialMap) else entries).items()


def all_entries(entries: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """The entries of a map whose values are known, also those whose keys are not valid."""
    yield from known_entries(entries)
    yield from (entries.misnamed if isinstance(entries, PartialMap) else {}).items()


def all_keys(entries: Mapping[str, Any]) -> Iterator[str]:
    """The keys of a map whose entries are there, whether they are valid or not."""
    yield from (*known_keys(entries), *(entries.misnamed if isinstance(entries, PartialMap) else ()))


def known_keys(entries: Mapping[str, Any]) -> Iterator[str]:
    """The valid keys of a map, whether their values are known or not."""
    yield from (*entries.known, *sorted(entries.unknown)) if isinstance(entries, PartialMap) else entries


def known_items(items: Sequence[T]) -> Iterator[tuple[int, T]]:
    """The items of a list that are known, with their indices."""
    for index in range(len(items)):
        try:
            yield index, items[index]
        except NotKnown:
            continue


def known_or(read: Callable[[], T], default: T) -> T:
    """The value that `read` gives, or `default` where it is not known."""
    try:
        return read()
    except NotKnown:
        return default


def field_or(section: object, field: str, default: T) -> Any | T:
    """The field of a section, or `default` where it is not known."""
    return known_or(lambda: getattr(section, field), default)


def until_unknown(results: Iterable[T]) -> Iterator[T]:
    """The results of a generator until it reads a value that is not known."""
    try:
        yield from results
    except NotKnown:
        return
