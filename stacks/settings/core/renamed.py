"""Keys with a former name: a problem that names the new key, and nothing else about either of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, values_at


@dataclass(frozen=True)
class Renamed:
    """A former key of the sections at a place, and its new name.

    `example` is the new value where its form has changed as well; the former value takes the place of ``{}``.
    """

    section: Place
    former: str
    name: str
    example: str = ""


RENAMED: Final = (
    Renamed(("buckets", EVERY), "colder", "storage_classes"),
    Renamed(("compute_classes", EVERY), "climb", "active_migration"),
    Renamed(("compute_classes", EVERY), "rungs", "priorities"),
    Renamed(("gpu_pools", EVERY), "cluster", "clusters", "[{}]"),
    Renamed(("mesh",), "experiments", "fault_injection"),
    Renamed(("teams", EVERY), "group", "members", "{{{}: member}}"),
    Renamed(("teams", EVERY, "limits"), "most_cpu", "max_cpu"),
    Renamed(("teams", EVERY, "limits"), "most_memory_gib", "max_memory_gib"),
    Renamed(("teams", EVERY, "queue"), "borrow", "borrowing_limit"),
    Renamed(("teams", EVERY, "queue"), "lend", "lending_limit"),
)
EXAMPLES: Final = {"cluster": "main", "group": "vision"}


def renamed(values: Mapping[str, Any], file: str) -> Iterator[tuple[Problem, tuple[Place, Place]]]:
    """A problem for each former key, and the places of the former and the new one."""
    for change in RENAMED:
        for place, section in values_at(values, change.section):
            if isinstance(section, Mapping) and change.former in section:
                former, name = (*place, change.former), (*place, change.name)
                message = f"{change.former} was renamed to {change.name}"
                yield Problem(file, key_path(former), message, _hint(change, section[change.former])), (former, name)


def _hint(change: Renamed, value: object) -> str:
    if not change.example:
        return f"rename the key to {change.name}; its value does not change"
    example = change.example.format(value if isinstance(value, str) else EXAMPLES[change.former])
    return f"write {change.name}: {example}"
