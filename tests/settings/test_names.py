"""Names that are made from keys: their lengths, and reserved ones."""

from __future__ import annotations

from typing import Final

import pytest

from stacks.settings.checks.names import RESERVED_NAMESPACES, RESERVED_PREFIXES
from stacks.settings.core.problems import PREFIX
from stacks.settings.facts.versions import load_versions
from tests.settings.samples import POOL, SECOND, TEAM, Config, dev, problems_of, put

LONGEST_PROJECT: Final = "p" * 30


def _named(section: str, length: int) -> Config:
    """Development's settings with one more entry, whose key has this length."""
    entries: dict[str, object] = {
        "teams": TEAM,
        "clusters": SECOND,
        "buckets": {"location": "EU"},
        "github.deployers": {"repository": "ml-platform", "branch": "main"},
    }
    return put(put(dev(), "projects.service", LONGEST_PROJECT), f"{section}.{'k' * length}", entries[section])


@pytest.mark.parametrize(
    ("section", "length", "name"),
    [
        ("teams", 3, "ml-kkk"),
        ("teams", 27, f"ml-{'k' * 27}"),
        ("clusters", 1, "gke-k-nodes"),
        ("clusters", 20, f"gke-{'k' * 20}-nodes"),
        ("github.deployers", 3, "ci-kkk"),
        ("github.deployers", 27, f"ci-{'k' * 27}"),
        ("buckets", 1, f"{LONGEST_PROJECT}-k"),
        ("buckets", 32, f"{LONGEST_PROJECT}-{'k' * 32}"),
    ],
)
def test_keys_whose_names_fit_are_accepted(section: str, length: int, name: str) -> None:
    """The longest and the shortest key with a valid name: 6 to 30 characters for accounts, 3 to 63 for buckets."""
    assert len(name) in range(3 if section == "buckets" else 6, 64 if section == "buckets" else 31)
    assert problems_of(_named(section, length)) == []


@pytest.mark.parametrize(
    ("section", "length", "name", "hint"),
    [
        ("teams", 2, "ml-kk", "between 6 and 30"),
        ("teams", 28, f"ml-{'k' * 28}", "between 6 and 30"),
        ("clusters", 21, f"gke-{'k' * 21}-nodes", "between 6 and 30"),
        ("github.deployers", 2, "ci-kk", "between 6 and 30"),
        ("github.deployers", 28, f"ci-{'k' * 28}", "between 6 and 30"),
        ("buckets", 33, f"{LONGEST_PROJECT}-{'k' * 33}", "between 3 and 63"),
    ],
)
def test_keys_whose_names_do_not_fit_are_refused(section: str, length: int, name: str, hint: str) -> None:
    """The problem has the full name, since the key alone is valid."""
    problems = problems_of(_named(section, length))

    assert [(f"{PREFIX}{section}.{'k' * length}", hint)] == [(problem.path, problem.hint) for problem in problems]
    assert [f"{name!r}, which is made from this key, has {len(name)} characters"] == [
        problem.message for problem in problems
    ]


@pytest.mark.parametrize(
    ("network", "cluster", "accepted"), [(33, 20, True), (34, 20, False), (40, 13, True), (40, 14, False)]
)
def test_name_of_a_firewall_rule_has_network_and_cluster(network: int, cluster: int, *, accepted: bool) -> None:
    """The rule for webhooks has both in its name, so that two valid keys may be too long together."""
    problems = problems_of(put(_named("clusters", cluster), "network.name", "n" * network))

    assert accepted == (network + 1 + cluster + len("-webhooks") <= 63) == (not problems)
    assert all(problem.path == f"{PREFIX}clusters.{'k' * cluster}" for problem in problems)
    assert all(problem.hint == "between 1 and 63" for problem in problems)


