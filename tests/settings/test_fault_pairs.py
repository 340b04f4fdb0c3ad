"""Two faults in one section are two problems, unless one of them is in a field that the other's check reads."""

from __future__ import annotations

import functools
import itertools
import random
import re
from collections import defaultdict
from typing import Final

import pytest

from stacks.settings import Local, Settings
from tests.settings.samples import Config, Wrong, config_of, dev, local, problems_of, put, section_of
from tests.settings.test_wrong_settings import WRONG

SEED: Final = 20261121
PAIRS_OF_A_SECTION: Final = 20

# The fields that the check of a problem reads, by the place of the problem: where a fault is in one of them, it changes
# the ground of the problem or makes it unknown. `*` is any key.
READS: Final[dict[str, tuple[str, ...]]] = {
    # A bucket of another stack is not checked, and its location decides which regions and zones it has.
    "buckets.*.caches.*": ("buckets.*.existing_name", "buckets.*.location", "buckets.*.dual_regions"),
    "buckets.*.dual_regions": ("buckets.*.existing_name", "buckets.*.data_class"),
    "buckets.*.location": (
        "buckets.*.existing_name",
        "buckets.*.data_class",
        "buckets.*.dual_regions",
        "buckets.*.location",
    ),
    "buckets.*.retention_locked": ("buckets.*.retention_days",),
    "buckets.*.storage_classes": ("buckets.*.colder", "buckets.*.existing_name"),
    "buckets.*.storage_classes.*": ("buckets.*.colder", "buckets.*.existing_name", "buckets.*.expire_days"),
    "buckets.*.turbo_replication": ("buckets.*.existing_name", "buckets.*.location", "buckets.*.dual_regions"),
    # The limit of a GPU is compared with the GPUs of all pools.
    "clusters.*.autoprovisioning.gpus.*": ("gpu_pools.*",),
    # Ranges and regions are compared with each other.
    "clusters.*.control_plane_cidr": ("clusters.*.control_plane_cidr",),
    "clusters.*.maintenance.end": ("clusters.*.maintenance.start",),
    "clusters.*.pod_range": ("clusters.*.subnet",),
    "clusters.*.service_range": ("clusters.*.subnet", "clusters.*.pod_range", "clusters.*.service_range"),
    "clusters.*.subnet": ("clusters.*.subnet",),
    "network.private_services": ("network.subnets",),
    "network.proxy_subnets.*": ("network.subnets",),
    "network.proxy_subnets.*.cidr": ("network.subnets",),
    "network.google_apis": ("network.egress.mode",),
    "projects.service": ("projects.host",),
    # The GPUs of a pool follow from its machines; its zones are those of its clusters.
    "gpu_pools.*": ("gpu_pools.*", "teams.*.clusters", "teams.*.quota.gpus"),
    "gpu_pools.*.accelerators_per_node": (
        "gpu_pools.*.accelerator",
        "gpu_pools.*.accelerators_per_node",
        "gpu_pools.*.machine_type",
    ),
    "gpu_pools.*.clusters": ("gpu_pools.*.cluster",),
    "gpu_pools.*.machine_type": ("gpu_pools.*.accelerator",),
    "gpu_pools.*.partition": ("gpu_pools.*.accelerator",),
    "gpu_pools.*.reservation": ("gpu_pools.*.capacity",),
    "gpu_pools.*.topology": ("gpu_pools.*.capacity",),
    "gpu_pools.*.zones": ("gpu_pools.*.cluster", "gpu_pools.*.clusters", "gpu_pools.*.zones"),
    # Duplicates are found in lists whose items are valid.
    "groups.*.project_roles": ("groups.*.project_roles",),
    # A mount is of a bucket, for a team; all mounts of a pod share the capacity of its node.
    "mounts.*.bucket": (
        "mounts.*.bucket",
        "mounts.*.only_dir",
        "mounts.*.profile",
        "mounts.*.read_only",
        "mounts.*.team",
        "teams.*.data",
    ),
    "mounts.*.cache_medium": ("mounts.*.file_cache_mib", "mounts.*.pool", "mounts.*.team"),
    "mounts.*.file_cache_mib": ("mounts.*", "clusters.*.system_pool.machine_type", "gpu_pools.*"),
    "mounts.*.metadata_ttl_seconds": ("mounts.*.read_only",),
    "mounts.*.pool": ("mounts.*.team",),
    "mounts.*.read_only": ("mounts.*.read_only",),
    "pipelines.teams": ("pipelines.cluster", "pipelines.teams"),
    "registries.*.deployers": ("github",),
    # Quotas and limits of a team are compared with each other and with its clusters and pools.
    "teams.*": ("ownership.team",),
    "teams.*.data.*": ("teams.*.data", "teams.*.group", "teams.*.members", "mounts.*"),
    "teams.*.egress": ("teams.*.clusters", "teams.*.egress"),
    "teams.*.limits.cpu_millis": ("teams.*.quota.cpu",),
    "teams.*.limits.max_cpu": ("teams.*.quota.cpu",),
    "teams.*.limits.max_memory_gib": ("teams.*.quota.memory_gib", "teams.*.data", "mounts.*"),
    "teams.*.members": ("teams.*.group",),
    "teams.*.members.*": ("teams.*.group",),
    "teams.*.members.*.*": ("teams.*.group",),
    "teams.*.models.bucket": ("teams.*.data",),
    "teams.*.queue.borrowing_limit.gpus.*": ("teams.*.quota.gpus",),
    "teams.*.queue.lending_limit.*": ("teams.*.quota.cpu", "teams.*.quota.memory_gib"),
    "teams.*.queue.lending_limit.gpus.*": ("teams.*.quota.gpus",),
    "teams.*.quota.cpu": ("teams.*.clusters", "gpu_pools.*"),
    "teams.*.quota.memory_gib": ("teams.*.clusters", "clusters.*", "gpu_pools.*"),
    "teams.*.quota.gpus.*": ("gpu_pools", "teams.*.clusters", "teams.*.pod_security", "teams.*.quota"),
    # Services of a local stack need its operators; callers are in the clusters of the team.
    "teams.*.services": ("teams",),
    "teams.*.services.*.callers": ("operators", "teams.*.clusters", "teams.*.services.*.callers"),
    "teams.*.services.*.fault": ("operators", "teams.*.clusters"),
    "teams.*.services.*.rate_limit": ("teams.*.services.*.selector",),
    "teams.*.services.*.rate_limit.burst": ("operators",),
    "volumes.storage_class": ("volumes.folder",),
}


