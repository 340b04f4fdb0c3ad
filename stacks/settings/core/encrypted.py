"""Encrypted values, which settings may not contain, since they are reviewed in pull requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from stacks.settings.core.problems import Place, Problem, key_path

HINT: Final = "settings are reviewed in pull requests; store secrets in Secret Manager"


def encrypted(value: Any, loc: Place = ()) -> Iterator[Place]:
    """The places of encrypted values: for Pulumi, every map with the single key `secure` and a text is a ciphertext."""
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
    """The value with None at these places, so that no other check sees the ciphertext."""
    removed = set(places)
    if () in removed:
        return None
    if isinstance(value, Mapping):
        return {key: without(item, _below(key, removed)) for key, item in value.items()}
    if isinstance(value, list):
        return [without(item, _below(index, removed)) for index, item in enumerate(value)]
    return value


def _below(part: str | int, places: Iterable[Place]) -> set[Place]:
    return {place[1:] for place in places if place[0] == part}


def encrypted_problem(place: Place, file: str) -> Problem:
    """The problem of an encrypted value, which does not repeat the ciphertext."""
    return Problem(file, key_path(place), "is an encrypted value", HINT)
