"""Which tests run which lines: measured once, so that each mutant meets only the tests that can notice it."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import coverage
import pytest

from tests.mutation.operators import function_lines, lines_with, names_on

SHORTEST: Final = 0.01  # seconds: which of two tests below it is faster is chance


class _Contexts:
    """A pytest plugin that names each test to the measurement, and takes its time."""

    def __init__(self, measurement: coverage.Coverage) -> None:
        self._measurement = measurement
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measurement.switch_context(item.nodeid)
        start = time.process_time()
        yield
        self.seconds[item.nodeid] = time.process_time() - start
        self._measurement.switch_context("")


def measure(root: Path, sources: Iterable[str], arguments: list[str], data: Path) -> int:
    """Run the tests in `root` under measurement; returns pytest's exit code.

    Writes `data`, and the processor time of each test to a file next to it.
    """
    measurement = coverage.Coverage(
        data_file=str(data), source=[str(root / source) for source in sources], config_file=False
    )
    contexts = _Contexts(measurement)
    measurement.start()
    code = pytest.main(arguments, plugins=[contexts])
    measurement.stop()
    measurement.save()
    _durations(data).write_text(json.dumps(contexts.seconds), encoding="utf-8")
    return int(code)


def _durations(data: Path) -> Path:
    """The file with the seconds of each test."""
    return data.with_name(f"{data.name}.json")


class Selection:
    """The measured lines of one file, and the tests that run each."""

    def __init__(self, data: Path, file: Path) -> None:
        """`file` is the measured copy of the source."""
        found = coverage.CoverageData(basename=str(data))
        found.read()
        self._source = file.read_bytes()
        self._stem = file.stem
        self._tests: dict[int, set[str]] = defaultdict(set)
        for line, contexts in found.contexts_by_lineno(str(file)).items():
            self._tests[line].update(name for name in contexts if name)
        self._seconds: dict[str, float] = json.loads(_durations(data).read_text(encoding="utf-8"))

    def tests(self, line: int, limit: int | None = None) -> list[str]:
        """The tests for a mutant on a line, the most specific first, at most `limit`.

        Tests of the function around the line. Those that run rare lines are first: the line itself, lines of the
        function and then of the file, since every test calls a check but few reach the line that reports a problem. Of
        two tests that run the same lines the faster one is first, and one that takes twice as long has half the rank. A
        statement at module level runs on import: the functions that read what it binds count instead, and the tests
        named after the file, since other files may read it.
        """
        names = names_on(self._source, line)
        lines = lines_with(self._source, names) if names else {line}
        functions = [function_lines(self._source, chosen) for chosen in lines]
        around = {number for number in self._tests if any(number in function for function in functions)}
        inside = set().union(*(self._tests[number] for number in around))
        rarity: Counter[str] = Counter()
        for number, tests in self._tests.items():
            weight = 100 if number in lines else 10 if number in around else 1
            for test in tests & inside:
                rarity[test] += weight * 1_000_000 // len(tests)
        own = f"/test_{self._stem}.py::"
        everyone = set().union(*self._tests.values())
        if names or not rarity:
            rarity.update(test for test in everyone if own in test)
        order = sorted(rarity or everyone, key=lambda test: (-rarity[test] / max(self._seconds[test], SHORTEST), test))
        return order[:limit]
