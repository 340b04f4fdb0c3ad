"""Usage files: keys of the settings, amounts and ranges, and what leads nowhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from groundwork.cost import declared, estimate, load
from groundwork.cost.meters import METERS
from groundwork.cost.pricing_context import Amount
from groundwork.errors import UserError
from groundwork.graph import Graph
from tests.conftest import ROOT
from tests.groundwork.cost.resources import pool, resource, stack

BUCKET = resource("gcp:storage/bucket:Bucket", "data-raw-bucket", {"location": "EUROPE-WEST4"})
CACHE = resource("gcp:storage/anywhereCache:AnywhereCache", "data-raw-cache-us-central1-a", {"zone": "us-central1-a"})
NODES = pool("p", "e2-standard-4", "europe-west4", (1, 3))
GRAPH = stack(BUCKET, CACHE, NODES)


def _usage(folder: Path, text: str) -> dict[str, dict[str, Amount]]:
    file = folder / "dev.yaml"
    file.write_text(text, encoding="utf-8")
    return {urn: dict(amounts) for urn, amounts in declared.load(file, GRAPH).items()}


def _both(number: str) -> Amount:
    return Amount(Decimal(number), Decimal(number))


def test_keys_are_those_of_the_settings(tmp_path: Path) -> None:
    """Amounts stand where the settings have the thing, one inside the other, or under a URN."""
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
    assert _usage(tmp_path, "# nothing yet\n") == {}


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
def test_what_leads_nowhere_is_one_message(tmp_path: Path, case: str) -> None:
    """File, key path, what is wrong and what would be right."""
    text, message, hint = WRONG[case]

    with pytest.raises(UserError) as caught:
        _usage(tmp_path, text)

    assert "dev.yaml" in caught.value.message
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    """The stack's own file may be missing; one that somebody names may not."""
    assert declared.of_stack(tmp_path, "dev", GRAPH) == {}
    with pytest.raises(UserError, match=r"other\.yaml: no such file"):
        declared.of_stack(tmp_path, "dev", GRAPH, tmp_path / "other.yaml")


def test_every_path_leads_to_something_in_production(graphs: dict[str, Graph]) -> None:
    """What the tool makes of keys is what the program calls things: each form leads to a resource that is metered."""
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

    leads_to = {template.format(*examples.get(path, [])) for path, template in declared.PATHS.items()}

    assert leads_to <= names


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_samples_declare_what_is_there(graphs: dict[str, Graph], name: str) -> None:
    """Their usage leads somewhere, and adds to what is priced."""
    usage = declared.of_stack(ROOT, name, graphs[name])

    assert usage
    assert estimate(graphs[name], load(), usage=usage).total.high > estimate(graphs[name], load()).total.high
