"""Fixtures that several folders of tests share."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundwork.engines import embedded
from groundwork.graph import Graph
from groundwork.project import Project

pytest_plugins = ["tests.cluster.plugin"]

ROOT = Path(__file__).resolve().parents[1]
CLOUD_STACKS = ("dev", "dr", "prod")
LOCAL_STACKS = ("local",)  # on clusters that are there already
STACKS = tuple(sorted(CLOUD_STACKS + LOCAL_STACKS))

WriteProgram = Callable[[str], Project]


@pytest.fixture(scope="session", autouse=True)
def _day() -> Iterator[None]:
    """One day on which experiments of the sample stacks are under way, whenever the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2026, 11, 21, tzinfo=UTC).timestamp())))
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    """The repository as a Pulumi project."""
    return Project.at(ROOT)


@pytest.fixture(scope="session")
def graphs(project: Project) -> dict[str, Graph]:
    """What each stack declares, from the embedded engine; planned once for each worker."""
    return {stack: embedded.plan(project, stack) for stack in STACKS}


@pytest.fixture(scope="session")
def cloud_graphs(graphs: dict[str, Graph]) -> dict[str, Graph]:
    """What each stack of a cloud declares."""
    return {stack: graphs[stack] for stack in CLOUD_STACKS}


@pytest.fixture(params=STACKS)
def graph(request: pytest.FixtureRequest, graphs: dict[str, Graph]) -> Graph:
    """The graph of one stack: a test that takes it runs for every stack."""
    return graphs[request.param]


@pytest.fixture(params=CLOUD_STACKS)
def cloud_graph(request: pytest.FixtureRequest, graphs: dict[str, Graph]) -> Graph:
    """The graph of one stack of a cloud."""
    return graphs[request.param]


@pytest.fixture
def write_program(tmp_path: Path) -> WriteProgram:
    """Writes a project with one stack, ``dev``, and the given program."""

    def write(source: str) -> Project:
        (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
        (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
        (tmp_path / "__main__.py").write_text(textwrap.dedent(source), encoding="utf-8")
        return Project.at(tmp_path)

    return write
