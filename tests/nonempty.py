"""Guard of tests that check each of several values: without any value they would pass whatever the code does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def nonempty(values: Iterable[T]) -> list[T]:
    """The values as a list; fails where there are none."""
    found = list(values)
    assert found, "there is nothing to check, so the test would always pass"
    return found
