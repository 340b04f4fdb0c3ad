"""The replacement rules compared with the providers: with their schemas, and with their diffs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any, Final

import grpc
import pytest

from groundwork.diff.inputs import differences
from groundwork.diff.replacements import decide, refresh, table
from groundwork.diff.replacements.paths import Keys, parse
from groundwork.diff.replacements.plugin import Plugin, running
from groundwork.graph import Graph, Node
from groundwork.wire import UNKNOWN_STRING
from tests.engine.providers import CONFIG, changed, settled, state_of, variants

pytestmark = pytest.mark.usefixtures("needs_plugins")

# Impossible changes for which the provider has another result, with the reason.
EXCEPTIONS: Final = {
    ("gcp:dns/policy:Policy", "networks.0.networkUrl"): "the provider panics: it is required",
    ("kubernetes:core/v1:PersistentVolume", "spec"): "an object without a spec is refused by the API server",
    ("kubernetes:core/v1:PersistentVolumeClaim", "spec"): "the same",
}

# Inputs that are tested below, or for which the report deliberately differs from the provider.
ODDITIES: Final = {
    ("gcp:bigquery/table:Table", "schema"): "a text that is not JSON is not a schema; columns are tested below",
    ("gcp:bigquery/table:Table", "externalDataConfiguration"): "added to a table with columns, the cloud refuses it",
}

# Inputs that are always known in the settings; while one is unknown, the provider reports too many replacements.
NEVER_UNKNOWN: Final = {
    ("gcp:container/cluster:Cluster", "enableFqdnNetworkPolicy"): "computed blocks are reported as replaced too",
}


@pytest.fixture(scope="module")
def plugins() -> Iterator[dict[str, Plugin]]:
    """One configured plugin for each package."""
    with ExitStack() as stack:
        started = {package: stack.enter_context(running(package)) for package in CONFIG}
        for package, plugin in started.items():
            plugin.configure(CONFIG[package])
        yield started


def test_table_is_that_of_the_installed_plugin(plugins: dict[str, Plugin]) -> None:
    """Each entry equals the plugin's schema; to refresh it, run `python -m groundwork.diff.replacements`."""
    written = table.document()
    fresh = refresh.table(plugins["gcp"], written["covers"], date.today())  # noqa: DTZ011 - the day is not compared

    stale = {kind for kind, entry in fresh["types"].items() if written["types"].get(kind) != entry}
    assert (stale, written["types"].keys() - fresh["types"].keys()) == (set(), set()), fresh["plugin"]


def _shapes(graphs: dict[str, Graph]) -> dict[str, Node]:
    """One resource for each type and each set of inputs in any stack."""
    nodes = [
        node for graph in graphs.values() for node in graph if node.custom and node.type.partition(":")[0] in CONFIG
    ]
    return {f"{node.type} {sorted(map(str, _paths(settled(node.inputs))))}": node for node in nodes}


