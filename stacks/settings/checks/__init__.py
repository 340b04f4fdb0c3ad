"""Checks of more than one value of the settings.

Every check takes a `Context` and gives the problems that it finds; a value that is not valid ends those checks that
read it and no other. The checks of references come first: they give the place of each problem too, whose value is then
not known to the checks in `CHECKS` and `LOCAL_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from stacks.settings.checks import (
    bucket_checks,
    cache_checks,
    cluster_checks,
    compute_class_checks,
    gateway_checks,
    gpu_pool_checks,
    grant_checks,
    identity_checks,
    local_checks,
    mesh_checks,
    mount_checks,
    names,
    network_checks,
    network_policy_checks,
    project_checks,
    queue_checks,
    range_checks,
    recovery_checks,
    references,
    residency_checks,
    service_checks,
    shared_checks,
    team_checks,
    team_data_checks,
    team_sizes,
)
from stacks.settings.checks.context import CloudContext, LocalContext
from stacks.settings.core.problems import Place, Problem

CloudCheck = Callable[[CloudContext], Iterator[Problem]]
LocalCheck = Callable[[LocalContext], Iterator[Problem]]

REFERENCE_CHECKS: Final[tuple[Callable[[CloudContext], Iterator[tuple[Problem, Place]]], ...]] = (
    references.dangling,
    bucket_checks.unknown_locations,
)
LOCAL_REFERENCE_CHECKS: Final[tuple[Callable[[LocalContext], Iterator[tuple[Problem, Place]]], ...]] = (
    local_checks.cloud_keys,
    local_checks.services_without_mesh,
    references.dangling,
)

CHECKS: Final[tuple[CloudCheck, ...]] = (
    bucket_checks.check,
    cache_checks.check,
    cluster_checks.check,
    cluster_checks.shared_ranges,
    compute_class_checks.check,
    compute_class_checks.keys,
    gateway_checks.external,
    gateway_checks.hosts,
    gateway_checks.internal,
    gateway_checks.namespaces,
    gateway_checks.proxies,
    gateway_checks.regions,
    gateway_checks.service_names,
    gateway_checks.weights,
    gpu_pool_checks.check,
    grant_checks.check,
    identity_checks.check,
    mesh_checks.callers,
    mesh_checks.faults,
    mesh_checks.rate_limits,
    mesh_checks.shared_limits,
    mount_checks.cache_media,
    mount_checks.check,
    mount_checks.same_folder,
    names.gpu_pools,
    names.lengths,
    names.owner,
    names.routers,
    names.teams,
    network_checks.destinations,
    network_checks.google_apis,
    network_checks.proxy_regions,
    network_checks.proxy_subnets,
    network_checks.webhook_ports,
    network_policy_checks.check,
    network_policy_checks.pipelines,
    project_checks.check,
    queue_checks.limits,
    queue_checks.offers,
    queue_checks.priorities,
    queue_checks.quotas,
    queue_checks.unqueued_classes,
    queue_checks.unqueued_pools,
    range_checks.check,
    recovery_checks.locks,
    recovery_checks.region,
    residency_checks.backups,
    residency_checks.buckets,
    residency_checks.clusters,
    residency_checks.file_shares,
    residency_checks.registries,
    residency_checks.secrets,
    residency_checks.warehouses,
    service_checks.file_shares,
    service_checks.registries,
    service_checks.warehouses,
    shared_checks.file_shares,
    shared_checks.registries,
    shared_checks.scans,
    shared_checks.warehouses,
    team_checks.check,
    team_checks.group_addresses,
    team_checks.group_domains,
    team_checks.security_group,
    team_data_checks.check,
    team_data_checks.conflicting_grants,
    team_sizes.check,
    team_sizes.limits,
)

LOCAL_CHECKS: Final[tuple[LocalCheck, ...]] = (
    grant_checks.check,
    local_checks.folder_and_class,
    local_checks.gpu_pools,
    local_checks.mounts,
    local_checks.shared_volumes,
    local_checks.teams,
    mesh_checks.callers,
    mesh_checks.faults,
    mesh_checks.rate_limits,
    mesh_checks.shared_limits,
    names.gpu_pools,
    names.owner,
    names.teams,
    queue_checks.limits,
    queue_checks.priorities,
    team_checks.group_addresses,
    team_sizes.limits,
)
