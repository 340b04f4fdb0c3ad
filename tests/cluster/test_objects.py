"""A real API server takes every object that the stacks declare, and keeps it as it was declared."""

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
    """One cluster of one stack, with custom resources where their definitions are at hand."""
    if crds.FOLDER.is_dir():
        request.getfixturevalue("definitions")
    with laid_out(cluster, objects_of(graphs, request.param)) as found:
        yield found


def test_places_are_all_clusters(graphs: dict[str, Graph]) -> None:
    """No cluster of a sample stack is left out."""
    found = {f"{stack}/{one.path.split('/')[0]}" for stack, graph in graphs.items() for one in manifests.objects(graph)}

    assert found == set(PLACES)


def test_every_object_applies(layout: Layout, tally: Tally) -> None:
    """The server takes each object, server-side, with unknown keys refused."""
    tally("objects applied", len(layout.answers))
    refused = {path: answer.message for path, answer in layout.answers.items() if not answer.fine}

    assert layout.answers
    assert refused == {}


@pytest.mark.usefixtures("definitions")
def test_only_what_has_no_definition_is_left_out(layout: Layout, tally: Tally) -> None:
    """What was not applied is of a kind that is named in the table, with its reason."""
    for one in layout.unknown.values():
        kind = kind_of(one.manifest)
        assert kind in UNDEFINED, f"{one.path}: no definition of {kind} in {crds.FOLDER}"
        tally(f"not applied, {kind[1]}: {UNDEFINED[kind]}", 1)


@pytest.mark.usefixtures("definitions")
def test_exceptions_are_in_use(graphs: dict[str, Graph], cluster: Client) -> None:
    """Kinds without a definition and namespaces of operators are named only as long as it is so."""
    manifests = [one.manifest for graph in graphs.values() for one in manifests.objects(graph)]
    made = {one["metadata"]["name"] for one in manifests if one["kind"] == "Namespace"}

    assert {kind for one in manifests if cluster.kind(*(kind := kind_of(one))) is None} == set(UNDEFINED)
    assert {one for manifest in manifests if (one := namespace_of(manifest))} - made == set(OPERATORS)


def test_objects_are_kept_as_declared(layout: Layout) -> None:
    """Nothing that is declared is dropped or written in another way: the next preview would show it as a change."""
    changed = {
        f"{path}: {key}": f"declared {declared!r}, kept {kept!r}"
        for path, answer in layout.answers.items()
        for key, declared, kept in _differences(layout.objects[path].manifest, answer.body)
    }

    assert changed == {}


def test_claims_are_bound_to_their_volumes(layout: Layout) -> None:
    """Each claim that names a volume gets that one: size, access and names fit as the cluster compares them."""
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
def test_a_wrong_object_is_refused(layout: Layout, kind: str, wrong: Mapping[str, Any]) -> None:
    """The server sees a key that is misspelt and a value that a kind does not have."""
    good = layout.manifests(kind)[0]
    bad = {**good, **wrong, "metadata": {**good["metadata"], "name": "wrong"}}

    assert not layout.client.create(bad, dryRun="All").fine


def _differences(declared: Any, kept: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Leaves of what is declared that are kept in another form; what the server adds is no difference."""
    if isinstance(declared, Mapping) and isinstance(kept, Mapping):
        for name, value in declared.items():
            yield from _differences(value, kept.get(name), f"{key}.{name}" if key else name)
    elif isinstance(declared, list) and isinstance(kept, list) and len(declared) == len(kept):
        for index, (ours, theirs) in enumerate(zip(declared, kept, strict=True)):
            yield from _differences(ours, theirs, f"{key}[{index}]")
    elif _plain(declared) != _plain(kept):
        yield key, declared, kept


def _plain(value: Any) -> Any:
    """A value by its meaning: 2048Gi is 2Ti, 2k is 2000, and what is empty, false or nothing is left out."""
    if isinstance(value, str) and (size := re.fullmatch(r"(\d+)([KMGTP]i)", value)):
        return int(size[1]) * 1024 ** ("KMGTP".index(size[2][0]) + 1)
    if isinstance(value, str) and (count := re.fullmatch(r"(\d+)([kMG]?)", value)):
        return int(count[1]) * 1000 ** " kMG".index(count[2] or " ")
    return value or None
