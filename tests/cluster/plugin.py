"""Fixtures that give a test an API server, and what the end of the run says about what it was asked."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cluster import build, server
from tests.cluster.client import Client, UnusableError

GIVEN: Final = "GROUNDWORK_TEST_KUBECONFIG"
_PREFIX: Final = "cluster: "

Tally = Callable[[str, int], None]


@pytest.fixture(scope="session")
def server_programs(request: pytest.FixtureRequest) -> Path:
    """The folder with etcd, kube-apiserver and kube-controller-manager, built if need be."""
    go = shutil.which("go")
    if go is None:
        pytest.skip(f"needs Go to build an API server, or a cluster's kubeconfig in {GIVEN}: no go on PATH")
    try:
        return build.Builder(go, build.default_cache(), _teller(request.config)).programs()
    except build.Unavailable as problem:
        pytest.skip(f"needs an API server, and cannot build one: {problem}")


@pytest.fixture(scope="session")
def own_server(server_programs: Path) -> Iterator[Path]:
    """The kubeconfig of a server of this process, which lives as long as it."""
    with server.running(server_programs) as kubeconfig:
        yield kubeconfig


@pytest.fixture(scope="module")
def admin_kubeconfig(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The kubeconfig of an administrator of an empty cluster: the given one, or a new one for each module of tests.

    A test that changes a given cluster leaves it as it was.
    """
    if given := os.environ.get(GIVEN):
        with _alone(Path(given)) as kubeconfig:
            yield kubeconfig
    else:
        with server.running(request.getfixturevalue("server_programs")) as kubeconfig:
            yield kubeconfig


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A connection, as the administrator, to the given cluster or to one that modules use one after the other.

    Workers have a server each: two stacks have objects of the same name, so that one server would have them wait.
    """
    given = os.environ.get(GIVEN)
    kubeconfig = request.getfixturevalue("admin_kubeconfig" if given else "own_server")
    try:
        client = Client.of(kubeconfig)
    except UnusableError as problem:
        pytest.fail(f"{GIVEN}: {problem}", pytrace=False)
    with closing(client):
        yield client


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Counts what a test asked of a server; the sums are in the summary of the run."""
    return lambda what, number: record_property(f"{_PREFIX}{what}", number)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was asked: properties of reports reach this process from every worker."""
    sums: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                sums.update(
                    {name.removeprefix(_PREFIX): n for name, n in report.user_properties if name.startswith(_PREFIX)}
                )
    if sums:
        asked = os.environ.get(GIVEN) or f"kube-apiserver {build.version()}"
        terminalreporter.section(f"asked of {asked}")
        for what, number in sorted(sums.items()):
            terminalreporter.line(f"{number:6} {what}")


@contextmanager
def _alone(kubeconfig: Path) -> Iterator[Path]:
    """The given cluster for one module at a time, of all workers on this machine."""
    if not kubeconfig.is_file():
        pytest.fail(f"{GIVEN}: no file {kubeconfig}", pytrace=False)
    key = hashlib.sha256(str(kubeconfig.resolve()).encode()).hexdigest()[:16]
    with Path(tempfile.gettempdir(), f"groundwork-cluster-{key}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield kubeconfig


def _teller(config: pytest.Config) -> build.Tell:
    """Writes past pytest's capture, from a worker too: a build takes minutes, and silence looks like a fault."""
    capture = config.pluginmanager.getplugin("capturemanager")

    def tell(line: str) -> None:
        if capture is None:
            print(f"\ntests/cluster: {line}", file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits
            return
        with capture.global_and_fixture_disabled():
            print(f"\ntests/cluster: {line}", file=sys.stderr, flush=True)  # noqa: T201 - the same

    return tell
