"""Fixtures of the tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from groundwork import manifests
from groundwork.graph import Graph
from tests.cluster import crds
from tests.cluster.client import Client
from tests.cluster.layout import Layout, kind_of, laid_out, objects_of
from tests.cluster.plugin import GIVEN


@pytest.fixture(scope="module")
def definitions(cluster: Client, graphs: dict[str, Graph]) -> Iterator[None]:
    """Install the definitions of all kinds in use; skips without a folder of definitions."""
    if not crds.FOLDER.is_dir():
        pytest.skip(crds.MISSING)
    new = crds.install(
        cluster, {kind_of(one.manifest) for graph in graphs.values() for one in manifests.objects(graph)}
    )
    yield
    if GIVEN in os.environ:
        crds.remove(cluster, new)


@pytest.fixture(scope="module")
def production(cluster: Client, graphs: dict[str, Graph]) -> Iterator[Layout]:
    """The cluster `main` of the stack `prod`, with every object of a built-in kind."""
    with laid_out(cluster, objects_of(graphs, "prod/main")) as layout:
        assert not [answer.message for answer in layout.answers.values() if not answer.fine]
        yield layout
