"""Random values, and places in development's settings for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hypothesis import strategies as st

from stacks.settings.core.problems import PREFIX
from tests.settings.samples import dev

SCALARS: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


def _names(value: Any) -> Iterator[str]:
    """Every key and text in development's settings, which make random examples more valid."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key.removeprefix(PREFIX)
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, str):
        yield value


WORDS: Final = st.sampled_from(sorted(set(_names(dev()))))
JSON: Final = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    """The path of every single value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key.removeprefix(PREFIX))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path


LEAVES: Final = tuple(path for path in _leaves(dev()) if not path.startswith("pulumi:"))
