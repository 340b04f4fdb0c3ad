"""Shares, registries and warehouses that do not go with the entries that they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Problem
from stacks.settings.facts.locations import is_dual, is_region, regions_of
from stacks.settings.model.registries import Mode
from stacks.settings.model.warehouses import scan_id

LONGEST_SCAN: Final = 63  # https://cloud.google.com/dataplex/docs/reference/rest/v1/projects.locations.dataScans/create


def check(draft: Draft) -> Iterator[Problem]:
    """Every such problem, told at the entry that names the other."""
    yield from _shares(draft)
    yield from _members(draft)
    yield from _warehouses(draft)
    yield from _scans(draft)


def _shares(draft: Draft) -> Iterator[Problem]:
    """Files are near the machines that use them; a claim has a name that no other claim of the namespace has."""
    for name, share in draft.file_shares.items():
        for index, key in enumerate(share.teams):
            team = draft.teams.get(key)
            places = {} if team is None else {cluster: draft.clusters.get(cluster) for cluster in team.clusters}
            for cluster, entry in places.items():
                if entry is not None and entry.region != share.region:
                    yield draft.problem(
                        ("file_shares", name, "teams", index),
                        f"cluster {cluster!r} of team {key!r} lies in {entry.region}, the share in {share.region}",
                        "a share lies in the region of the clusters that mount it",
                    )
            if (mount := draft.mounts.get(name)) is not None and mount.team == key:
                yield draft.problem(
                    ("file_shares", name),
                    f"the claim {name!r} of team {key!r} is that of the mount of the same key",
                    "another key",
                )


def _members(draft: Draft) -> Iterator[Problem]:
    for name, registry in draft.registries.items():
        for key in registry.members:
            member = draft.registries.get(key)
            if member is None:
                continue
            here = ("registries", name, "members", key)
            if member.mode is Mode.VIRTUAL:
                yield draft.problem(here, f"{key!r} is virtual itself", "a standard or a remote registry")
            elif member.format is not registry.format:
                yield draft.problem(
                    here, f"{key!r} holds {member.format.value}, and {name!r} {registry.format.value}", "one format"
                )
            elif member.location != registry.location:
                yield draft.problem(
                    here,
                    f"{key!r} lies in {member.location or 'the region of the stack'}, not where {name!r} does",
                    "a virtual registry lies where its members do",
                )


def _warehouses(draft: Draft) -> Iterator[Problem]:
    """A bucket is asked as a table only where it lies in the dataset's region, or has one of its two copies there."""
    for name, warehouse in draft.warehouses.items():
        bucket = None if warehouse.bucket is None else draft.buckets.get(warehouse.bucket)
        if bucket is None:
            continue
        # A multi-region may have its copies anywhere: only a bucket of one or two regions is known to be near.
        spread = not is_region(bucket.location) and not is_dual(bucket.location, bucket.dual_regions)
        regions = [bucket.location.lower()] if spread else regions_of(bucket.location, bucket.dual_regions)
        if warehouse.location not in regions:
            yield draft.problem(
                ("warehouses", name, "bucket"),
                f"bucket {warehouse.bucket!r} lies in {bucket.location}, the warehouse in {warehouse.location}",
                f"a warehouse in {' or '.join(regions)}" if "-" in regions[0] else "a bucket in the same region",
            )


def _scans(draft: Draft) -> Iterator[Problem]:
    """Names that are made from the keys of a warehouse and a table: they fit, and no two are the same."""
    first: dict[str, str] = {}
    for name, warehouse in draft.warehouses.items():
        for table in warehouse.tables:
            here, scan = ("warehouses", name, "tables", table), scan_id(name, table)
            if (other := first.setdefault(scan, f"{name}.{table}")) != f"{name}.{table}":
                yield draft.problem(here, f"its scans are called {scan!r}, as those of {other} are", "another name")
            if len(full := f"quality-{scan}") > LONGEST_SCAN:
                yield draft.problem(
                    here,
                    f"{full!r}, which is made from these keys, has {len(full)} characters",
                    f"at most {LONGEST_SCAN}",
                )
