"""The sources of charts and folders are those of `stacks/versions.yaml`."""

from __future__ import annotations

import pytest

from groundwork.graph import Graph
from stacks.settings.facts.versions import load_versions
from tests.charts import sources
from tests.charts.rendering import folders, releases
from tests.charts.sources import InModule
from tests.parts.catalog import version_of

# Pins whose version no module has: the tests use the nearest one that can be downloaded, and say so.
NEAREST = {
    "kueue": "v0.19.2: the patches 0.19.3 and 0.19.4 are not served as a module",
    "istio-base": "a commit of the branch release-1.31: releases of Istio are not modules",
    "istio-cni": "the same",
    "istiod": "the same",
}


def test_every_pin_has_a_source() -> None:
    """A new chart or folder is rendered by these tests, and a removed one leaves no entry."""
    versions = load_versions()

    assert set(sources.charts()) == set(versions.charts)
    assert set(sources.manifests()) == set(versions.manifests)


def test_every_pin_is_installed_by_a_stack(graphs: dict[str, Graph]) -> None:
    """What no sample stack installs is not rendered."""
    versions = load_versions()

    assert {one.key for one in releases(graphs)} == set(versions.charts)
    assert {one.key for one in folders(graphs)} == set(versions.manifests)


@pytest.mark.parametrize("key", sorted(sources.charts()))
def test_source_of_a_chart_has_the_pinned_version(key: str) -> None:
    """The rendered chart is the installed one, or an entry says why not."""
    pinned, served = load_versions().charts[key].version.removeprefix("v"), version_of(sources.charts()[key].module)

    assert (pinned == served.removeprefix("v")) != (key in NEAREST), f"{key}: pinned {pinned}, rendered {served}"


@pytest.mark.parametrize("key", [key for key, one in sources.manifests().items() if isinstance(one, InModule)])
def test_source_of_a_folder_has_the_pinned_version(key: str) -> None:
    """The same for folders in modules."""
    source = sources.manifests()[key]
    assert isinstance(source, InModule)

    assert load_versions().manifests[key].version.removeprefix("v") == version_of(source.module).removeprefix("v")


def test_kueue_and_trainer_fit_each_other() -> None:
    """Kueue before 0.19.3 updates TrainJobs completely and loses fields that Trainer 2.3 does not allow to change."""
    pins = load_versions().charts
    kueue, trainer = (
        tuple(int(number) for number in pins[key].version.removeprefix("v").split(".")) for key in ("kueue", "trainer")
    )

    assert trainer < (2, 3) or kueue >= (0, 19, 3)
