"""A pytest plugin: plan stacks in this process, where the providers' SDKs are loaded already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundwork.engines import child, embedded
from groundwork.graph import Graph
from groundwork.project import Project


def _plan(project: Project, stack: str) -> Graph:
    folder = Path.cwd()
    try:
        nodes = child.run(project.root, project.name, stack, project.configuration(stack))
    finally:
        os.chdir(folder)
    return Graph.of(stack, "sdk", nodes)


@pytest.fixture(scope="session", autouse=True)
def _in_process() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "plan", _plan)
        yield
