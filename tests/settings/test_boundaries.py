"""Every limit, tried on both sides: the last value inside is accepted, the first one outside is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from stacks.settings.problems import PREFIX
from stacks.settings.schema import schema
from tests.settings.test_wrong_settings import MAIN, POOL, Config, dev, problems_of, put

LONGEST_PROJECT: Final = "p" * 30


@dataclass(frozen=True)
class Limit:
    """The smallest and the largest number at a path; `step` is the distance to the next one."""

    path: str
    low: float
    high: float
    step: float = 1


LIMITS: Final = (
    Limit("network.webhook_ports[0]", 1, 65535),
    Limit("network.nat_ports_per_vm", 32, 65536),
    Limit("network.flow_log_sampling", 0.0, 1.0, step=1e-9),
    Limit("clusters.main.system_pool.disk_gb", 30, 65536),
    Limit("clusters.main.system_pool.min_nodes", 1, 1000),
    Limit("clusters.main.system_pool.max_nodes", 1, 1000),
    Limit("gpu_pools.l4.accelerators_per_node", 1, 16),
    Limit("gpu_pools.l4.max_nodes", 1, 1000),
    Limit("gpu_pools.l4.disk_gb", 50, 65536),
    Limit("buckets.models.soft_delete_days", 7, 90),
    Limit("buckets.models.noncurrent_days", 1, 3650),
    Limit("buckets.models.expire_days", 1, 3650),
    Limit("mounts.vision-raw.metadata_ttl_seconds", -1, 31_536_000),
    Limit("mounts.vision-raw.file_cache_mib", 1, 16_777_216),
)


def _with(limit: Limit, value: float) -> Config:
    config = dev()
    if limit.path.endswith("min_nodes"):
        put(config, limit.path.replace("min", "max"), 1000)  # so that only the limit itself can refuse
    return put(config, limit.path, value)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.path)
def test_numbers_inside_are_accepted(limit: Limit) -> None:
    """A limit is part of what is allowed, and so is its neighbour."""
    inside = (limit.low, limit.low + limit.step, limit.high - limit.step, limit.high)

    assert {} == {value: found for value in inside if (found := problems_of(_with(limit, value)))}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.path)
def test_numbers_outside_are_refused(limit: Limit) -> None:
    """The first number outside is out of range, and the hint names the limit."""
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


def test_every_limit_is_tried() -> None:
    """A number that gets a limit in the model gets a line in this table."""
    tried = [limit.path.rsplit(".", 1)[-1].removesuffix("[0]") for limit in LIMITS]

    assert Counter(_bounded(schema(), "")) == Counter(tried)


@pytest.mark.parametrize("path", ["soft_delete_days", "expire_days"])
def test_days_can_be_switched_off(path: str) -> None:
    """No days at all is another value than few days."""
    assert [] == problems_of(put(dev(), f"buckets.models.{path}", None))
    assert problems_of(put(dev(), f"buckets.models.{path}", 0))


def test_a_pool_may_have_a_fixed_size() -> None:
    """The smallest number of nodes may equal the largest, and may not pass it."""
    assert [] == problems_of(put(dev(), "clusters.main.system_pool.min_nodes", 3))
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
def test_texts_have_a_length(path: str, short: int, long: int) -> None:
    """Labels, keys and project ids are as short and as long as their services take, and no more."""
    assert [] == problems_of(put(dev(), path, "x" * short))
    assert [] == problems_of(put(dev(), path, "x" * long))
    assert [PREFIX + path] == [problem.path for problem in problems_of(put(dev(), path, "x" * (short - 1)))]
    assert [PREFIX + path] == [problem.path for problem in problems_of(put(dev(), path, "x" * (long + 1)))]


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("groups", {"email": "ml@brightwater.example"}),
        ("gpu_pools", POOL),
        ("mounts", {"cluster": "main", "team": "vision", "bucket": "models"}),
        ("network.subnets", {"region": "europe-west4", "cidr": "10.80.0.0/20"}),
    ],
)
def test_keys_have_a_length(section: str, entry: object) -> None:
    """A key that becomes no longer name has one to 40 characters."""
    assert [] == problems_of(put(dev(), f"{section}.{'k'}", entry))
    assert [] == problems_of(put(dev(), f"{section}.{'k' * 40}", entry))
    assert ["at most 40" in problem.hint for problem in problems_of(put(dev(), f"{section}.{'k' * 41}", entry))] == [
        True
    ]


def _named(section: str, length: int) -> Config:
    """Development's settings with one more entry, whose key has that length."""
    entries: dict[str, object] = {
        "teams": {"cost_center": "cc-1", "owner": "x", "group": "vision", "clusters": ["main"]},
        "clusters": {**MAIN, "control_plane_cidr": "172.16.64.16/28"},
        "buckets": {"location": "EU"},
    }
    return put(put(dev(), "projects.service", LONGEST_PROJECT), f"{section}.{'k' * length}", entries[section])