def _parts(path: str) -> list[str]:
    """The keys of a path, without the indices of lists."""
    return re.sub(r"\[[0-9]+\]", "", path).split(".")


def _overlap(path: str, other: str) -> bool:
    """Whether one of two paths is the other or is inside of it."""
    return all(part in ("*", given) for given, part in zip(_parts(path), _parts(other), strict=False))


def _matches(path: str, pattern: str) -> bool:
    return len(_parts(path)) == len(_parts(pattern)) and _overlap(path, pattern)


def _touched(wrong: Wrong) -> list[str]:
    """The paths that a case changes."""
    return [wrong.path, *(path for path, _ in wrong.also)]


def _separate(first: Wrong, second: Wrong) -> bool:
    """Whether two cases change different fields."""
    return not any(_overlap(one, other) for one in _touched(first) for other in _touched(second))


def _reads(wrong: Wrong, other: Wrong) -> bool:
    """Whether the check of a case reads a field that another case changes."""
    fields = [field for place, reads in READS.items() if _matches(wrong.at or wrong.path, place) for field in reads]
    return any(_overlap(path, field) for path in _touched(other) for field in fields)


def combined(first: Wrong, second: Wrong) -> Config | None:
    """Settings with both faults; None where one of them removes what the other one changes."""
    config = first.of()
    changes = (*first.also, *second.also, (first.path, first.value), (second.path, second.value))
    try:
        for path, value in changes:
            put(config, path, value)
    except (KeyError, IndexError, TypeError):
        return None
    return config


def can_be_combined(first: str, second: str) -> bool:
    """Whether two cases have separate fields, of which none is one that the check of the other case reads."""
    one, other = WRONG[first], WRONG[second]
    return (
        first != second
        and one.of is other.of
        and _separate(one, other)
        and not _reads(one, other)
        and not _reads(other, one)
        and combined(one, other) is not None
    )


def _by_section() -> dict[tuple[str, str], list[str]]:
    sections: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, wrong in WRONG.items():
        of, section = section_of(wrong)
        sections[of.__name__, section].append(name)
    return sections


def sampled_pairs(names: list[str]) -> list[tuple[str, str]]:
    """Some pairs of a section's cases; where there are none, pairs with cases of other sections."""
    generator = random.Random(SEED)  # noqa: S311 - the same pairs in every run
    for pairs in (list(itertools.combinations(names, 2)), list(itertools.product(names, WRONG))):
        generator.shuffle(pairs)
        if chosen := list(itertools.islice((pair for pair in pairs if can_be_combined(*pair)), PAIRS_OF_A_SECTION)):
            return chosen
    return []


PAIRS: Final = {section: sampled_pairs(names) for section, names in _by_section().items()}


@functools.cache
def _alone(name: str) -> tuple[str, str]:
    """Path and message of the problem of one case."""
    problem = problems_of(config_of(WRONG[name]))[0]
    return problem.path, problem.message


def hidden_by(first: str, second: str) -> list[str]:
    """Which of two faults is not reported where both are in one file."""
    config = combined(WRONG[first], WRONG[second])
    assert config is not None
    reported = {(problem.path, problem.message) for problem in problems_of(config)}
    return [name for name in (first, second) if _alone(name) not in reported]


@pytest.mark.parametrize("section", PAIRS, ids="-".join)
def test_two_faults_are_both_reported(section: tuple[str, str]) -> None:
    """Each problem is reported as it is for its fault alone."""
    assert {pair: hidden for pair in PAIRS[section] if (hidden := hidden_by(*pair))} == {}


def test_pairs_cover_every_section() -> None:
    """Each section of both kinds of stacks has pairs of faults."""
    covered = {section for section, pairs in PAIRS.items() if pairs}

    assert {(dev.__name__, name) for name in Settings.model_fields} <= covered
    # Another environment would make the stack one in the cloud.
    assert {(local.__name__, name) for name in Local.model_fields if name != "environment"} <= covered
