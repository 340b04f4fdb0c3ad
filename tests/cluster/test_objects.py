"""A real API server accepts every object that the stacks declare, and stores it unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from groundwork import manifests
from groundwork.graph import Graph
from tests.cluster import crds
from tests.cluster.client import Client
from tests.cluster.layout import (
    OPERATORS,
    PLACES,
    UNDEFINED,
    Layout,
    kind_of,
    laid_out,
    namespace_of,
    objects_of,
    wait_for,
)
from tests.cluster.plugin import Tally


@pytest.fixture(scope="module", params=PLACES)
def layout(request: pytest.FixtureRequest, cluster: Client, graphs: dict[str, Graph]) -> Iterator[Layout]:
    """One cluster of one stack, with custom resources if their definitions are available."""
    if crds.FOLDER.is_dir():
        request.getfixturevalue("definitions")
    with laid_out(cluster, objects_of(graphs, request.param)) as found:
        yield found


def test_every_cluster_is_tested(graphs: dict[str, Graph]) -> None:
    """The list has every cluster of every sample stack."""
    found = {f"{stack}/{one.path.split('/')[0]}" for stack, graph in graphs.items() for one in manifests.objects(graph)}

    assert found == set(PLACES)


def test_every_object_is_accepted(layout: Layout, tally: Tally) -> None:
    """Server-side apply accepts each object with strict validation."""
    tally("objects applied", len(layout.answers))
    refused = {path: answer.message for path, answer in layout.answers.items() if not answer.fine}

    assert layout.answers
    assert refused == {}


@pytest.mark.usefixtures("definitions")
def test_only_kinds_without_definition_are_skipped(layout: Layout, tally: Tally) -> None:
    """Every object that was not applied has a kind in the table of undefined kinds."""
    for one in layout.unknown.values():
        kind = kind_of(one.manifest)
        assert kind in UNDEFINED, f"{one.path}: no definition of {kind} in {crds.FOLDER}"
        tally(f"not applied, {kind[1]}: {UNDEFINED[kind]}", 1)


@pytest.mark.usefixtures("definitions")
def test_exceptions_are_used(graphs: dict[str, Graph], cluster: Client) -> None:
    """The tables of undefined kinds and of operators' namespaces have no unused entry."""
    declared = [one.manifest for graph in graphs.values() for one in manifests.objects(graph)]
    created = {one["metadata"]["name"] for one in declared if one["kind"] == "Namespace"}

    assert {kind for one in declared if cluster.kind(*(kind := kind_of(one))) is None} == set(UNDEFINED)
    assert {name for manifest in declared if (name := namespace_of(manifest))} - created == set(OPERATORS)


def test_objects_are_stored_as_declared(layout: Layout) -> None:
    """No declared value is dropped or rewritten, which the next preview would show as a change."""
    changed = {
        f"{path}: {key}": f"declared {declared!r}, stored {stored!r}"
        for path, answer in layout.answers.items()
        for key, declared, stored in _differences(layout.objects[path].manifest, answer.body)
    }

    assert changed == {}


def test_claims_are_bound_to_their_volumes(layout: Layout) -> None:
    """Each claim that names a volume is bound to it: size, access mode and names match."""
    claims = [one for one in layout.manifests("PersistentVolumeClaim") if "volumeName" in one["spec"]]

    def unbound() -> dict[str, Any]:
        found = {layout.client.path(one): layout.client.request("GET", layout.client.path(one)).body for one in claims}
        return {path: claim["status"] for path, claim in found.items() if claim["status"].get("phase") != "Bound"}

    assert claims
    wait_for("claims to be bound", unbound)


@pytest.mark.usefixtures("definitions")
@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("ResourceQuota", {"spec": {"hrad": {"cpu": "1"}}}),
        ("NetworkPolicy", {"spec": {"podSelector": {}, "policyTypes": ["Sideways"]}}),
        ("LocalQueue", {"spec": {"clusterQueue": "a", "clusterQeue": "a"}}),
        ("ClusterQueue", {"spec": {"queueingStrategy": "Fastest"}}),
    ],
)
def test_invalid_object_is_refused(layout: Layout, kind: str, wrong: Mapping[str, Any]) -> None:
    """The server refuses unknown keys and invalid values."""
    good = layout.manifests(kind)[0]
    bad = {**good, **wrong, "metadata": {**good["metadata"], "name": "wrong"}}

    assert not layout.client.create(bad, dryRun="All").fine


def _differences(declared: Any, stored: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Declared leaf values that are stored differently; values added by the server are ignored."""
    if isinstance(declared, Mapping) and isinstance(stored, Mapping):
        for name, value in declared.items():
            yield from _differences(value, stored.get(name), f"{key}.{name}" if key else name)
    elif isinstance(declared, list) and isinstance(stored, list) and len(declared) == len(stored):
        for index, (ours, theirs) in enumerate(zip(declared, stored, strict=True)):
            yield from _differences(ours, theirs, f"{key}[{index}]")
    elif _plain(declared) != _plain(stored):
        yield key, declared, stored


def _plain(value: Any) -> Any:
    """A normalized value: 2048Gi equals 2Ti, 2k equals 2000, and empty, false and missing are equal."""
    if isinstance(value, str) and (size := re.fullmatch(r"(\d+)([KMGTP]i)", value)):
        return int(size[1]) * 1024 ** ("KMGTP".index(size[2][0]) + 1)
    if isinstance(value, str) and (count := re.fullmatch(r"(\d+)([kMG]?)", value)):
        return int(count[1]) * 1000 ** " kMG".index(count[2] or " ")
    return value or None
