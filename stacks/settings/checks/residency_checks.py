"""Data outside of the locations that the settings allow."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.unknown import known_items
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.clusters import Cluster
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.registries import Registry
from stacks.settings.model.residency import holds, objections
from stacks.settings.model.secrets import Secret
from stacks.settings.model.warehouses import Warehouse


def buckets(context: CloudContext) -> Iterator[Problem]:
    """Buckets of the classes that residency is about."""
    yield from each(context, context.settings.buckets, _bucket)


def clusters(context: CloudContext) -> Iterator[Problem]:
    """Clusters; a resource without a location is in the region of the stack, which is that of its clusters."""
    yield from each(context, context.settings.clusters, _cluster)


def warehouses(context: CloudContext) -> Iterator[Problem]:
    """Warehouses."""
    yield from each(context, context.settings.warehouses, _warehouse)


def file_shares(context: CloudContext) -> Iterator[Problem]:
    """File shares."""
    yield from each(context, context.settings.file_shares, _file_share)


def registries(context: CloudContext) -> Iterator[Problem]:
    """Registries."""
    yield from each(context, context.settings.registries, _registry)


def secrets(context: CloudContext) -> Iterator[Problem]:
    """Secrets."""
    yield from each(context, context.settings.secrets, _secret)


def backups(context: CloudContext) -> Iterator[Problem]:
    """Backups of clusters."""
    if (declared := context.settings.recovery.backups) is not None:
        yield from _outside(context, ("recovery", "backups", "region"), declared.region, "backups")


def _bucket(context: CloudContext, name: str, bucket: Bucket) -> Iterator[Problem]:
    """A custom dual-region is held to its two regions, and not to the multi-region around them."""
    if not holds(context.settings.residency, bucket.data_class):
        return
    what = f"{bucket.data_class} data" if bucket.data_class else "data without a data_class"
    if bucket.dual_regions is None:
        yield from _outside(context, ("buckets", name, "location"), bucket.location, what)
    else:
        for index, region in known_items(bucket.dual_regions):
            yield from _outside(context, ("buckets", name, "dual_regions", index), region, what)


def _cluster(context: CloudContext, name: str, cluster: Cluster) -> Iterator[Problem]:
    yield from _outside(context, ("clusters", name, "region"), cluster.region, "a cluster")


def _warehouse(context: CloudContext, name: str, warehouse: Warehouse) -> Iterator[Problem]:
    yield from _outside(context, ("warehouses", name, "location"), warehouse.location, "a warehouse")


def _file_share(context: CloudContext, name: str, share: FileShare) -> Iterator[Problem]:
    yield from _outside(context, ("file_shares", name, "location"), share.region, "shared files")


def _registry(context: CloudContext, name: str, registry: Registry) -> Iterator[Problem]:
    if registry.location is not None:
        yield from _outside(context, ("registries", name, "location"), registry.location, "a registry")


def _secret(context: CloudContext, name: str, secret: Secret) -> Iterator[Problem]:
    for index, region in known_items(secret.regions):
        yield from _outside(context, ("secrets", name, "regions", index), region, "a secret")


def _outside(context: CloudContext, place: Place, location: str, what: str) -> Iterator[Problem]:
    for message, hint in objections(context.settings.residency, [location], what):
        yield context.problem(place, message, hint)
