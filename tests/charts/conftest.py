"""Fixtures with the rendered charts and folders; each skips with what is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from groundwork.graph import Graph
from tests.charts.rendering import Installed, Manifest, Renderer, folders, parsed, releases
from tests.parts.build import Sources, Unavailable
from tests.parts.catalog import PARTS
from tests.parts.plugin import ProgramOf

RenderedOf = Callable[[str], list[tuple[Installed, list[Manifest]]]]


@pytest.fixture(scope="session")
def renderer(program_of: ProgramOf, tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """Helm and kustomize."""
    go = shutil.which("go")
    assert go is not None, "the programs were built with it"
    kubernetes = PARTS["kube-apiserver"].version()
    cache = tmp_path_factory.mktemp("rendered")
    return Renderer(program_of("helm"), program_of("kustomize"), Sources(go), kubernetes, cache)


@pytest.fixture(scope="session")
def rendered_of(renderer: Renderer, graphs: dict[str, Graph]) -> RenderedOf:
    """The objects of a chart or folder, for each different set of values; skips if its source is not available."""
    cache: dict[str, list[tuple[Installed, list[Manifest]]]] = {}

    def rendered(key: str) -> list[tuple[Installed, list[Manifest]]]:
        if key not in cache:
            try:
                cache[key] = [
                    *((one, parsed(renderer.chart(one))) for one in releases(graphs) if one.key == key),
                    *((one, parsed(renderer.folder(one))) for one in folders(graphs) if one.key == key),
                ]
            except Unavailable as problem:
                pytest.skip(f"needs the source of {key}: {problem}")
        return cache[key]

    return rendered
