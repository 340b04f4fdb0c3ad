"""Values between the engine's form and the graph's."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork import wire
from groundwork.graph import Placeholder, plain, with_placeholders

KEYS = st.text(min_size=1).filter(lambda key: not key.startswith("__") and key != wire.SIGNATURE)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text().filter(lambda text: text not in wire.UNKNOWNS and text not in {mark.value for mark in Placeholder}),
    st.just(Placeholder.UNKNOWN),
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20)


def _secret(value: Any) -> dict[str, Any]:
    return {wire.SIGNATURE: wire.SECRET, "value": value}


@settings(deadline=None)
@given(VALUES)
def test_decoding_undoes_encoding(value: Any) -> None:
    """What the policy pack is given is what the graph holds."""
    assert value == wire.decode(wire.encode(value))


@settings(deadline=None)
@given(VALUES)
def test_json_keeps_marks(value: Any) -> None:
    """A graph that was written and read again is the same graph."""
    assert value == with_placeholders(plain(value))


@settings(deadline=None)
@given(VALUES)
def test_no_secret_survives(value: Any) -> None:
    """A secret's value is nowhere in what is shown, at whatever depth it stands."""
    found = wire.decode({"list": [_secret({"deep": value, "word": "hunter2"})]})

    assert found == {"list": [Placeholder.SECRET]}


def test_every_kind_of_secret_is_masked() -> None:
    """Encrypted and plain values of state files are secrets like those of requests."""
    for body in ({"ciphertext": "abc"}, {"plaintext": '"hunter2"'}, {"value": "hunter2"}):
        assert Placeholder.SECRET is wire.decode({wire.SIGNATURE: wire.SECRET, **body})
    assert Placeholder.SECRET is wire.decode({wire.SIGNATURE: wire.OUTPUT, "secret": True, "value": "hunter2"})


def test_what_a_provider_filled_in_is_left_out() -> None:
    """Defaults are the provider's declaration, not the program's."""
    given_inputs = {"__defaults": ["name"], "name": "made-up-7f3a", "nested": {"__defaults": [], "kept": 1.0}}

    assert wire.decode(given_inputs) == {"nested": {"kept": 1}}


def test_all_unknowns_are_one_mark() -> None:
    """The protocol has an unknown for each type; a plan has one."""
    assert {Placeholder.UNKNOWN} == {wire.decode(sentinel) for sentinel in wire.UNKNOWNS}


def test_assets_and_references_are_shown_by_what_names_them() -> None:
    """An asset is its hash or its path, a resource its URN, and nothing of their content is shown."""
    assert wire.decode({wire.SIGNATURE: wire.ASSET, "hash": "abc", "text": "hunter2"}) == "[asset abc]"
    assert wire.decode({wire.SIGNATURE: wire.ARCHIVE, "assets": {}}) == "[archive in memory]"
    assert wire.decode({wire.SIGNATURE: wire.RESOURCE, "urn": "urn:x"}) == "urn:x"
    assert Placeholder.UNKNOWN is wire.decode({wire.SIGNATURE: wire.OUTPUT})
    assert wire.decode({wire.SIGNATURE: wire.OUTPUT, "value": 1.0}) == 1
    assert wire.decode({wire.SIGNATURE: "new"}) == "[value of kind new]"
