"""Which tests run which lines: measured once, so that each mutant meets only the tests that can notice it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import coverage
import pytest

from tests.mutation.operators import function_lines, lines_with, names_on


class _Contexts:
    """A pytest plugin that names each test to the measurement."""

    def __init__(self, measurement: coverage.Coverage) -> None:
        self._measurement = measurement

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measurement.switch_context(item.nodeid)
        yield
        self._measurement.switch_context("")


def measure(root: Path, sources: Iterable[str], arguments: list[str], data: Path) -> int:
    """Run the tests in `root` under measurement and write `data`; returns pytest's exit code."""
    measurement = coverage.Coverage(
        data_file=str(data), source=[str(root / source) for source in sources], config_file=False
    )
    measurement.start()
    code = pytest.main(arguments, plugins=[_Contexts(measurement)])
    measurement.stop()
    measurement.save()
    return int(code)


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

    def tests(self, line: int, limit: int | None = None) -> list[str]:
        """The tests for a mutant on a line, the most specific first, at most `limit`.

        Tests of the function around the line. Those that run rare lines are first: the line itself, lines of the
        function and then of the file, since every test calls a check but few reach the line that reports a problem. A
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
        return sorted(rarity or everyone, key=lambda test: (-rarity[test], test))[:limit]
