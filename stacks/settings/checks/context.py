"""What every check receives: the settings of a file, of which some values may not be known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.unknown import NotKnown, all_entries, known_entries, until_unknown
from stacks.settings.model.cloud import Settings
from stacks.settings.model.local import Local
from stacks.settings.model.tenancy import Tenancy

SettingsT_co = TypeVar("SettingsT_co", bound=Tenancy, covariant=True)
ContextT = TypeVar("ContextT")
Entry = TypeVar("Entry")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Context(Generic[SettingsT_co]):
    """The settings that a check reads as if all of them were valid.

    A value that has a problem already, or that is missing although it is required, is not known: reading it raises
    `NotKnown`, which ends the check and nothing else.
    """

    file: str
    settings: SettingsT_co

    def problem(self, place: Place, message: str, hint: str) -> Problem:
        """A problem at a place of the file."""
        return Problem(self.file, key_path(place), message, hint)


AnyContext: TypeAlias = Context[Settings | Local]
CloudContext: TypeAlias = Context[Settings]
LocalContext: TypeAlias = Context[Local]


def each(
    context: ContextT, entries: Mapping[str, Entry], *parts: Callable[[ContextT, str, Entry], Iterator[Problem]]
) -> Iterator[Problem]:
    """The problems that each part of a check finds in each entry; a value that is not known ends one part only."""
    for key, entry in all_entries(entries):
        for part in parts:
            yield from until_unknown(part(context, key, entry))


def known_values(entries: Mapping[str, Entry], read: Callable[[Entry], Value]) -> Iterator[tuple[str, Value]]:
    """What `read` gives of each entry, by key in alphabetical order, where it is known."""
    for key, entry in sorted(known_entries(entries), key=lambda item: item[0]):
        try:
            yield key, read(entry)
        except NotKnown:
            continue


def repeated(values: Iterable[tuple[Place, Value]]) -> Iterator[tuple[Place, Value, Place]]:
    """Each value that is the same as an earlier one: its place, the value, and the place of the first."""
    first: dict[Value, Place] = {}
    for place, value in values:
        if (other := first.setdefault(value, place)) != place:
            yield place, value, other
