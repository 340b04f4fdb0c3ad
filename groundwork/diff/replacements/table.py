"""What is known of types: the table that `refresh` makes of the gcp plugin, and what is written by hand of others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from groundwork.project import read_yaml

FILE: Final = Path(__file__).with_name("table.json")
BY_HAND: Final = Path(__file__).with_name("by_hand.yaml")

KUBERNETES: Final = "kubernetes:"


@dataclass(frozen=True)
class Entry:
    """One type. All but the last two are patterns of paths.

    `replaces` are inputs whose change replaces the resource. `kept` are inputs that the provider leaves as they are
    where the program no longer gives them. `sets` are lists whose order means nothing. `named` are inputs that the
    provider would make up: where the program gives one, the old resource goes before the new one comes;
    `deletes_first` is true where it goes first in any case. `defaults` are the values, by pattern, that an input has
    where the program gives none.
    """

    replaces: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    deletes_first: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)


@cache
def document() -> dict[str, Any]:
    """The table as it stands in its file."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def by_hand() -> dict[str, Any]:
    """What no schema says, as it stands in its file."""
    return read_yaml(BY_HAND)


@cache
def entry(kind: str) -> Entry | None:
    """What is known of a type, or None where nothing is: not even that nothing replaces it."""
    if kind.startswith(KUBERNETES):
        hand = by_hand()["kubernetes"]
        return Entry(tuple(hand["always"]) + tuple(hand["types"].get(kind, ())))
    found: Mapping[str, Any] | None = by_hand()["types"].get(kind) or document().get("types", {}).get(kind)
    if found is None:
        return None
    lists = {key: tuple(found.get(key, ())) for key in ("replaces", "kept", "sets", "named")}
    return Entry(**lists, deletes_first=kind in by_hand()["deletes_first"], defaults=found.get("defaults", {}))
