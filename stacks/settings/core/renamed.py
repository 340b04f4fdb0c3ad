"""Keys that were called otherwise before: what is said of the old one, instead of what a stranger would be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, found

ENTRY: Final[TypeAdapter[dict[str, Any]]] = TypeAdapter(dict[str, Any])

# Where the old key stood, the old one, the new one, and what the new one takes with the old value in it.
BECAME: Final[tuple[tuple[Place, str, str, str, str], ...]] = (
    (("gpu_pools", EVERY), "cluster", "clusters", "[{}]", "a list"),
    (("teams", EVERY), "group", "members", "{{{}: member}}", "what each group may do"),
)
EXAMPLES: Final = {"cluster": "main", "group": "vision"}


def renamed(values: Mapping[str, Any], file: str) -> Iterator[tuple[Problem, tuple[Place, Place]]]:
    """A problem for each old key, and the places of which nothing else is to be said."""
    for section, old, new, form, what in BECAME:
        for place, entry in found(values, section, ENTRY):
            if old in entry:
                example = form.format(entry[old] if isinstance(entry[old], str) else EXAMPLES[old])
                problem = Problem(
                    file, key_path((*place, old)), f"{old} became {new}: {example}", f"write {new}, {what}, instead"
                )
                yield problem, ((*place, old), (*place, new))