@pytest.mark.parametrize(
    ("section", "length", "name"),
    [
        ("teams", 3, "ml-kkk"),
        ("teams", 27, f"ml-{'k' * 27}"),
        ("clusters", 1, "gke-k-nodes"),
        ("clusters", 20, f"gke-{'k' * 20}-nodes"),
        ("buckets", 1, f"{LONGEST_PROJECT}-k"),
        ("buckets", 32, f"{LONGEST_PROJECT}-{'k' * 32}"),
    ],
)
def test_keys_that_become_names_are_accepted(section: str, length: int, name: str) -> None:
    """The longest and the shortest key whose name the cloud takes: 6 to 30 for accounts, 3 to 63 for buckets."""
    assert len(name) in range(3 if section == "buckets" else 6, 64 if section == "buckets" else 31)
    assert [] == problems_of(_named(section, length))


@pytest.mark.parametrize(
    ("section", "length", "name", "hint"),
    [
        ("teams", 2, "ml-kk", "between 6 and 30"),
        ("teams", 28, f"ml-{'k' * 28}", "between 6 and 30"),
        ("clusters", 21, f"gke-{'k' * 21}-nodes", "between 6 and 30"),
        ("buckets", 33, f"{LONGEST_PROJECT}-{'k' * 33}", "between 3 and 63"),
    ],
)
def test_keys_whose_names_do_not_fit_are_refused(section: str, length: int, name: str, hint: str) -> None:
    """The problem shows the whole name, since the key alone looks right."""
    problems = problems_of(_named(section, length))

    assert [(f"{PREFIX}{section}.{'k' * length}", hint)] == [(problem.path, problem.hint) for problem in problems]
    assert [f"{name!r}, which is made from this key, has {len(name)} characters"] == [
        problem.message for problem in problems
    ]


@pytest.mark.parametrize(("prefix", "accepted"), [(27, False), (28, True), (29, False)])
def test_a_control_plane_has_one_size(prefix: int, accepted: bool) -> None:  # noqa: FBT001 - a column of the table
    """GKE takes a /28 and nothing else."""
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
    ],
)
def test_private_space_ends_where_the_standards_say(inside: str, outside: str) -> None:
    """RFC 1918 and RFC 6598, to the last range."""
    refused = problems_of(put(dev(), "network.private_services", outside))

    assert [] == problems_of(put(dev(), "network.private_services", inside))
    assert [f"{outside!r} is public address space"] == [problem.message.split(";")[0] for problem in refused]


@pytest.mark.parametrize(
    ("beside", "across"),
    [
        ("10.63.255.0/24", "10.64.0.0/32"),
        ("10.64.4.0/24", "10.64.3.255/32"),
    ],
)
def test_ranges_may_touch_but_not_share(beside: str, across: str) -> None:
    """Neighbours are fine; one shared address is an overlap."""
    shared = problems_of(put(dev(), "network.private_services", across))

    assert [] == problems_of(put(dev(), "network.private_services", beside))
    assert [f"{across} overlaps 10.64.0.0/22"] == [problem.message for problem in shared]
