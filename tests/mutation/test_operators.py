"""Tests of the mutants: each kind of change is made, once and where it should be."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.operators import function_lines, lines_with, mutants, names_on


def _changed(source: str) -> set[str]:
    data = source.encode()
    return {mutant.apply(data).decode() for mutant in mutants("a.py", data)}


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("x = 3\n", "x = 4\n"),
        ("x = True\n", "x = False\n"),
        ("x = 'read'\n", "x = 'readx'\n"),
        ("x = f'{a}-key'\n", "x = f'{a}-keyx'\n"),
        ("x = a < b\n", "x = a <= b\n"),
        ("x = a not in b\n", "x = a in b\n"),
        ("x = a and b\n", "x = a or b\n"),
        ("x = not a\n", "x = bool(a)\n"),
        ("x = a - b\n", "x = a + b\n"),
        ("x = f(a=b, c=d)\n", "x = f( c=d)\n"),
        ("if a:\n    b()\n", "if (not (a)):\n    b()\n"),
        ("x = [a for a in b if a]\n", "x = [a for a in b if (not (a))]\n"),
        ("def f():\n    return a\n", "def f():\n    return None\n"),
        ("f()\n", "pass\n"),
        ("def f():\n    yield a\n", "def f():\n    yield from ()\n"),
        ("for a in b:\n    continue\n", "for a in b:\n    break\n"),
        ("raise a\n", "pass\n"),
    ],
)
def test_mutants_have_each_kind_of_change(source: str, mutant: str) -> None:
    """Each kind of statement and expression is changed, and the result is valid Python."""
    assert mutant in _changed(source)
    for changed in _changed(source):
        ast.parse(changed)


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""\n',
        "x: Literal['read']\n",
        "Access = Literal['read', 'write']\n",
        "x = 'a message for people'\n",
        "x = f'{a} is not valid'\n",
        "__all__ = ['x']\n",
        "from a import b\n",
    ],
)
def test_mutants_leave_out_what_is_not_behaviour(source: str) -> None:
    """Docstrings, annotations, messages and imports are not mutated."""
    assert _changed(source) == set()


def test_function_lines_are_those_of_the_innermost_function() -> None:
    """Tests of the innermost function are asked first."""
    source = b"def f():\n    def g():\n        return 1\n    return g\n"

    assert function_lines(source, 3) == range(2, 4)
    assert function_lines(source, 4) == range(1, 5)
    assert function_lines(b"x = 1\n", 1) == range(1, 2)


def test_constants_are_judged_where_they_are_read() -> None:
    """A statement at module level runs on import, so the tests of its readers are asked."""
    source = b"LIMIT = 3\n\ndef f(x):\n    return x < LIMIT\n"

    assert lines_with(source, names_on(source, 1)) == {4}
