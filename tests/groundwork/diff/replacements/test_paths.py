"""Paths of inputs and patterns of them."""

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
def test_a_path_has_keys(path: str, keys: Keys) -> None:
    """Quoted keys are text whatever they hold, indices are numbers."""
    assert parse(path) == keys
    assert top(path) == keys[0]


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
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
def test_a_pattern_names_paths(pattern: str, path: str, *, found: bool) -> None:
    """A pattern names what it says and, only where it ends so, what is below."""
    assert matches(pattern, parse(path)) == found


def test_a_value_is_found_by_its_keys() -> None:
    """What is not there is None; what is marked on the way there is marked."""
    value = {"a": [{"b": 1}], "c": Placeholder.UNKNOWN}

    assert inside(value, parse("a[0].b")) == 1
    assert inside(value, parse("a[1].b")) is None
    assert inside(value, parse("a.b")) is None
    assert inside(value, parse("c.d")) is Placeholder.UNKNOWN


def test_what_is_empty_holds_nothing() -> None:
    """Every part of a value has keys of its own; an empty one is not there."""
    assert [*below(("a",), {"b": [{"c": 1}], "d": {}, "e": None})] == [
        ("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 0, "c"),
    ]  # fmt: skip
