"""Replacement rules by type: the table that `refresh` generates from the gcp plugin, and rules written by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from groundwork.yaml_files import read_yaml

FILE: Final = Path(__file__).with_name("table.json")
BY_HAND: Final = Path(__file__).with_name("by_hand.yaml")

KUBERNETES: Final = "kubernetes:"


@dataclass(frozen=True)
class TypeReplacements:
    """The rules of one type. All fields but the last two are patterns of paths.

    `replaces` are inputs whose change replaces the resource. `computed` are inputs whose value the provider leaves
    unchanged where the program no longer sets them. `sets` are lists whose order the provider ignores. `autonamed` are
    names that the provider generates: where the program sets one, the old resource is deleted before the new one is
    created; `deletes_first` is true where that is always so. `defaults` are values by pattern of input.
    """

    replaces: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    autonamed: tuple[str, ...] = ()
    deletes_first: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)


@cache
def document() -> dict[str, Any]:
    """The contents of the generated table."""
    table: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return table


@cache
def by_hand() -> dict[str, Any]:
    """The contents of the file that is written by hand."""
    return read_yaml(BY_HAND)


@cache
def replacements_of(kind: str) -> TypeReplacements | None:
    """The rules of a type, or None where they are unknown."""
    if kind.startswith(KUBERNETES):
        kubernetes = by_hand()["kubernetes"]
        return TypeReplacements(tuple(kubernetes["always"]) + tuple(kubernetes["types"].get(kind, ())))
    entry: Mapping[str, Any] | None = by_hand()["types"].get(kind) or document().get("types", {}).get(kind)
    if entry is None:
        return None
    patterns = {key: tuple(entry.get(key, ())) for key in ("replaces", "computed", "sets", "autonamed")}
    deletes_first = kind in by_hand()["deletes_first"]
    return TypeReplacements(**patterns, deletes_first=deletes_first, defaults=entry.get("defaults", {}))
