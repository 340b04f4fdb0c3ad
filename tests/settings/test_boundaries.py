"""Every limit from both sides: the last value inside is accepted, the first one outside is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from stacks.settings import Local
from stacks.settings.core.problems import PREFIX
from stacks.settings.schema import schema
from tests.settings.samples import (
    ABSENT,
    AUTOPROVISIONING,
    BACKUPS,
    POOL,
    SECOND,
    SUBNET,
    TEAM,
    Config,
    dev,
    local,
    problems_of,
    put,
)
from tests.settings.wrong_clusters import PACKAGES, PROXIES, TWO


def _table(key: str = "t", **rule: Any) -> dict[str, object]:
    """A table with one rule of its column."""
    return {key: {"columns": {"c": "INT64"}, "rules": {"r": {"expect": "not_null", "column": "c", **rule}}}}


@dataclass(frozen=True)
class Limit:
    """The smallest and the largest number at a path; `step` is the distance to the next one.

    `also` is put first, so that only the limit itself can refuse.
    """

    path: str
    low: float
    high: float
    step: float = 1
    also: tuple[tuple[str, object], ...] = ()
    of: Callable[[], Config] = dev


BACKUP: Final = (("recovery.backups", {**BACKUPS, "retain_days": 365}),)
EGRESS: Final = (
    (
        "network.egress",
        {
            "mode": "restricted",
            "allow": {**PACKAGES, "git": {"hosts": ["git.brightwater.example"], "ports": [443]}},
        },
    ),
)
MANY_GPUS: Final = (
    ("gpu_pools.a100.machine_type", "a2-megagpu-16g"),
    ("gpu_pools.a100.accelerators_per_node", 16),
    ("gpu_pools.a100.max_nodes", 1000),
)
COLDER: Final[tuple[tuple[str, object], ...]] = (("buckets.models.storage_classes", {}),)
CACHED: Final[tuple[tuple[str, object], ...]] = (("buckets.models.caches", {"europe-west4-a": {}}),)
NO_CACHE: Final = (("mounts.vision-raw.file_cache_mib", None), ("mounts.vision-raw.pool", None))
LARGE_DISK: Final = (("gpu_pools.a100.disk_gb", 65536),)
LARGE_CACHE: Final = (*LARGE_DISK, ("mounts.vision-raw.file_cache_mib", 16_777_216))

LARGE_CLUSTER: Final[tuple[tuple[str, object], ...]] = (
    ("clusters.main.system_pool.machine_type", "c3d-highmem-360"),
    ("clusters.main.system_pool.max_nodes", 1000),
)
LIMITED: Final[tuple[tuple[str, object], ...]] = (
    *LARGE_CLUSTER,
    ("teams.vision.quota.cpu", 10_000),
    ("teams.vision.quota.memory_gib", 100_000),
    ("teams.vision.limits", {"cpu_millis": 10, "memory_mib": 16}),
)

# Without pools, whose size limits could exceed, and with small quotas.
LIMITS_ALONE: Final[tuple[tuple[str, object], ...]] = (
    *NO_CACHE,
    *((f"teams.{team}.quota.{field}", 1) for team in ("forecasting", "vision") for field in ("cpu", "memory_gib")),
    ("gpu_pools", {}),
    ("teams.forecasting.quota.gpus", {}),
    ("teams.vision.quota.gpus", {}),
    ("clusters.main.autoprovisioning", AUTOPROVISIONING),
)
ROTATION: Final = (("secrets.labelling-password.rotation", {"days": 1, "first": "2027-01-04T08:00:00Z"}),)
VIRTUAL: Final = (("registries.all", {"mode": "virtual", "members": {"images": 1}}),)
CHECKED: Final = (
    (
        "warehouses.experiments.tables",
        {"t": {"columns": {"c": "STRING"}, "rules": {"r": {"expect": "not_null", "column": "c"}}}},
    ),
)

TWO_PRIORITIES: Final = (
    (
        "priorities",
        {"one": {"value": 3, "description": "first"}, "two": {"value": 7, "description": "then"}},
    ),
)
BORROWING: Final[tuple[tuple[str, object], ...]] = (("teams.vision.queue", {"borrowing_limit": {"gpus": {}}}),)
ONE_L4: Final = (("teams.forecasting.quota.gpus.l4", ABSENT),)
SERVICE: Final = "teams.vision.services.parcels-predictor"
RATE: Final = ((f"{SERVICE}.rate_limit", {"requests_per_second": 1, "burst": 1_000_000}),)

# Limits of local stacks.
LOCAL_LIMITS: Final = (
    Limit("buckets.models.size_gib", 1, 65_536, of=local),
    Limit("gpu_pools.rtx.gpus", 1, 1000, also=(("gpu_pools", {"rtx": {"clusters": ["laptop"]}}),), of=local),
)
LIMITS: Final = (
    *LOCAL_LIMITS,
    Limit("network.webhook_ports[0]", 1, 65535),
    Limit("network.nat_ports_per_vm", 32, 65536),
    Limit("network.flow_log_sampling", 0.0, 1.0, step=1e-9),
    Limit("clusters.main.system_pool.disk_gb", 30, 65536),
    Limit("clusters.main.system_pool.min_nodes", 1, 1000, also=(("clusters.main.system_pool.max_nodes", 1000),)),
    Limit("clusters.main.system_pool.max_nodes", 1, 1000),
    Limit("gpu_pools.l4.accelerators_per_node", 1, 16),
    Limit("gpu_pools.l4.max_nodes", 1, 1000, also=ONE_L4),
    Limit("gpu_pools.l4.disk_gb", 50, 65536),
    Limit("gpu_pools.l4.max_run_hours", 1, 168, also=(("gpu_pools.l4.capacity", "flex-start"),)),
    Limit("gpu_pools.l4.sharing.clients", 2, 48, also=(("gpu_pools.l4.sharing", {"strategy": "time-sharing"}),)),
    Limit("gpu_pools.a100.local_ssd.partitions", 1, 32, also=(("gpu_pools.a100.local_ssd", {"use": "block"}),)),
    Limit("clusters.main.autoprovisioning.cpu", 1, 1_000_000, also=LIMITS_ALONE),
    Limit("clusters.main.autoprovisioning.memory_gib", 1, 100_000_000, also=LIMITS_ALONE),
    Limit("clusters.main.autoprovisioning.gpus.nvidia-l4", 1, 100_000, also=LIMITS_ALONE),
    Limit("clusters.main.autoprovisioning.disk_gb", 30, 65536, also=LIMITS_ALONE),
    Limit("buckets.models.soft_delete_days", 7, 90),
    Limit("buckets.models.noncurrent_days", 1, 3650),
    Limit("buckets.models.expire_days", 1, 3650),
    Limit("buckets.customer-addresses.retention_days", 1, 3650),
    Limit("buckets.models.storage_classes.nearline_days", 0, 3650, also=COLDER),
    Limit("buckets.models.storage_classes.coldline_days", 0, 3650, also=COLDER),
    Limit("buckets.models.storage_classes.archive_days", 0, 3650, also=COLDER),
    Limit("buckets.models.caches.europe-west4-a.ttl_hours", 1, 168, also=CACHED),
    Limit("mounts.vision-raw.metadata_ttl_seconds", -1, 31_536_000),
    Limit("mounts.vision-raw.stat_cache_mib", 1, 65_536, also=NO_CACHE),
    Limit("mounts.vision-raw.file_cache_mib", 1, 16_777_216, also=LARGE_DISK),
    Limit("mounts.vision-raw.largest_file_mib", 1, 16_777_216, also=LARGE_CACHE),
    Limit("teams.vision.quota.cpu", 1, 100_000, also=LARGE_CLUSTER),
    Limit("teams.vision.quota.memory_gib", 1, 1_000_000, also=LARGE_CLUSTER),
    Limit("teams.vision.quota.storage_gib", 0, 1_000_000),
    Limit("teams.vision.quota.claims", 0, 10_000),
    Limit("teams.vision.quota.pods", 1, 100_000),
    Limit("teams.vision.limits.cpu_millis", 10, 64_000, also=LIMITED),
    Limit("teams.vision.limits.memory_mib", 16, 1_048_576, also=LIMITED),
    Limit("teams.vision.limits.max_cpu", 1, 1000, also=LIMITED),
    Limit("teams.vision.limits.max_memory_gib", 1, 32_768, also=LIMITED),
    Limit("teams.vision.notebooks.max", 1, 1000),
    Limit("teams.vision.notebooks.storage_gib", 1, 65_536),
    Limit("teams.vision.models.max", 1, 1000),
    Limit("teams.vision.quota.gpus.a100", 0, 10_000, also=MANY_GPUS),
    Limit("teams.vision.queue.weight", 1, 1000, also=BORROWING),
    Limit("teams.vision.queue.borrowing_limit.cpu", 0, 100_000, also=BORROWING),
    Limit("teams.vision.queue.borrowing_limit.memory_gib", 0, 1_000_000, also=BORROWING),
    Limit("teams.vision.queue.borrowing_limit.gpus.a100", 0, 10_000, also=BORROWING),
    Limit("priorities.one.value", -1_000_000, 1_000_000, also=TWO_PRIORITIES),
    Limit("queueing.ready_minutes", 5, 10_080, also=(("queueing", {}),)),
    Limit(f"{SERVICE}.port", 1, 65535),
    Limit(f"{SERVICE}.timeout_seconds", 1, 86_400),
    Limit(f"{SERVICE}.retries", 0, 10),
    Limit(f"{SERVICE}.max_requests", 1, 100_000),
    Limit(f"{SERVICE}.rate_limit.requests_per_second", 1, 1_000_000, also=RATE),
    Limit(f"{SERVICE}.rate_limit.burst", 1, 1_000_000, also=RATE),
    Limit(f"{SERVICE}.fault.abort_percent", 0.1, 100.0, step=0.01),
    Limit(f"{SERVICE}.fault.delay_percent", 0.1, 100.0, step=0.01),
    Limit(f"{SERVICE}.fault.http_status", 400, 599),
    Limit(f"{SERVICE}.fault.delay_ms", 1, 3_600_000),
    Limit("teams.vision.monthly_budget", 1, 100_000_000),
    Limit("billing.monthly_budget", 1, 100_000_000),
    Limit("ownership.monthly_budget", 1, 100_000_000),
    Limit("recovery.rto_minutes", 1, 525_600),
    Limit("recovery.rpo_minutes", 1, 525_600),
    Limit("recovery.backups.retain_days", 1, 365, also=BACKUP),
    Limit("recovery.backups.delete_lock_days", 0, 90, also=BACKUP),
    Limit("encryption.rotation_days", 1, 3650, also=(("encryption", {}),)),
    Limit("encryption.destroy_days", 1, 120, also=(("encryption", {}),)),
    Limit("network.egress.allow.git.ports[0]", 1, 65535, also=EGRESS),
    Limit("gateway.weights.green", 0, 1_000_000, also=TWO),
    Limit("gateway.services.parcels.port", 1, 65535, also=TWO),
    Limit("gateway.services.parcels.timeout_seconds", 1, 86_400, also=TWO),
    Limit("audit.retention_days", 1, 3650, also=(("audit", {}),)),
    Limit("secrets.labelling-password.destroy_days", 1, 365),
    Limit("secrets.labelling-password.rotation.days", 1, 3650, also=ROTATION),
    Limit("registries.docker-hub.cleanup_days", 1, 3650),
    Limit("registries.all.members.images", 1, 1000, also=VIRTUAL),
    Limit("warehouses.experiments.table_expiry_days", 1, 3650),
    Limit("warehouses.experiments.tables.t.rules.r.threshold", 0.0, 1.0, step=1e-9, also=CHECKED),
    Limit("pipelines.database.disk_gb", 10, 65536),
    Limit("pipelines.database.retained_backups", 1, 365),
)


BY_MACHINE: Final = ("accelerators_per_node", "local_ssd.partitions")


def _with(limit: Limit, value: float) -> Config:
    config = limit.of()
    for path, given in limit.also:
        put(config, path, given)
    return put(config, limit.path, value)


# The numbers of GPUs and local SSDs depend on the machine: see test_machines.py.
@pytest.mark.parametrize(
    "limit", [limit for limit in LIMITS if not limit.path.endswith(BY_MACHINE)], ids=lambda limit: limit.path
)
def test_numbers_at_a_limit_are_accepted(limit: Limit) -> None:
    """A limit and the number next to it are valid."""
    inside = (limit.low, limit.low + limit.step, limit.high - limit.step, limit.high)

    assert {value: found for value in inside if (found := problems_of(_with(limit, value)))} == {}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.path)
def test_numbers_beyond_a_limit_are_refused(limit: Limit) -> None:
    """The first number beyond a limit is out of range, and the hint has the limit."""
    for value, hint in (
        (limit.low - limit.step, f"at least {limit.low}"),
        (limit.high + limit.step, f"at most {limit.high}"),
    ):
        problems = problems_of(_with(limit, value))

        assert [(PREFIX + limit.path, hint)] == [(problem.path, problem.hint) for problem in problems]
        assert [f"{value} is out of range"] == [problem.message for problem in problems]


def _bounded(schema: Any, name: str) -> Iterator[str]:
    """The name of the property around every bound in a schema."""
    if isinstance(schema, list):
        for item in schema:
            yield from _bounded(item, name)
    elif isinstance(schema, Mapping):
        if {"minimum", "maximum"} & set(schema):
            yield name
        for key, item in schema.items():
            if key == "properties":
                for inner, declared in item.items():
                    yield from _bounded(declared, inner)
            else:
                yield from _bounded(item, name)


def test_every_limit_of_the_model_has_a_case() -> None:
    """A number with a limit in the model has a line in this table."""
    keyless = [re.sub(r"\.(gpus|members|weights)\.[a-z0-9-]+$", r".\1", limit.path) for limit in LIMITS]
    tried = [path.rsplit(".", 1)[-1].removesuffix("[0]") for path in keyless]

    cloud, on_a_laptop = schema(), schema(Local)
    on_a_laptop["$defs"] = {name: part for name, part in on_a_laptop["$defs"].items() if name not in cloud["$defs"]}

    assert Counter([*_bounded(cloud, ""), *_bounded(on_a_laptop, "")]) == Counter(tried)


def test_quota_up_to_the_size_of_a_pool_is_accepted() -> None:
    """The pool has two L4: a quota of two is valid, and three is not."""
    alone = put(dev(), "teams.forecasting.quota.gpus.l4", 0)

    assert problems_of(put(alone, "teams.vision.quota.gpus.l4", 2)) == []
    assert problems_of(put(alone, "teams.vision.quota.gpus.l4", 3))


def test_quotas_up_to_the_size_of_a_local_pool_are_accepted() -> None:
    """Each of two teams has one of the two GPUs."""
    config = put(local(), "gpu_pools", {"rtx": {"clusters": ["laptop"], "gpus": 2}})
    for team in ("forecasting", "vision"):
        put(config, f"teams.{team}.quota.gpus", {"rtx": 1})

    assert problems_of(config) == []


def test_limits_do_not_count_pools_of_other_clusters() -> None:
    """The pools of main have 36 cores and 3 L4, and that of another cluster has more."""
    config = put(dev(), "clusters.main.autoprovisioning", {"cpu": 36, "memory_gib": 181, "gpus": {"nvidia-l4": 3}})
    put(config, "clusters.second", SECOND)
    put(config, "gpu_pools.elsewhere", {**POOL, "clusters": ["second"]})

    assert problems_of(config) == []


def test_lending_limit_up_to_the_nominal_quota_is_accepted() -> None:
    """With a nominal quota of three, a lending limit of three is valid, and four is not."""
    lending = put(dev(), "teams.vision.queue", {"lending_limit": {"gpus": {}}})

    assert problems_of(put(lending, "teams.vision.queue.lending_limit.gpus.l4-shared", 3)) == []
    assert problems_of(put(lending, "teams.vision.queue.lending_limit.gpus.l4-shared", 4))


def test_delete_lock_up_to_the_retention_is_accepted() -> None:
    """A lock that is longer than the retention is a problem; one of the same length is not."""
    kept = put(dev(), "recovery.backups", {**BACKUPS, "retain_days": 7})

    assert problems_of(put(kept, "recovery.backups.delete_lock_days", 7)) == []
    assert problems_of(put(kept, "recovery.backups.delete_lock_days", 8))


@pytest.mark.parametrize(
    ("tier", "inside", "outside"),
    [
        ("BASIC_HDD", (1024, 1025, 65433), (0, 1023, 65434)),
        ("BASIC_SSD", (2560, 2561, 65433), (2559, 65434)),
        ("ZONAL", (1024, 1280, 9984, 10240, 12800, 102400), (1023, 1025, 9985, 10239, 10241, 102399, 104960)),
        ("REGIONAL", (1024, 1280, 9984, 10240, 12800, 102400), (1023, 1025, 9985, 10239, 10241, 102399, 104960)),
    ],
)
def test_file_share_capacity_follows_minimum_maximum_and_step_of_its_tier(
    tier: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    """The hint has capacities that the tier offers."""
    location = "europe-west4" if tier == "REGIONAL" else "europe-west4-a"
    config = put(put(dev(), "file_shares.notebooks.tier", tier), "file_shares.notebooks.location", location)
    put(config, "encryption", None)  # which the basic tiers do not take

    assert [size for size in inside if problems_of(put(config, "file_shares.notebooks.capacity_gib", size))] == []
    for size in outside:
        (problem,) = problems_of(put(config, "file_shares.notebooks.capacity_gib", size))
        for offered in problem.hint.removeprefix("the nearest capacity is ").split(" or "):
            assert problems_of(put(config, "file_shares.notebooks.capacity_gib", int(offered))) == []


def test_deployer_subject_of_127_characters_is_accepted() -> None:
    """Google accepts a subject of 127 characters but not one of 128."""
    fixed = len("repo:brightwater-logistics/:ref:refs/heads/main")
    for length, accepted in ((127 - fixed, True), (128 - fixed, False)):
        deployer = {"repository": "r" * length, "branch": "main"}

        assert accepted == (not problems_of(put(dev(), "github.deployers.x-deploy", deployer)))


def test_deployer_subject_of_an_environment_has_its_name() -> None:
    """The subject of jobs of an environment has the environment in place of the branch."""
    fixed = len("repo:brightwater-logistics/:environment:prod")
    for length, accepted in ((127 - fixed, True), (128 - fixed, False)):
        deployer = {"repository": "r" * length, "environment": "prod"}

        assert accepted == (not problems_of(put(dev(), "github.deployers.x-deploy", deployer)))


def test_max_memory_gib_may_equal_the_memory_of_the_driver() -> None:
    """A pod with the mounts of vision requests 904 MiB for the driver with 34 MiB for metadata of vision-models."""
    config = put(dev(), "teams.vision.limits", {"max_memory_gib": 2})

    assert problems_of(put(config, "mounts.vision-models.stat_cache_mib", 34 + 2048 - 904)) == []
    assert [
        problem.hint for problem in problems_of(put(config, "mounts.vision-models.stat_cache_mib", 35 + 2048 - 904))
    ] == ["at least 3, or smaller caches"]


def test_group_of_two_teams_may_have_different_access_without_ends() -> None:
    """The larger access holds: without ends both are valid for as long as the group has them."""
    config = put(dev(), "teams.forecasting.members", {"vision": "viewer"})
    put(config, "teams.forecasting.data.models", {"access": "write", "mount": False})
    put(config, "buckets.shipments-curated.groups", {})

    assert problems_of(config) == []


def test_teams_may_limit_the_rate_of_pods_with_the_same_labels() -> None:
    """Labels select pods in the namespace of a team only."""
    config = put(dev(), "teams.forecasting.services", dev()[f"{PREFIX}teams"]["vision"]["services"])
    put(config, "teams.forecasting.services.parcels-predictor.callers", ["vision"])
    for team in ("forecasting", "vision"):
        put(config, f"teams.{team}.services.parcels-predictor.rate_limit", {"requests_per_second": 1, "burst": 1})

    assert problems_of(config) == []


@pytest.mark.parametrize("path", ["soft_delete_days", "expire_days"])
def test_null_disables_days(path: str) -> None:
    """Null is not the same as a small number of days."""
    assert problems_of(put(dev(), f"buckets.models.{path}", None)) == []
    assert problems_of(put(dev(), f"buckets.models.{path}", 0))


def test_min_nodes_may_equal_max_nodes() -> None:
    """The minimum number of nodes may equal the maximum but not exceed it."""
    assert problems_of(put(dev(), "clusters.main.system_pool.min_nodes", 3)) == []
    assert problems_of(put(dev(), "clusters.main.system_pool.min_nodes", 4))


@pytest.mark.parametrize(
    ("path", "short", "long"),
    [
        ("environment", 1, 63),
        ("ownership.owner", 1, 63),
        ("network.name", 1, 40),
        ("projects.host", 6, 30),
        ("projects.service", 6, 30),
    ],
)
def test_texts_have_minimum_and_maximum_lengths(path: str, short: int, long: int) -> None:
    """Labels, keys and project ids are as short and as long as their services accept."""
    assert problems_of(put(dev(), path, "x" * short)) == []
    assert problems_of(put(dev(), path, "x" * long)) == []
    assert [PREFIX + path] == [problem.path for problem in problems_of(put(dev(), path, "x" * (short - 1)))]
    assert [PREFIX + path] == [problem.path for problem in problems_of(put(dev(), path, "x" * (long + 1)))]


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("groups", {"email": "ml@brightwater.example"}),
        ("gpu_pools", POOL),
        ("mounts", {"team": "vision", "bucket": "models"}),
        ("network.subnets", {"region": "europe-west4", "cidr": "10.80.0.0/20"}),
    ],
)
def test_keys_have_one_to_40_characters(section: str, entry: object) -> None:
    """The limit of a key from which no longer name is made."""
    too_long = problems_of(put(dev(), f"{section}.{'k' * 41}", entry))

    assert problems_of(put(dev(), f"{section}.k", entry)) == []
    assert problems_of(put(dev(), f"{section}.{'k' * 40}", entry)) == []
    assert [f"{PREFIX}{section}.{'k' * 41}"] == [problem.path for problem in too_long]
    assert "at most 40" in too_long[0].hint


@pytest.mark.parametrize(("prefix", "accepted"), [(27, False), (28, True), (29, False)])
def test_control_plane_range_is_a_28(prefix: int, *, accepted: bool) -> None:
    """GKE accepts a /28 only."""
    problems = problems_of(put(dev(), "clusters.main.control_plane_cidr", f"172.16.64.0/{prefix}"))

    assert accepted == (not problems)
    assert all("must be a /28" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("10.0.0.0/24", "9.255.255.0/24"),
        ("10.255.255.0/24", "11.0.0.0/24"),
        ("172.16.0.0/24", "172.15.255.0/24"),
        ("172.31.255.0/24", "172.32.0.0/24"),
        ("192.168.0.0/24", "192.167.255.0/24"),
        ("192.168.255.0/24", "192.169.0.0/24"),
        ("100.64.0.0/24", "100.63.255.0/24"),
        ("100.127.255.0/24", "100.128.0.0/24"),
        ("192.0.0.0/24", "192.0.1.0/24"),
        ("198.18.0.0/24", "198.17.255.0/24"),
        ("198.19.255.0/24", "198.20.0.0/24"),
    ],
)
def test_private_ranges_end_at_their_last_address(inside: str, outside: str) -> None:
    """Ranges that a VPC may use in addition to RFC 1918 and RFC 6598 are included."""
    refused = problems_of(put(dev(), "network.private_services", outside))

    assert problems_of(put(dev(), "network.private_services", inside)) == []
    assert [f"{outside!r} is public address space"] == [problem.message.split(";")[0] for problem in refused]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("0.0.0.0/8", "is reserved for this network"),
        ("127.0.0.0/24", "is loopback space"),
        ("127.255.255.0/24", "is loopback space"),
        ("169.254.0.0/24", "is link-local space"),
        ("192.0.2.0/24", "is documentation space"),
        ("198.51.100.0/25", "is documentation space"),
        ("203.0.113.128/25", "is documentation space"),
        ("224.0.0.0/24", "is multicast space"),
        ("239.255.255.0/24", "is multicast space"),
        ("126.0.0.0/7", "is public address space"),
        ("10.0.0.0/7", "is public address space"),
    ],
)
def test_special_ranges_are_refused(value: str, message: str) -> None:
    """A VPC does not accept these ranges; a larger range around one of them is public."""
    problems = problems_of(put(dev(), "network.private_services", value))

    assert [f"{value!r} {message}"] == [problem.message.split(";")[0] for problem in problems]


@pytest.mark.parametrize(("prefix", "accepted"), [(28, True), (29, True), (30, False), (32, False)])
def test_subnet_range_is_a_29_or_larger(prefix: int, *, accepted: bool) -> None:
    """A /29 is the smallest range of a subnet."""
    problems = problems_of(put(dev(), f"{SUBNET}.cidr", f"10.64.0.0/{prefix}"))

    assert accepted == (not problems)


@pytest.mark.parametrize(("prefix", "accepted"), [(23, True), (25, True), (26, True), (27, False), (29, False)])
def test_proxy_range_is_a_26_or_larger(prefix: int, *, accepted: bool) -> None:
    """A /26 is the smallest proxy-only subnet."""
    config = put(dev(), *PROXIES)
    problems = problems_of(put(config, "network.proxy_subnets.proxies.cidr", f"10.64.8.0/{prefix}"))

    assert accepted == (not problems)


@pytest.mark.parametrize(("prefix", "accepted"), [(7, False), (8, True), (9, True), (32, True)])
def test_destination_is_a_8_or_smaller(prefix: int, *, accepted: bool) -> None:
    """A /8 is the largest destination, and a single address the smallest."""
    config = dev()
    put(config, *EGRESS[0])
    problems = problems_of(put(config, "network.egress.allow.git.cidrs", [f"12.0.0.0/{prefix}"]))

    assert accepted == (not problems)


@pytest.mark.parametrize(
    ("path", "most"), [("network.egress.allow.git.hosts", 100), ("gateway.services.parcels.hosts", 16)]
)
def test_destinations_have_a_maximum_number(path: str, most: int) -> None:
    """A firewall rule accepts a limited number of names and ranges."""
    config = dev()
    for place, value in (*EGRESS, *TWO):
        put(config, place, value)
    hosts = [f"h{number}.brightwater.example" for number in range(most + 1)]

    assert problems_of(put(config, path, hosts[:-1])) == []
    assert [PREFIX + path] == [problem.path for problem in problems_of(put(config, path, hosts))]


@pytest.mark.parametrize(
    ("adjacent", "across"),
    [
        ("10.63.255.0/24", "10.64.0.0/32"),
        ("10.64.4.0/24", "10.64.3.255/32"),
    ],
)
def test_adjacent_ranges_are_accepted(adjacent: str, across: str) -> None:
    """Adjacent ranges are valid; one shared address is an overlap."""
    shared = problems_of(put(dev(), "network.private_services", across))

    assert problems_of(put(dev(), "network.private_services", adjacent)) == []
    assert [f"{across} overlaps 10.64.0.0/22"] == [problem.message for problem in shared]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("clusters.main.maintenance.recurrence", "FREQ=DAILY"),
        ("clusters.main.maintenance.recurrence", "FREQ=WEEKLY;BYDAY=SA"),
        ("clusters.main.maintenance.recurrence", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU"),
        ("clusters.main.maintenance.recurrence", "FREQ=WEEKLY;BYDAY=SA,SU;INTERVAL=2"),
        ("clusters.main.maintenance.start", "2024-02-29T23:59:59Z"),
        ("clusters.main.maintenance.end", "2026-01-03T01:00:01Z"),
        ("mounts.vision-raw.only_dir", "a"),
        ("mounts.vision-raw.only_dir", "a/.cache/..x/b.c"),
        ("network.flow_log_sampling", 1),
        ("environment", "truth"),
        ("recovery.backups", {**BACKUPS, "cron": "*/15 0-6 1,15 * MON-FRI"}),
        ("groups.vision.project_roles", []),
        ("groups.vision.project_roles", [{"role": "roles/monitoring.viewer", "reason": "they asked"}]),
        ("buckets.pipeline-runs.groups", {"vision": {"access": "read"}}),
        ("buckets.models.groups.platform-admins", {"access": "read", "until": "2020-02-29", "reason": "x" * 256}),
        ("github.deployers.x-deploy", {"repository": "r", "branch": "release/1.0"}),
        ("github.deployers.x-deploy", {"repository": "r", "environment": "e", "roles": ["roles/container.admin"]}),
        ("teams.platforms", TEAM),
        # Defaults and limits of containers that equal what they may not exceed.
        ("teams.vision.limits", {"cpu_millis": 2000, "max_cpu": 2}),
        ("teams.vision.limits", {"memory_mib": 2048, "max_memory_gib": 2}),
        ("teams.vision.limits", {"max_cpu": 32, "max_memory_gib": 160}),
        ("teams.vision.limits", {"cpu_millis": 32_000}),
        ("teams.vision.limits", {"memory_mib": 163_840}),
        # Exactly the pools of the cluster: two machines of l4 and one each of l4-shared and a100.
        ("clusters.main.autoprovisioning", {"cpu": 36, "memory_gib": 181, "gpus": {"nvidia-l4": 3}}),
        ("gpu_pools.l4.compact_placement", True),
        ("gpu_pools.l4.zones", ["europe-west4-a", "europe-west4-b"]),
        ("buckets.sample", {"location": "EUROPE-WEST4", "retention_days": 7, "expire_days": 7}),
        ("warehouses.experiments.tables", _table(key="t" * 43)),
        ("warehouses.experiments.tables", _table(expect="range", minimum=1, maximum=1)),
        ("billing.currency", "USD"),
    ],
)
def test_valid_neighbors_of_refused_values_are_accepted(path: str, value: object) -> None:
    """Values that are similar to refused ones but valid."""
    assert problems_of(put(dev(), path, value)) == []
