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

pytest_plugins = ["tests.cluster.plugin", "tests.parts.plugin", "tests.parts.report"]

ROOT = Path(__file__).resolve().parents[1]
CLOUD_STACKS = ("dev", "dr", "prod")
LOCAL_STACKS = ("local",)  # on existing clusters
STACKS = tuple(sorted(CLOUD_STACKS + LOCAL_STACKS))

WriteProgram = Callable[[str], Project]


@pytest.fixture(scope="session", autouse=True)
def _day() -> Iterator[None]:
    """A fixed date, on which the fault injection of the sample stacks has not ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2026, 11, 21, tzinfo=UTC).timestamp())))
        yield


@pytest.fixture(scope="session")
def project() -> Project:
    """The repository as a Pulumi project."""
    return Project.at(ROOT)


@pytest.fixture(scope="session")
def graphs(project: Project) -> dict[str, Graph]:
    """The graph of each stack from the embedded engine, planned once in each worker."""
    return {stack: embedded.plan(project, stack) for stack in STACKS}


@pytest.fixture(scope="session")
def cloud_graphs(graphs: dict[str, Graph]) -> dict[str, Graph]:
    """The graph of each stack in the cloud."""
    return {stack: graphs[stack] for stack in CLOUD_STACKS}


@pytest.fixture(params=STACKS)
def graph(request: pytest.FixtureRequest, graphs: dict[str, Graph]) -> Graph:
    """The graph of one stack; parametrizes a test over all stacks."""
    return graphs[request.param]


@pytest.fixture(params=CLOUD_STACKS)
def cloud_graph(request: pytest.FixtureRequest, graphs: dict[str, Graph]) -> Graph:
    """The graph of one stack in the cloud; parametrizes a test over them."""
    return graphs[request.param]


@pytest.fixture
def write_program(tmp_path: Path) -> WriteProgram:
    """Write a project with one stack, ``dev``, and the given program."""

    def write(source: str) -> Project:
        (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n", encoding="utf-8")
        (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
        (tmp_path / "__main__.py").write_text(textwrap.dedent(source), encoding="utf-8")
        return Project.at(tmp_path)

    return write
