"""The rule `regions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from groundwork.documents import Names
from groundwork.graph import PROVIDER_PREFIX, Node, Placeholder, Value
from policy.rules._rule import Context, Parameters, Rule

# Inputs with a location, at any depth.
LOCATIONS: Final = frozenset(
    {"location", "region", "zone", "zones", "nodeLocations", "dataLocations", "allowedPersistenceRegions", "locations"}
)
GLOBAL: Final = "global"
SETTING: Final = "regions.parameters.allowed in policy/policies.yaml"


class Regions(Parameters):
    """Allowed regions and multi-regions in lower case, as glob patterns; a region includes its zones."""

    allowed: Names = ()


def check(node: Node, context: Context[Regions]) -> Iterator[str]:
    """One message for each location that is not allowed."""
    if not node.type.startswith(("gcp:", f"{PROVIDER_PREFIX}gcp")):
        return
    allowed = context.parameters.allowed
    for path, location in _locations(node.inputs):
        if isinstance(location, Placeholder):
            yield f"{node.name}: {path} is unknown until pulumi up: write the location as text"
        elif isinstance(location, str) and not _is_allowed(location.lower(), allowed):
            places = f"use one of {', '.join(allowed)}, or add it" if allowed else "add it"
            yield f"{node.name}: {path} is {location}, which is not allowed: {places} to {SETTING}"


def _is_allowed(location: str, allowed: tuple[str, ...]) -> bool:
    region = "-".join(location.split("-")[:2])
    return location == GLOBAL or any(fnmatchcase(name, pattern) for pattern in allowed for name in (location, region))


def _locations(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every location in the inputs, with its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else key
            if key in LOCATIONS:
                yield from ((here, location) for location in (inner if isinstance(inner, list | tuple) else [inner]))
            else:
                yield from _locations(inner, here)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _locations(item, path)


RULE: Final = Rule(
    name="regions",
    description="Resources are in the regions that are allowed for the stack",
    why="""
        Data in another country is under another law, traffic between regions costs money, and a resource in a
        region without monitoring is only noticed on the bill. The allowed regions are in
        `policy/policies.yaml`, separate from the settings that the rule checks; a stack without any may only
        have global resources. Unknown locations count as violations.
        """,
    level="mandatory",
    check=check,
    parameters=Regions,
)
