"""Data stays where the settings say that it stays."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.residency import holds, objections


def check(draft: Draft) -> Iterator[Problem]:
    """Everything that holds data outside of the places that the settings allow, told where its place is said."""
    for name, bucket in draft.buckets.items():
        if holds(draft.residency, bucket.data_class):
            what = f"{bucket.data_class} data" if bucket.data_class else "data without a data_class"
            yield from _told(draft, _places(bucket), what, ("buckets", name))
    for name, cluster in draft.clusters.items():
        yield from _told(draft, [(("region",), cluster.region)], "a cluster", ("clusters", name))
    yield from _services(draft)
    backups = None if draft.recovery is None else draft.recovery.backups
    if backups is not None:
        yield from _told(draft, [(("region",), backups.region)], "backups", ("recovery", "backups"))


def _services(draft: Draft) -> Iterator[Problem]:
    """What holds data beside buckets: where no place is said, it is the stack's region, where its clusters are."""
    for name, warehouse in draft.warehouses.items():
        yield from _told(draft, [(("location",), warehouse.location)], "a warehouse", ("warehouses", name))
    for name, share in draft.file_shares.items():
        yield from _told(draft, [(("location",), share.region)], "shared files", ("file_shares", name))
    for name, registry in draft.registries.items():
        if registry.location is not None:
            yield from _told(draft, [(("location",), registry.location)], "a registry", ("registries", name))
    for name, secret in draft.secrets.items():
        places: list[tuple[Place, str]] = [(("regions", index), region) for index, region in enumerate(secret.regions)]
        yield from _told(draft, places, "a secret", ("secrets", name))


def _places(bucket: Bucket) -> list[tuple[Place, str]]:
    """Where a bucket's data lies: of a dual-region of one's own in its two regions, and nowhere else around them."""
    if bucket.dual_regions is None:
        return [(("location",), bucket.location)]
    return [(("dual_regions", index), region) for index, region in enumerate(bucket.dual_regions)]


def _told(draft: Draft, places: list[tuple[Place, str]], what: str, above: Place) -> Iterator[Problem]:
    for place, location in places:
        for message, hint in objections(draft.residency, [location], what):
            yield draft.problem((*above, *place), message, hint)
