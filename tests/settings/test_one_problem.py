"""One fault is one problem, and does not hide others."""

from __future__ import annotations

import pytest

from stacks.settings import Settings
from stacks.settings.core.hints import describe
from stacks.settings.core.problems import PREFIX
from tests.settings.samples import SUBNET, dev, problems_of, put

SECRET = {"secure": "v1:c2VjcmV0"}
# Sections that may be omitted may also be null.
SWITCHES = {name for name, field in Settings.model_fields.items() if field.default is None}


def _paths(*changes: tuple[str, object]) -> list[str]:
    """The paths of all problems after these changes, without the prefix."""
    config = dev()
    for path, value in changes:
        put(config, path, value)
    return [problem.path.removeprefix(PREFIX) for problem in problems_of(config)]


@pytest.mark.parametrize("section", sorted(Settings.model_fields))
@pytest.mark.parametrize("value", [[], "x", 1, SECRET], ids=["list", "text", "number", "encrypted"])
def test_invalid_section_is_one_problem(section: str, value: object) -> None:
    """References into an invalid section are not reported."""
    assert _paths((section, value)) == ([] if (section, value) == ("environment", "x") else [section])


@pytest.mark.parametrize("section", sorted(set(Settings.model_fields) - SWITCHES))
def test_section_without_a_value_is_one_problem(section: str) -> None:
    """A key without a value is not an empty map."""
    assert _paths((section, None)) == [section]


@pytest.mark.parametrize(
    "path",
    [
        "projects.host",
        "network.subnets",
        f"{SUBNET}.cidr",
        "groups.vision",
        "groups.vision.project_roles[0]",
        "teams.vision",
        "teams.vision.clusters[0]",
        "clusters.main",
        "clusters.main.maintenance.start",
        "gpu_pools.l4.machine_type",
        "buckets.models.workloads",
        "mounts.vision-raw.team",
        "billing.account",
    ],
)
def test_encrypted_value_is_one_problem_at_every_place(path: str) -> None:
    """The place is reported, the ciphertext is not."""
    problems = problems_of(put(dev(), path, SECRET))

    assert [(PREFIX + path, "is an encrypted value")] == [(found.path, found.message) for found in problems]
    assert "c2VjcmV0" not in str(problems[0])


