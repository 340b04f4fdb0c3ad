"""Everything lies where the stack may have anything.

Data that lies in another country is another law, traffic between regions is paid for, and a resource in a region that
nobody looks at is found by the bill. The allowed places stand in ``policy/policies.yaml``, apart from the settings that
are judged; a stack without any may have nothing but what is global. A place that only an update can tell counts as
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from groundwork.graph import PROVIDER_PREFIX, Node, Placeholder, Value
from policy.rules._rule import Asked, Parameters, Rule

# Inputs that say where something lies, at whatever depth.
PLACES: Final = frozenset(
    {"location", "region", "zone", "zones", "nodeLocations", "dataLocations", "allowedPersistenceRegions", "locations"}
)
GLOBAL: Final = "global"


class Places(Parameters):
    """Where resources may lie: regions, multi-regions and patterns of both, in small letters; zones go with regions."""

    allowed: tuple[str, ...] = ()


def check(node: Node, asked: Asked[Places]) -> Iterator[str]:
    """One message for each place that is not allowed."""
    if not node.type.startswith(("gcp:", f"{PROVIDER_PREFIX}gcp")):
        return
    for path, place in _places(node.inputs):
        if isinstance(place, Placeholder):
            yield f"{node.name}: {path} is not known before the update; write it out"
        elif isinstance(place, str) and not _allowed(place.lower(), asked.parameters.allowed):
            places = ", ".join(asked.parameters.allowed) or "nowhere, until policy/policies.yaml says where"
            yield f"{node.name}: {path} is {place}; allowed is {places}"


def _allowed(place: str, allowed: tuple[str, ...]) -> bool:
    region = "-".join(place.split("-")[:2])  # of a zone, too
    return place == GLOBAL or any(fnmatchcase(name, pattern) for pattern in allowed for name in (place, region))


def _places(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every place that the inputs name, with its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            if key in PLACES:
                yield from ((here, place) for place in (inner if isinstance(inner, list | tuple) else [inner]))
            else:
                yield from _places(inner, here)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _places(item, path)


RULE: Final = Rule(
    name="regions",
    description="Resources lie in the places that the stack is allowed",
    level="mandatory",
    check=check,
    parameters=Places,
)
