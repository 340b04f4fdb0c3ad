"""File shares, registries and warehouses that do not fit the entries that they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import CloudContext, each, repeated
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import EVERY, KEYS, values_at
from stacks.settings.core.unknown import known_items, known_keys, until_unknown
from stacks.settings.facts.locations import is_dual, is_region, regions_of
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.registries import Mode, Registry
from stacks.settings.model.warehouses import Warehouse, scan_id

LONGEST_SCAN: Final = 63  # https://cloud.google.com/dataplex/docs/reference/rest/v1/projects.locations.dataScans/create


def file_shares(context: CloudContext) -> Iterator[Problem]:
    """File shares far from the machines that use them, or whose claim is that of a mount."""
    yield from each(context, context.settings.file_shares, _share_regions, _share_claims)


def registries(context: CloudContext) -> Iterator[Problem]:
    """Members that a virtual registry cannot combine."""
    yield from each(context, context.settings.registries, _members)


def warehouses(context: CloudContext) -> Iterator[Problem]:
    """Warehouses far from the bucket that they read."""
    yield from each(context, context.settings.warehouses, _bucket_region)


def scans(context: CloudContext) -> Iterator[Problem]:
    """Names of scans, made from the keys of a warehouse and a table: one that is too long, or that two tables share."""
    names = [
        (place, scan_id(str(place[1]), str(place[3])))
        for place, _ in values_at(context.settings, ("warehouses", EVERY, "tables", KEYS))
    ]
    for place, scan, other in repeated(names):
        yield context.problem(
            place, f"its scans have the name {scan!r}, as those of {other[1]}.{other[3]}", "another name"
        )
    for place, scan in names:
        if len(full := f"quality-{scan}") > LONGEST_SCAN:
            yield context.problem(
                place,
                f"{full!r}, which is made from these keys, has {len(full)} characters",
                f"at most {LONGEST_SCAN}",
            )


def _share_regions(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    for index, team in known_items(share.teams):
        for key in until_unknown(_clusters(context, team)):
            yield from until_unknown(_share_region(context, ("file_shares", name, "teams", index), share, team, key))


def _clusters(context: CloudContext, team: str) -> Iterator[str]:
    for _, cluster in known_items(context.settings.teams[team].clusters):
        yield cluster


def _share_region(context: CloudContext, here: Place, share: FileShare, team: str, cluster: str) -> Iterator[Problem]:
    if (region := context.settings.clusters[cluster].region) != share.region:
        yield context.problem(
            here,
            f"cluster {cluster!r} of team {team!r} is in {region}, the share in {share.region}",
            "a share is in the region of the clusters that mount it",
        )


def _share_claims(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    if name in context.settings.mounts and (team := context.settings.mounts[name].team) in share.teams:
        yield context.problem(
            ("file_shares", name), f"the mount of the same key has the claim {name!r} of team {team!r}", "another key"
        )


def _members(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    for key in known_keys(registry.members):
        yield from until_unknown(_member(context, name, registry, key))


def _member(context: CloudContext, name: str, registry: Registry, key: str) -> Iterator[Problem]:
    here, member = ("registries", name, "members", key), context.settings.registries[key]
    if member.mode is Mode.VIRTUAL:
        yield context.problem(here, f"{key!r} is itself virtual", "a standard or a remote registry")
    elif member.format is not registry.format:
        yield context.problem(
            here,
            f"{key!r} contains {member.format.value}, but {name!r} {registry.format.value}",
            "a member of the same format",
        )
    elif member.location != registry.location:
        yield context.problem(
            here,
            f"{key!r} is in {member.location or 'the region of the stack'}, but {name!r} is not",
            "a virtual registry is in the location of its members",
        )


def _bucket_region(context: CloudContext, name: str, warehouse: Warehouse) -> Iterator[Problem]:
    """A dataset can read a bucket in its region, or one that has one of its two copies there."""
    if warehouse.bucket is None:
        return
    bucket = context.settings.buckets[warehouse.bucket]
    # A multi-region may have its copies anywhere: only a bucket of one or two regions is known to be near.
    multi_region = not is_region(bucket.location) and not is_dual(bucket.location, bucket.dual_regions)
    regions = [bucket.location.lower()] if multi_region else regions_of(bucket.location, bucket.dual_regions)
    if warehouse.location not in regions:
        yield context.problem(
            ("warehouses", name, "bucket"),
            f"bucket {warehouse.bucket!r} is in {bucket.location}, the warehouse in {warehouse.location}",
            f"a warehouse in {' or '.join(regions)}" if "-" in regions[0] else "a bucket in the same region",
        )
