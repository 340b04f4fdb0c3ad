"""Fixtures with the built programs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.parts import build
from tests.parts.catalog import BASE, PARTS, Part

ProgramOf = Callable[[str], Path]


@pytest.fixture(scope="session")
def server_programs(request: pytest.FixtureRequest) -> Mapping[str, Path]:
    """The programs of a Kubernetes control plane, by name; builds them if necessary."""
    builder = _builder(request.config)
    try:
        return {part.name: builder.program(part) for part in BASE}
    except build.Unavailable as problem:
        pytest.skip(f"needs an API server, and cannot build one: {problem}")


@pytest.fixture(scope="session")
def program_of(request: pytest.FixtureRequest) -> ProgramOf:
    """The program of a part by its name; skips if `make parts` has not built it."""

    def program(name: str) -> Path:
        part = PARTS[name]
        try:
            found = _builder(request.config).built(part)
        except build.Unavailable as problem:
            pytest.skip(f"needs {name}: {problem}")
        if found is None:
            pytest.skip(f"needs {name} {part.version()}, which `make parts` builds")
        return found

    return program


@pytest.fixture(scope="session")
def module_folder() -> Callable[[Part], Path]:
    """The folder with the sources of a part's module; skips without Go or a network."""

    def folder(part: Part) -> Path:
        try:
            return build.module_folder(_go(), part)
        except build.Unavailable as problem:
            pytest.skip(f"needs the sources of {part.module}: {problem}")

    return folder


def _builder(config: pytest.Config) -> build.Builder:
    return build.Builder(_go(), build.default_cache(), _reporter(config))


def _go() -> str:
    go = shutil.which("go")
    if go is None:
        pytest.skip("needs Go to build an API server and the other real parts: no go on PATH")
    return go


def _reporter(config: pytest.Config) -> build.Report:
    """Print past pytest's capture, also from workers: a build takes minutes, and silence looks like a failure."""
    capture = config.pluginmanager.getplugin("capturemanager")

    def report(line: str) -> None:
        if capture is None:
            print(f"\ntests/parts: {line}", file=sys.stderr, flush=True)  # noqa: T201 - progress for the user
            return
        with capture.global_and_fixture_disabled():
            print(f"\ntests/parts: {line}", file=sys.stderr, flush=True)  # noqa: T201 - the same

    return report
