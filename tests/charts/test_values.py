"""Every value that the program passes to a chart changes what the chart installs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from groundwork.graph import Graph
from tests.charts import sources
from tests.charts.rendering import Renderer, releases
from tests.parts.build import Unavailable

# Values that equal the chart's default, with the reason for passing them.
EQUAL_TO_DEFAULT = {
    "istio-base: defaultRevision": "without it, a later chart could stop validating Istio resources",
}


@pytest.mark.parametrize("key", sorted(sources.charts()))
def test_every_value_changes_the_rendered_chart(key: str, renderer: Renderer, graphs: dict[str, Graph]) -> None:
    """A value without an effect is misspelled, or the chart does not have it."""
    without_effect = []
    try:
        for release in (one for one in releases(graphs) if one.key == key):
            complete = renderer.chart(release)
            without_effect += [
                f"{key}: {'.'.join(path)}"
                for path in _leaves(release.values)
                if renderer.chart(release, _without(release.values, path)) == complete
            ]
    except Unavailable as problem:
        pytest.skip(f"needs the source of {key}: {problem}")

    assert sorted(set(without_effect) - set(EQUAL_TO_DEFAULT)) == []


def test_value_that_a_chart_does_not_have_is_found(renderer: Renderer, graphs: dict[str, Graph]) -> None:
    """The check above fails for a misspelled key."""
    release = next(one for one in releases(graphs) if one.key == "kserve")
    misspelled = {**release.values, "replicaCont": 2}

    assert renderer.chart(release, misspelled) == renderer.chart(release)


def _leaves(value: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of values that are not mappings; an empty mapping counts, a list is one value."""
    for key, one in value.items():
        if isinstance(one, Mapping) and one:
            yield from _leaves(one, (*path, key))
        else:
            yield (*path, key)


def _without(values: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A copy of the values without one of them."""
    result = copy.deepcopy(dict(values))
    parent: Any = result
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return result
