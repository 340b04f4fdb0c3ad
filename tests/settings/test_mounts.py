"""Caches compared with the capacity of nodes, and defaults of data classes and profiles."""

from __future__ import annotations

from typing import Any, Final

import pytest

from stacks.settings.derived.node_capacity import machine_capacity
from stacks.settings.derived.pod_resources import DRIVER_MIB, STAGING_MIB, WRITING_MIB
from stacks.settings.facts.locations import locations, wide
from stacks.settings.model.data_classes import RULES, DataClass
from tests.cloud_settings import settings_of
from tests.settings.samples import FILE, dev, problems_of, put

RAW: Final = "mounts.vision-raw"
POOL: Final = machine_capacity(85, 0, 200)  # a2-highgpu-1g
# What a pod with the caches of development's two mounts of team vision needs in addition to the file cache.
OVERHEAD: Final = DRIVER_MIB + 34 + 34 + WRITING_MIB


@pytest.mark.parametrize(
    ("medium", "limit"), [("boot-disk", POOL.boot_disk - STAGING_MIB), ("memory", POOL.memory - OVERHEAD)]
)
def test_cache_up_to_the_capacity_of_a_node_is_accepted(medium: str, limit: int) -> None:
    """The last MiB fits, and one more is reported with both numbers."""
    config = put(dev(), f"{RAW}.cache_medium", medium)
    room = limit + (OVERHEAD if medium == "memory" else STAGING_MIB)

    assert problems_of(put(config, f"{RAW}.file_cache_mib", limit)) == []

    problems = problems_of(put(config, f"{RAW}.file_cache_mib", limit + 1))

    assert [f"needs {room + 1} MiB of {medium}; a node of pool 'a100' has {room} MiB for mounts"] == [
        problem.message.partition(" MiB) ")[2] for problem in problems
    ]


def test_disk_size_in_the_hint_is_the_smallest_that_fits() -> None:
    """If no pool has enough disk, the size in the hint suffices, and one less does not."""
    config = put(dev(), f"{RAW}.file_cache_mib", 100_000)
    size = int(problems_of(config)[0].hint.removeprefix("no pool fits; disk_gb: ").partition(" ")[0])

    assert problems_of(put(config, "gpu_pools.a100.disk_gb", size)) == []
    assert problems_of(put(config, "gpu_pools.a100.disk_gb", size - 1))


def test_machine_capacity_subtracts_what_gke_reserves() -> None:
    """Of 32 GiB 1, 0.8, 0.8 and 0.96 are reserved, and 100 MiB are for evictions; mounts get 70 % of the rest."""
    assert machine_capacity(32, 0, 0).memory == int(((32 - 3.56) * 1024 - 100) * 0.7)
    assert machine_capacity(0, 1, 0).local_ssd == int((375 * 0.9 - 50) * 1024 * 0.85)
    assert machine_capacity(0, 2, 0).local_ssd == int((750 * 0.9 - 75) * 1024 * 0.85)
    assert machine_capacity(0, 16, 0).local_ssd == int((6000 * 0.9 - 100) * 1024 * 0.85)


def test_machine_capacity_grows_with_the_machine() -> None:
    """A larger machine never has less capacity for caches."""
    memory = [machine_capacity(size, 0, 0).memory for size in range(1, 2000)]
    ssd = [machine_capacity(0, partitions, 0).local_ssd for partitions in range(33)]
    disk = [machine_capacity(0, 0, size).boot_disk for size in range(1, 2000)]

    assert all(sizes == sorted(sizes) for sizes in (memory, ssd, disk))


def _bucket(**values: Any) -> Any:
    return settings_of(put(dev(), "buckets.sample", {"location": "EUROPE-WEST4", **values}), FILE).buckets["sample"]


def test_data_class_sets_defaults() -> None:
    """Each class sets its defaults, which settings override."""
    for data_class in DataClass:
        needed = {"team": "vision", "expire_days": 10}
        bucket = _bucket(data_class=data_class.value, **needed)

        for field, value in RULES[data_class].defaults.items():
            assert getattr(bucket, field) == value
    assert _bucket(data_class="scratch", team="vision", expire_days=10, versioning=True).versioning is True


@pytest.mark.parametrize("what", [{"hierarchical_namespace": True}, {"retention_days": 1}])
def test_features_without_versioning_disable_it_by_default(what: dict[str, object]) -> None:
    """Versioning defaults to false with a hierarchical namespace or a retention."""
    assert _bucket().versioning is True
    assert _bucket(**what).versioning is False


def test_profile_sets_defaults() -> None:
    """Metadata is cached indefinitely only in read-only mounts."""
    config = put(dev(), f"{RAW}.metadata_ttl_seconds", 60)
    for profile, read_only, ttl in (("training", True, -1), ("serving", True, -1), ("checkpointing", False, 60)):
        entry = {"team": "vision", "bucket": "scratch", "profile": profile}
        mount = settings_of(put(config, "mounts.sample", entry), FILE).mounts["sample"]

        assert (mount.read_only, mount.metadata_ttl_seconds) == (read_only, ttl)
    assert settings_of(config, FILE).mounts["vision-raw"].metadata_ttl_seconds == 60


@pytest.mark.parametrize("location", sorted(wide()))
def test_every_location_is_accepted(location: str) -> None:
    """Each location has regions with zones for caches; turbo replication is for dual-regions only."""
    allowed = put(put(dev(), "residency", None), "encryption", None)
    bucket: dict[str, Any] = {
        "location": location,
        "caches": {f"{region}-a": {} for region in wide()[location].regions},
    }
    turbo = problems_of(put(allowed, "buckets.sample", {**bucket, "turbo_replication": True}))

    assert problems_of(put(allowed, "buckets.sample", bucket)) == []
    assert bool(turbo) == (location in locations().multi_regions)