def _paths(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    yield keys
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(item, (*keys, key))


def _question(inputs: dict[str, Any], keys: Keys, value: Any) -> tuple[Keys, str]:
    """The input, whatever its index in a list, and the kind of change."""
    known = "changed" if keys in set(_paths(inputs)) else "added"
    change = "removed" if value is None else "unknown" if value == UNKNOWN_STRING else known
    return tuple("*" if isinstance(key, int) else key for key in keys), change


def _decision(node: Node, before: dict[str, Any], after: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the report shows a replacement, and whether the old resource is deleted first."""
    old, new = (Node(node.urn, node.type, node.name, inputs) for inputs in (before, after))
    replaces = any(decide.replaces(node.type, change.path, before, after) for change in differences(old, new))
    return replaces, replaces and decide.deletes_first(node.type, before, after)


def test_every_declared_type_has_rules(graphs: dict[str, Graph]) -> None:
    """No report on a stack has types with unknown rules."""
    kinds = {node.type for graph in graphs.values() for node in graph if node.custom}

    assert {kind for kind in kinds if not decide.is_known(kind)} == set()


def _excepted(kind: str, keys: Keys, value: object) -> bool:
    table = EXCEPTIONS if value is None else NEVER_UNKNOWN if value == UNKNOWN_STRING else ODDITIES
    return (kind, ".".join(map(str, keys))) in table


def test_rules_agree_with_the_providers_for_every_input(graphs: dict[str, Graph], plugins: dict[str, Plugin]) -> None:
    """Each input of each resource is changed, removed, added and made unknown, and the provider has the same result."""
    asked: set[tuple[str, Keys, str]] = set()
    wrong = []
    schemas = {package: plugin.schema() for package, plugin in plugins.items()}
    for node in _shapes(graphs).values():
        package = node.type.partition(":")[0]
        plugin, schema, inputs = plugins[package], schemas[package], settled(node.inputs)
        checked = plugin.check(node.urn, inputs)
        state = state_of(plugin, node.urn, node.type, checked)
        # Custom resources are not in the schema, and the rules of other objects are those of the plugin.
        declared = schema["resources"].get(node.type, {}).get("inputProperties", {}) if package != "kubernetes" else {}
        for keys, value in [
            *variants(inputs, declared, schema.get("types", {})),
            *(((name,), UNKNOWN_STRING) for name in inputs),
        ]:
            # Resources of a type are similar and providers are slow: each change is tried once.
            question = (node.type, *_question(inputs, keys, value))
            if question in asked or _excepted(node.type, keys, value):
                continue
            other = changed(inputs, keys, value)
            try:
                answer = plugin.diff(node.urn, state, checked, plugin.check(node.urn, other))
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNKNOWN:  # any error but a refusal by the provider
                    raise
                continue
            asked.add(question)
            if value == UNKNOWN_STRING:
                agreed = decide.replaces_if_unknown(node.type, str(keys[0]), inputs[keys[0]]) == bool(answer.replaces)
            else:
                agreed = _decision(node, inputs, other) == (bool(answer.replaces), answer.deleteBeforeReplace)
            if not agreed:
                wrong.append((node.type, keys, json.dumps(value)[:60], sorted(set(answer.replaces))))

    assert wrong == []
    assert len(asked) > 1500


RANGE: Final = "gcp:compute/subnetwork:Subnetwork"
BUCKET: Final = "gcp:storage/bucket:Bucket"
DATABASE: Final = "gcp:sql/databaseInstance:DatabaseInstance"
CLUSTER: Final = "gcp:container/cluster:Cluster"
TABLE: Final = "gcp:bigquery/table:Table"

REQUIRED: Final[dict[str, dict[str, Any]]] = {
    RANGE: {"name": "a", "network": "n", "region": "europe-west4", "ipCidrRange": "10.64.0.0/22"},
    BUCKET: {"name": "a", "location": "EUROPE-WEST4"},
    DATABASE: {"name": "a", "databaseVersion": "MYSQL_8_0", "settings": {"tier": "t", "diskAutoresize": False}},
    CLUSTER: {"name": "a", "location": "europe-west4"},
    TABLE: {"datasetId": "d", "tableId": "t"},
}


def _columns(*columns: str) -> str:
    """A BigQuery schema of columns, each ``name TYPE MODE``."""
    return json.dumps([dict(zip(("name", "type", "mode"), column.split(), strict=True)) for column in columns])


@pytest.mark.parametrize(
    ("kind", "path", "before", "after"),
    [
        (RANGE, "ipCidrRange", "10.64.0.0/22", "10.64.0.0/21"),
        (RANGE, "ipCidrRange", "10.64.0.0/22", "10.64.0.0/23"),
        (RANGE, "ipCidrRange", "10.64.0.0/22", "10.65.0.0/22"),
        (RANGE, "region", "europe-west4", "europe-west1"),
        (BUCKET, "location", "EUROPE-WEST4", "europe-west4"),
        (BUCKET, "location", "EUROPE-WEST4", "EU"),
        (BUCKET, "retentionPolicy", {"isLocked": True, "retentionPeriod": "60"}, None),
        (BUCKET, "retentionPolicy", {"isLocked": False, "retentionPeriod": "60"}, None),
        (BUCKET, "retentionPolicy.isLocked", True, False),
        (BUCKET, "retentionPolicy.isLocked", False, True),
        (BUCKET, "hierarchicalNamespace", {"enabled": True}, None),
        (
            BUCKET,
            "customPlacementConfig.dataLocations",
            ["EUROPE-WEST1", "EUROPE-WEST4"],
            ["EUROPE-WEST4", "EUROPE-WEST1"],
        ),
        (
            BUCKET,
            "customPlacementConfig.dataLocations",
            ["EUROPE-WEST1", "EUROPE-WEST4"],
            ["EUROPE-WEST4", "EUROPE-WEST3"],
        ),
        (DATABASE, "settings.diskSize", 20, 10),
        (DATABASE, "settings.diskSize", 20, 30),
        (DATABASE, "settings.ipConfiguration.privateNetwork", "projects/p/global/networks/n", None),
        (CLUSTER, "enableL4IlbSubsetting", True, False),
        (CLUSTER, "enableL4IlbSubsetting", False, True),
        (CLUSTER, "enableK8sBetaApis.enabledApis", ["a/v1beta1/b"], ["a/v1beta1/b", "a/v1beta1/c"]),
        (CLUSTER, "enableK8sBetaApis.enabledApis", ["a/v1beta1/b", "a/v1beta1/c"], ["a/v1beta1/b"]),
        (CLUSTER, "network", "projects/p/global/networks/n", "n"),
        (TABLE, "schema", _columns("a STRING NULLABLE"), _columns("a STRING NULLABLE", "b STRING NULLABLE")),
        (TABLE, "schema", _columns("a STRING REQUIRED"), _columns("a STRING NULLABLE")),
        (TABLE, "schema", _columns("a STRING NULLABLE"), _columns("a STRING REQUIRED")),
        (TABLE, "schema", _columns("a STRING NULLABLE"), _columns("b STRING NULLABLE")),
    ],
)
def test_rules_agree_with_the_providers_for_values(
    plugins: dict[str, Plugin], kind: str, path: str, before: Any, after: Any
) -> None:
    """Replacements that depend on values: ranges, sizes, locks, columns, and equal values."""
    urn = f"urn:pulumi:dev::groundwork::{kind}::any"
    old, new = (changed(REQUIRED[kind], parse(path), value) for value in (before, after))
    checked = plugins["gcp"].check(urn, old)
    state = state_of(plugins["gcp"], urn, kind, checked)

    answer = plugins["gcp"].diff(urn, state, checked, plugins["gcp"].check(urn, new))

    assert _decision(Node(urn, kind, "any"), old, new) == (bool(answer.replaces), answer.deleteBeforeReplace)
