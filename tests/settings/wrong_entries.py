"""References to entries that do not exist, at places that no other table has."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import Wrong

VISION: Final = "did you mean vision?"
OWNER: Final = f"{VISION}; data of a deleted team needs another owner: runbooks/remove-a-team.md"


def _group(entry: str) -> Wrong:
    """Access of a group that does not exist."""
    return Wrong(f"{entry}.groups", {"vison": "read"}, "no entry 'vison' in groups", VISION, at=f"{entry}.groups.vison")


def _workloads(entry: str) -> Wrong:
    """Access of a team that does not exist."""
    return Wrong(
        f"{entry}.workloads", {"vison": "read"}, "no entry 'vison' in teams", VISION, at=f"{entry}.workloads.vison"
    )


def _owner(entry: str) -> Wrong:
    """A team that does not exist as the owner of data."""
    return Wrong(f"{entry}.team", "vison", "no entry 'vison' in teams", OWNER)


ENTRIES: Final = {
    # Owners
    "bucket of a misspelled team": _owner("buckets.models"),
    "file share of a misspelled team": _owner("file_shares.notebooks"),
    "warehouse of a misspelled team": _owner("warehouses.experiments"),
    "registry of a misspelled team": _owner("registries.images"),
    "secret of a misspelled team": _owner("secrets.labelling-password"),
    # Grants
    "warehouse for an unknown group": _group("warehouses.experiments"),
    "warehouse for an unknown team": _workloads("warehouses.experiments"),
    "registry for an unknown group": _group("registries.images"),
    "registry for an unknown team": _workloads("registries.images"),
    "secret for an unknown group": _group("secrets.labelling-password"),
    "secret for an unknown team": _workloads("secrets.labelling-password"),
}