@pytest.mark.parametrize(("network", "accepted"), [(39, True), (40, False)])
def test_name_of_a_router_has_network_and_region(network: int, *, accepted: bool) -> None:
    """The longest region counts, not the last one by name: a router's name has at most 63 characters."""
    config = put(dev(), "network.name", "n" * network)
    put(config, "network.subnets.far", {"region": "northamerica-northeast1", "cidr": "10.80.0.0/20"})
    put(config, "network.subnets.west", {"region": "us-west1", "cidr": "10.80.16.0/20"})
    name = f"{'n' * network}-northamerica-northeast1"

    assert accepted == (len(name) <= 63)
    assert [(problem.path, problem.message, problem.hint) for problem in problems_of(config)] == (
        []
        if accepted
        else [
            (
                f"{PREFIX}network.name",
                f"{name!r}, which is made from this name and a subnet's region, has {len(name)} characters",
                "at most 63",
            )
        ]
    )


@pytest.mark.parametrize("section", ["teams", "clusters", "buckets"])
def test_invalid_key_is_reported_once(section: str) -> None:
    """Names that would be made from an invalid key are not reported."""
    problems = problems_of(_named(section, 41))

    assert [f"{'k' * 41!r} is not valid"] == [problem.message for problem in problems]


def test_key_of_which_no_name_fits_is_reported_once() -> None:
    """A cluster's account and its firewall rule are both too long: a shorter key fixes both."""
    problems = problems_of(put(_named("clusters", 21), "network.name", "n" * 40))

    assert [f"{PREFIX}clusters.{'k' * 21}"] == [problem.path for problem in problems]


def test_key_of_an_existing_bucket_may_be_long() -> None:
    """The name of a bucket of another stack is not made from its key."""
    assert problems_of(_named("buckets", 40))
    assert not problems_of(put(_named("buckets", 40), f"buckets.{'k' * 40}.existing_name", "acme-ml-prod-models"))


@pytest.mark.parametrize(("length", "accepted"), [(2, False), (3, True), (63, True), (64, False)])
def test_name_of_an_existing_bucket_has_3_to_63_characters(length: int, *, accepted: bool) -> None:
    """The limits are those of Cloud Storage."""
    assert accepted == (not problems_of(put(dev(), "buckets.models.existing_name", "b" * length)))


@pytest.mark.parametrize(
    ("key", "accepted"),
    [
        ("default", False),
        ("kube-system", False),
        ("kube-public", False),
        ("kube-node-lease", False),
        ("kube-anything", False),
        ("gmp-system", False),
        ("gmp-public", False),
        ("gke-managed-system", False),
        ("gke-anything", False),
        ("kubeflow", False),
        ("kubeflow-system", False),
        ("local-path-storage", False),
        ("cert-manager", False),
        ("kueue-system", False),
        ("kserve", False),
        ("spark-operator", False),
        ("gateway", False),
        ("notebook-controller-system", False),
        ("resource-group-system", False),
        ("asm-system", False),
        ("config-management-system", False),
        ("istio-system", False),
        ("knative-serving", False),
        ("pipelines", False),
        ("defaults", True),
        ("kubeflow-team", True),
        ("kubernetes", True),
        ("gke", True),
        ("spark", True),
        ("pipeline", True),
    ],
)
def test_reserved_namespaces_are_refused_as_teams(key: str, *, accepted: bool) -> None:
    """A team's key is its namespace and its account."""
    problems = problems_of(put(dev(), f"teams.{key}", TEAM))

    assert ([] if accepted else [f"{PREFIX}teams.{key}"]) == [problem.path for problem in problems]


@pytest.mark.parametrize(
    ("key", "accepted"), [("system", False), ("cpu", False), ("any", False), ("systems", True), ("cpus", True)]
)
def test_reserved_pool_names_are_refused(key: str, *, accepted: bool) -> None:
    """Every cluster has a system pool, and the queue has a flavor for cores."""
    problems = problems_of(put(dev(), f"gpu_pools.{key}", POOL))

    assert ([] if accepted else [f"{PREFIX}gpu_pools.{key}"]) == [problem.path for problem in problems]


def test_namespaces_of_charts_are_reserved() -> None:
    """A team cannot have the namespace of an installed chart."""
    installed = {chart.namespace for chart in load_versions().charts.values()}

    assert {name for name in installed - RESERVED_NAMESPACES if not name.startswith(RESERVED_PREFIXES)} == set()
