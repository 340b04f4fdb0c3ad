"""Encrypted values: settings hold none, since they are read in pull requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from stacks.settings.core.problems import Place, Problem, key_path

HINT: Final = "settings are read in pull requests; keep secrets in Secret Manager"


def encrypted(value: Any, loc: Place = ()) -> Iterator[Place]:
    """Where values are encrypted: Pulumi takes every map of one key `secure` that holds text for a ciphertext."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            yield loc
        else:
            for key, item in value.items():
                yield from encrypted(item, (*loc, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from encrypted(item, (*loc, index))


def without(value: Any, places: Iterable[Place]) -> Any:
    """The value with nothing at these places, so that no other check sees the ciphertext."""
    wanted = set(places)
    if () in wanted:
        return None
    if isinstance(value, Mapping):
        return {key: without(item, _below(key, wanted)) for key, item in value.items()}
    if isinstance(value, list):
        return [without(item, _below(index, wanted)) for index, item in enumerate(value)]
    return value


def _below(part: str | int, places: Iterable[Place]) -> set[Place]:
    return {place[1:] for place in places if place[0] == part}


def encrypted_problem(place: Place, file: str) -> Problem:
    """What is said of an encrypted value; the ciphertext is not repeated."""
    return Problem(file, key_path(place), "is an encrypted value", HINT)
