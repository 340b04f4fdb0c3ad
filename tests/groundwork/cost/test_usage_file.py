"""Usage files: keys of the settings, amounts and ranges, and invalid entries."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from groundwork.cost import estimate, load, usage_file
from groundwork.cost.meters import METERS
from groundwork.cost.pricing_context import Amount
from groundwork.errors import UserError
from groundwork.graph import Graph
from tests.conftest import ROOT
from tests.groundwork.cost.resources import pool, resource, stack

BUCKET = resource("gcp:storage/bucket:Bucket", "data-raw-bucket", {"location": "EUROPE-WEST4"})
CACHE = resource("gcp:storage/anywhereCache:AnywhereCache", "data-raw-cache-us-central1-a", {"zone": "us-central1-a"})
NODES = pool("p", "e2-standard-4", "europe-west4", (1, 3))
AUDIT = resource("gcp:logging/projectBucketConfig:ProjectBucketConfig", "audit-bucket", {})
GRAPH = stack(BUCKET, CACHE, NODES, AUDIT)


def _usage(folder: Path, text: str) -> dict[str, dict[str, Amount]]:
    file = folder / "dev.yaml"
    file.write_text(text, encoding="utf-8")
    return {urn: dict(amounts) for urn, amounts in usage_file.load(file, GRAPH).items()}


def _both(number: str) -> Amount:
    return Amount(Decimal(number), Decimal(number))


def test_usage_keys_follow_the_settings(tmp_path: Path) -> None:
    """Amounts are at the keys that the settings have, nested, or under a URN."""
    text = """\
    buckets:
      raw:
        stored_gib: 100.5
        class_a_operations: {low: 0, high: 2000}
        caches:
          us-central1-a: {stored_gib: 10}
    """

    assert _usage(tmp_path, text) == {
        BUCKET.urn: {"stored_gib": _both("100.5"), "class_a_operations": Amount(Decimal(0), Decimal(2000))},
        CACHE.urn: {"stored_gib": _both("10")},
    }
    assert _usage(tmp_path, f'urns:\n  "{BUCKET.urn}": {{stored_gib: 1}}\n') == {BUCKET.urn: {"stored_gib": _both("1")}}
    assert _usage(tmp_path, "# empty\n") == {}


WRONG = {
    "a section of nothing": ("bukets: {raw: {stored_gib: 1}}", "bukets.raw: this leads nowhere", "buckets.<key>"),
    "a key of nothing": (
        "buckets: {row: {stored_gib: 1}}",
        "buckets.row: the stack has no data-row-bucket",
        "data-raw-bucket?",
    ),
    "a cache of nothing": (
        "buckets: {raw: {caches: {b: {stored_gib: 1}}}}",
        "caches.b: the stack has no data-raw-cache-b",
        "?",
    ),
    "an amount of nothing": (
        "buckets: {raw: {stord_gib: 1}}",
        "buckets.raw.stord_gib: unknown key",
        "did you mean stored_gib?",
    ),
    "a former key": (
        "audit: {kept_gib: 1}",
        "dev.yaml:1: audit.kept_gib: kept_gib was renamed to retained_gib",
        "rename the key to retained_gib",
    ),
    "a former key of another type": (
        "buckets: {raw: {kept_gib: 1}}",
        "buckets.raw.kept_gib: unknown key",
        "known here",
    ),
    "a URN of nothing": (
        "urns: {'urn:x': {stored_gib: 1}}",
        "urns.urn:x: there is no such resource",
        "groundwork graph",
    ),
    "nothing by use": (
        f"urns: {{'{NODES.urn}': {{stored_gib: 1}}}}",
        f"no use of a {NODES.type} is billed",
        "leave it out",
    ),
    "below nothing": ("buckets: {raw: {stored_gib: -1}}", "buckets.raw.stored_gib: -1 is not an amount", "from 0 on"),
    "words": ("buckets: {raw: {stored_gib: much}}", "buckets.raw.stored_gib: 'much' is not an amount", "from 0 on"),
    "no end": ("buckets: {raw: {stored_gib: .inf}}", "is not an amount", "from 0 on"),
    "yes": ("buckets: {raw: {stored_gib: yes}}", "true is not an amount", "from 0 on"),
    "upside down": ("buckets: {raw: {stored_gib: {low: 2, high: 1}}}", "low 2 is above high 1", ""),
    "half a range": ("buckets: {raw: {stored_gib: {low: 2}}}", "buckets.raw.stored_gib: high is missing", ""),
    "twice": (
        "buckets:\n  raw: {stored_gib: 1}\n  raw: {stored_gib: 2}",
        "dev.yaml:3: is not valid YAML: duplicate key raw",
        "",
    ),
    "a list": ("buckets: [raw]", "buckets: expected a map", ""),
    "nothing inside": ("buckets: {raw: }", "buckets.raw: expected a map", ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_invalid_usage_is_a_user_error(tmp_path: Path, case: str) -> None:
    """File, line, key path, what is wrong and what would be right."""
    text, message, hint = WRONG[case]

    with pytest.raises(UserError) as caught:
        _usage(tmp_path, text)

    assert "dev.yaml" in caught.value.message
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_missing_usage_file_is_an_error_only_if_named(tmp_path: Path) -> None:
    """The stack's own file may be missing; a file named on the command line may not."""
    assert usage_file.of_stack(tmp_path, "dev", GRAPH) == {}
    with pytest.raises(UserError, match=r"other\.yaml: no such file"):
        usage_file.of_stack(tmp_path, "dev", GRAPH, tmp_path / "other.yaml")


def test_every_usage_path_names_a_metered_resource_of_prod(graphs: dict[str, Graph]) -> None:
    """Each form of path gives the logical name of a metered resource."""
    names = {node.name for node in graphs["prod"] if node.type in METERS}
    examples = {
        ("audit", "*"): ["bigquery"],
        ("buckets", "*"): ["models"],
        ("buckets", "*", "caches", "*"): ["parcel-images-raw", "europe-west4-a"],
        ("clusters", "*"): ["main"],
        ("encryption", "*"): ["disks-europe-west4"],
        ("network", "nat", "*"): ["europe-west4"],
        ("network", "subnets", "*"): ["gke-europe-west4"],
        ("recovery", "backups", "*"): ["main"],
        ("registries", "*"): ["images"],
        ("secrets", "*"): ["labelling-password"],
        ("warehouses", "*"): ["shipments"],
    }

    leads_to = {template.format(*examples.get(path, [])) for path, template in usage_file.PATHS.items()}

    assert leads_to <= names


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_usage_of_sample_stacks_adds_cost(graphs: dict[str, Graph], name: str) -> None:
    """Each key names a resource, and the total grows."""
    usage = usage_file.of_stack(ROOT, name, graphs[name])

    assert usage
    assert estimate(graphs[name], load(), usage=usage).total.high > estimate(graphs[name], load()).total.high
