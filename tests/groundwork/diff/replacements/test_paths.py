"""Tests of paths and patterns of paths."""

from __future__ import annotations

import pytest

from groundwork.diff.replacements.paths import Keys, below, inside, matches, parse, top
from groundwork.graph import Placeholder


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("name", ("name",)),
        ("nodeConfig.taints[0].key", ("nodeConfig", "taints", 0, "key")),
        ('labels["a.b/c"].x', ("labels", "a.b/c", "x")),
        ('labels["say \\"hi\\""]', ("labels", 'say "hi"')),
        ("rules[*].age", ("rules", "*", "age")),
        ("spec.selector.**", ("spec", "selector", "**")),
    ],
)
def test_parse(path: str, keys: Keys) -> None:
    """Quoted keys are text, indices are numbers."""
    assert parse(path) == keys
    assert top(path) == keys[0]


@pytest.mark.parametrize(
    ("pattern", "path", "matched"),
    [
        ("nodeConfig", "nodeConfig", True),
        ("nodeConfig", "nodeConfig.spot", False),
        ("nodeConfig", "nodeConfigs", False),
        ("oauthScopes[*]", "oauthScopes[3]", True),
        ("oauthScopes[*]", "oauthScopes", False),
        ("metadata.*", 'metadata["a.b"]', True),
        ("spec.csi.**", "spec.csi", True),
        ("spec.csi.**", "spec.csi.volumeAttributes.x", True),
        ("spec.csi.**", "spec", False),
        ("spec.containers[*].**", "spec.containers[0].env[1].value", True),
    ],
)
def test_matches(pattern: str, path: str, *, matched: bool) -> None:
    """A pattern matches paths of its length, and paths below it only if it ends in `**`."""
    assert matches(pattern, parse(path)) == matched


def test_inside() -> None:
    """An absent part is None, a part of a placeholder is the placeholder."""
    value = {"a": [{"b": 1}], "c": Placeholder.UNKNOWN}

    assert inside(value, parse("a[0].b")) == 1
    assert inside(value, parse("a[1].b")) is None
    assert inside(value, parse("a.b")) is None
    assert inside(value, parse("c.d")) is Placeholder.UNKNOWN


def test_below_leaves_out_empty_parts() -> None:
    """Every part of a value has its keys, empty parts and None excepted."""
    assert [*below(("a",), {"b": [{"c": 1}], "d": {}, "e": None})] == [
        ("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 0, "c"),
    ]  # fmt: skip