def test_key_secure_without_a_text_is_a_key() -> None:
    """Only a text makes it a ciphertext."""
    assert _paths(("buckets.models.groups", {"secure": "read"})) == ["buckets.models.groups"]
    assert _paths(("groups.secure", {"email": "secure@brightwater.example"})) == []
    assert "is an encrypted value" not in {
        problem.message for problem in problems_of(put(dev(), "buckets", {"secure": {"location": "EU"}}))
    }


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        # A team with an unknown cluster: only the reference is reported.
        ([("teams.vision.clusters", ["man"])], ["teams.vision.clusters[0]"]),
        ([("gpu_pools.l4.clusters", ["man"])], ["gpu_pools.l4.clusters[0]"]),
        ([("mounts.vision-raw.team", "vison")], ["mounts.vision-raw.team"]),
        # Each problem of one entry is reported at its key.
        (
            [("clusters.main.zones", ["europe-west1-b"]), ("clusters.main.control_plane_cidr", "172.16.64.0/27")],
            ["clusters.main.control_plane_cidr", "clusters.main.zones[0]"],
        ),
        (
            [("clusters.main.zones", ["europe-west1-b", "x"]), ("clusters.main.system_pool.min_nodes", 4)],
            ["clusters.main.system_pool.min_nodes", "clusters.main.zones[0]", "clusters.main.zones[1]"],
        ),
        (
            [("clusters.main.maintenance.end", "2026-01-02T01:00:00Z"), ("clusters.main.subnet", "x")],
            ["clusters.main.maintenance.end", "clusters.main.subnet"],
        ),
        (
            [
                ("gpu_pools.l4.accelerators_per_node", 2),
                ("gpu_pools.l4.clusters", ["x"]),
                ("gpu_pools.l4.disk_gb", 1),
            ],
            ["gpu_pools.l4.accelerators_per_node", "gpu_pools.l4.clusters[0]", "gpu_pools.l4.disk_gb"],
        ),
        # An invalid network still has subnets.
        (
            [("network.name", "ML"), ("clusters.main.subnet", "gke")],
            ["clusters.main.subnet", "network.name"],
        ),
        (
            [("network.private_services", "x"), ("clusters.main.pod_range", "pod")],
            ["clusters.main.pod_range", "network.private_services"],
        ),
        # The references of an invalid entry are checked.
        (
            [("mounts.vision-raw.file_cache_mib", 0), ("mounts.vision-raw.bucket", "x")],
            ["mounts.vision-raw.bucket", "mounts.vision-raw.file_cache_mib"],
        ),
        (
            [("alerting.page", "x"), ("alerting.repository_url", "x"), ("alerting.ticket", "y")],
            ["alerting.page", "alerting.repository_url", "alerting.ticket"],
        ),
        # The address of one group is unknown, and two others have one address.
        (
            [("groups.forecasting.email", "x"), ("groups.vision-leads.email", "ml-vision@brightwater.example")],
            ["groups.forecasting.email", "groups.vision-leads.email"],
        ),
        # The region of the only subnet is unknown: it has no router.
        ([(f"{SUBNET}.region", "x")], [f"{SUBNET}.region"]),
        # A share that is outside of residency is also far from its clusters, which are inside.
        (
            [("file_shares.notebooks.location", "us-east1-b")],
            ["file_shares.notebooks.location", "file_shares.notebooks.teams[0]", "file_shares.notebooks.teams[1]"],
        ),
        # Every duplicate is reported.
        (
            [("teams.vision.clusters", ["main", "main", "main"])],
            ["teams.vision.clusters[1]", "teams.vision.clusters[2]"],
        ),
    ],
)
def test_each_fault_is_reported_at_its_key(changes: list[tuple[str, object]], paths: list[str]) -> None:
    """A fault neither causes further problems nor hides others."""
    assert _paths(*changes) == paths


def test_invalid_field_of_a_bucket_does_not_hide_other_faults_of_it() -> None:
    """The check of versioning does not read soft_delete_days."""
    bucket = {"location": "EUROPE-WEST4", "hierarchical_namespace": True, "versioning": True, "soft_delete_days": 5}

    assert _paths(("buckets.sample", bucket)) == ["buckets.sample.soft_delete_days", "buckets.sample.versioning"]


def test_invalid_budget_of_a_team_does_not_hide_its_quota() -> None:
    """The check of a quota against the size of clusters does not read monthly_budget."""
    assert _paths(("teams.vision.quota.cpu", 99_999), ("teams.vision.monthly_budget", 0)) == [
        "teams.vision.monthly_budget",
        "teams.vision.quota.cpu",
    ]


@pytest.mark.parametrize(
    ("loc", "hint"),
    [
        (
            ("buckets", "models", "team"),
            "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
        ),
        (("buckets", "models", "existing_name"), "the full name of a bucket, such as acme-ml-prod-models"),
        (("clusters", "main", "zones", 0), "a Google Cloud zone, such as europe-west4-a"),
        (
            ("gpu_pools", "L4", "[key]"),
            "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
        ),
        (("recovery", "backups", "cron"), 'cron\'s five fields, in UTC and in quotes, such as "0 2 * * *"'),
        (("clusters", "main", "maintenance", "end"), 'an instant in UTC, in quotes, such as "2026-01-03T01:00:00Z"'),
        (("recovery", "rto_minutes"), "recovery time objective: longest time until the platform works again"),
        (("network", "subnets", "x", "cidr"), ""),
        (("network", "webhook_ports", 0), ""),
        (("nothing", "of", "this"), ""),
    ],
)
def test_hint_describes_the_form_of_the_value(loc: tuple[str | int, ...], hint: str) -> None:
    """The form of a value precedes the description of its field, in lists, maps and optional fields."""
    assert describe(Settings, loc) == hint
