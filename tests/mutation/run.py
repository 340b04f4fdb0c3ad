"""Run mutants: each in a forked process that has the providers' SDKs loaded, in a copy of the checkout."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.mutation import selection
from tests.mutation.operators import Mutant
from tests.mutation.parts import Part

OURS: Final = ("tests", "components", "stacks", "policy", "groundwork")
# What every test imports and no mutant changes.
GOOGLE: Final = (
    "artifactregistry", "bigquery", "billing", "binaryauthorization", "certificatemanager", "compute", "container",
    "dataplex", "dns", "filestore", "gkebackup", "gkehub", "iam", "kms", "logging", "monitoring", "projects",
    "pubsub", "secretmanager", "serviceaccount", "sql", "storage",
)  # fmt: skip
PRELOADED: Final = (
    *(f"pulumi_gcp.{name}" for name in GOOGLE),
    "pulumi_kubernetes", "pulumi_kubernetes.core.v1", "pulumi_kubernetes.helm.v3", "pulumi_kubernetes.helm.v4",
    "pulumi_kubernetes.kustomize.v2", "pulumi_random", "pulumi_policy", "pydantic", "ruamel.yaml", "boto3",
    "hypothesis", "jsonschema", "moto",
)  # fmt: skip
OPTIONS: Final = ("-x", "-q", "-p", "no:cacheprovider", "--no-header", "-o", "addopts=")
INTERNAL: Final = 99  # the exit code where pytest itself did not start
LOG: Final = "pytest-output.txt"  # in the copy: what the last run printed
FIRST: Final = 50  # tests that run alone at first
SECONDS: Final = 600  # for one mutant; an endless loop is a mutant that is noticed


@dataclass(frozen=True)
class Result:
    """A mutant, and whether a test failed with it."""

    mutant: Mutant
    killed: bool


class BaselineError(Exception):
    """The tests fail without any mutant."""


def run(root: Path, part: Part, mutants: Sequence[Mutant], jobs: int, done: Callable[[Result], None]) -> None:
    """Run every mutant; `done` is called with each result, as it comes. Raises `BaselineError`."""
    for module in PRELOADED:
        importlib.import_module(module)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [_copy(root, Path(folder, str(number))) for number in range(jobs)]
        data = Path(folder, "coverage") if part.by_line else None
        _baseline(copies[0], part, data)
        queue: multiprocessing.Queue[Mutant | None] = multiprocessing.Queue()
        results: multiprocessing.Queue[Result] = multiprocessing.Queue()
        for mutant in mutants:
            queue.put(mutant)
        workers = [
            multiprocessing.Process(target=_work, args=(copy, copies[0], part, data, queue, results)) for copy in copies
        ]
        for worker in workers:
            queue.put(None)
            worker.start()
        for _ in mutants:
            done(results.get())
        for worker in workers:
            worker.join()


def _copy(root: Path, target: Path) -> Path:
    """The files of the checkout, those that git ignores left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    return target


def _baseline(copy: Path, part: Part, data: Path | None) -> None:
    if data is None:
        code = _forked(copy, [*_plugins(part), *OPTIONS, *part.tests])
    else:
        arguments = [*OPTIONS, *part.tests]
        code = _in_fork(copy, lambda: selection.measure(copy, part.sources, arguments, data), 10 * SECONDS)
    if code != 0:
        printed = (copy / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        raise BaselineError("\n".join(["the tests fail without a mutant:", *printed[-20:]]))


def _work(
    copy: Path,
    measured: Path,
    part: Part,
    data: Path | None,
    queue: multiprocessing.Queue[Mutant | None],
    results: multiprocessing.Queue[Result],
) -> None:
    known: dict[str, selection.Selection] = {}
    while (mutant := queue.get()) is not None:
        if data is None:
            tests: Sequence[str] = part.tests
        else:
            if mutant.file not in known:
                known[mutant.file] = selection.Selection(data, measured / mutant.file)
            tests = known[mutant.file].tests(mutant.line, part.limit)
        killed = False
        if tests:
            with _mutated(copy / mutant.file, mutant):
                killed = any(_forked(copy, [*_plugins(part), *OPTIONS, *batch]) != 0 for batch in _batches(tests))
        results.put(Result(mutant, killed))


def _batches(tests: Sequence[str]) -> Iterator[Sequence[str]]:
    """The tests that most likely notice a mutant, then the others: pytest collects all of its arguments first."""
    yield tests[:FIRST]
    if len(tests) > FIRST:
        yield tests[FIRST:]


def _plugins(part: Part) -> list[str]:
    return [] if part.by_line else ["-p", "tests.mutation.in_process"]


@contextlib.contextmanager
def _mutated(file: Path, mutant: Mutant) -> Iterator[None]:
    source = file.read_bytes()
    file.write_bytes(mutant.apply(source))
    try:
        yield
    finally:
        file.write_bytes(source)


def _forked(copy: Path, arguments: Sequence[str]) -> int:
    return _in_fork(copy, lambda: int(pytest.main(list(arguments))), SECONDS)


def _in_fork(copy: Path, work: Callable[[], int], seconds: float) -> int:
    """What `work` returns in a process that sees the copy instead of the checkout; -1 where it takes too long."""
    child = os.fork()
    if child == 0:
        _become(copy)
        code = INTERNAL
        try:
            code = work()
        finally:
            traceback.print_exc()
            os._exit(code)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def _become(copy: Path) -> None:
    """Leave the checkout: modules come from the copy, and what is printed goes to a file there."""
    os.setpgid(0, 0)
    sink = os.open(copy / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    os.chdir(copy)
    # A mutant of the same size, written in the same second, would run the bytecode of another one.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins of other packages take longer to load than a test runs
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(copy)]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        if not name.startswith("tests.mutation"):
            del sys.modules[name]
    importlib.invalidate_caches()
