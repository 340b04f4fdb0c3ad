"""Fixtures with an API server, and a summary of the requests at the end of the run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cluster import server
from tests.cluster.client import Client, UnusableError
from tests.parts.catalog import PARTS

GIVEN: Final = "GROUNDWORK_TEST_KUBECONFIG"
_PREFIX: Final = "cluster: "

Tally = Callable[[str, int], None]


@pytest.fixture(scope="session")
def own_server(server_programs: Mapping[str, Path]) -> Iterator[Path]:
    """The kubeconfig of a server that runs as long as this process."""
    with server.running(server_programs) as kubeconfig:
        yield kubeconfig


@pytest.fixture(scope="module")
def admin_kubeconfig(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The kubeconfig of an administrator of an empty cluster: the given one, or a new one per test module.

    A test that changes a given cluster has to clean up.
    """
    if given := os.environ.get(GIVEN):
        with _alone(Path(given)) as kubeconfig:
            yield kubeconfig
    else:
        with server.running(request.getfixturevalue("server_programs")) as kubeconfig:
            yield kubeconfig


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A connection, as the administrator, to the given cluster or to one that all modules of a worker share.

    Each worker has a server, because stacks have objects of the same name and would have to wait for each other.
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
    """Count the requests of a test; the totals are in the summary of the run."""
    return lambda what, number: record_property(f"{_PREFIX}{what}", number)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the totals; this process gets the properties of reports from every worker."""
    sums: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                sums.update(
                    {name.removeprefix(_PREFIX): n for name, n in report.user_properties if name.startswith(_PREFIX)}
                )
    if sums:
        asked = os.environ.get(GIVEN) or f"kube-apiserver {PARTS['kube-apiserver'].version()}"
        terminalreporter.section(f"requests to {asked}")
        for what, number in sorted(sums.items()):
            terminalreporter.line(f"{number:6} {what}")


@contextmanager
def _alone(kubeconfig: Path) -> Iterator[Path]:
    """The given cluster, for one module of one worker at a time."""
    if not kubeconfig.is_file():
        pytest.fail(f"{GIVEN}: no file {kubeconfig}", pytrace=False)
    key = hashlib.sha256(str(kubeconfig.resolve()).encode()).hexdigest()[:16]
    with Path(tempfile.gettempdir(), f"groundwork-cluster-{key}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield kubeconfig
