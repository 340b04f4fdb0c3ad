"""Tests of decoding and encoding values of the engine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime import rpc

from groundwork import wire
from groundwork.graph import Placeholder, plain, with_placeholders

KEYS = st.text(min_size=1).filter(lambda key: not key.startswith("__") and key != wire.SIGNATURE)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text().filter(
        lambda text: text not in wire.UNKNOWNS and text not in {placeholder.value for placeholder in Placeholder}
    ),
    st.just(Placeholder.UNKNOWN),
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20)


def _secret(value: Any) -> dict[str, Any]:
    return {wire.SIGNATURE: wire.SECRET, "value": value}


@settings(deadline=None)
@given(VALUES)
def test_decoding_undoes_encoding(value: Any) -> None:
    """The policy pack gets the values of the graph."""
    assert value == wire.decode(wire.encode(value))


@settings(deadline=None)
@given(VALUES)
def test_json_round_trip_keeps_placeholders(value: Any) -> None:
    """A graph that is written and read again is the same graph."""
    assert value == with_placeholders(plain(value))


@settings(deadline=None)
@given(VALUES)
def test_secret_values_are_not_decoded(value: Any) -> None:
    """The decoded value has nothing of a secret, at any depth."""
    found = wire.decode({"list": [_secret({"deep": value, "word": "hunter2"})]})

    assert found == {"list": [Placeholder.SECRET]}


def test_secrets_of_state_files_are_masked() -> None:
    """Encrypted and plain values are masked, as those of requests, and so are secret outputs."""
    for body in ({"ciphertext": "abc"}, {"plaintext": '"hunter2"'}, {"value": "hunter2"}):
        assert Placeholder.SECRET is wire.decode({wire.SIGNATURE: wire.SECRET, **body})
    assert Placeholder.SECRET is wire.decode({wire.SIGNATURE: wire.OUTPUT, "secret": True, "value": "hunter2"})


def test_provider_defaults_are_left_out() -> None:
    """Only inputs of the program are shown, at every depth."""
    given_inputs = {"__defaults": ["name"], "name": "made-up-7f3a", "nested": {"__defaults": [], "kept": 1.0}}

    assert wire.decode(given_inputs) == {"nested": {"kept": 1}}


# Source: sdk/go/common/resource/plugin/rpc.go of pulumi/pulumi.
SENTINELS = {
    "boolean": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "number": "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "string": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "array": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "asset": "030794c1-ac77-496b-92df-f27374a8bd58",
    "archive": "e48ece36-62e2-4504-bad9-02848725956a",
    "object": "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}


@pytest.mark.parametrize("kind", SENTINELS)
def test_sentinel_of_each_type_is_unknown(kind: str) -> None:
    """The protocol has a sentinel for each type of an unknown value, also inside lists and maps."""
    assert wire.decode({"a": [SENTINELS[kind]]}) == {"a": [Placeholder.UNKNOWN]}


def test_known_sentinels_are_those_of_the_sdk() -> None:
    """The SDK writes the sentinel of text for every unknown value."""
    assert set(SENTINELS.values()) == wire.UNKNOWNS
    assert rpc.UNKNOWN == wire.UNKNOWN_STRING
    assert (rpc._special_sig_key, rpc._special_secret_sig) == (wire.SIGNATURE, wire.SECRET)


def test_assets_and_references_are_shown_by_name() -> None:
    """An asset is its hash or path, a resource its URN; their contents are not shown."""
    assert wire.decode({wire.SIGNATURE: wire.ASSET, "hash": "abc", "text": "hunter2"}) == "[asset abc]"
    assert wire.decode({wire.SIGNATURE: wire.ARCHIVE, "assets": {}}) == "[archive in memory]"
    assert wire.decode({wire.SIGNATURE: wire.RESOURCE, "urn": "urn:x"}) == "urn:x"
    assert Placeholder.UNKNOWN is wire.decode({wire.SIGNATURE: wire.OUTPUT})
    assert wire.decode({wire.SIGNATURE: wire.OUTPUT, "value": 1.0}) == 1
    assert wire.decode({wire.SIGNATURE: "new"}) == "[value of kind new]"
