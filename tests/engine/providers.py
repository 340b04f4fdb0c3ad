"""Real providers without a cloud: the states that they would have written, and their schema as a source of values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import grpc

from groundwork import wire
from groundwork.diff.replacements.paths import Keys
from groundwork.diff.replacements.plugin import Inputs, Plugin
from groundwork.diff.replacements.table import KUBERNETES
from groundwork.graph import Placeholder, Value

RELEASE: Final = "kubernetes:helm.sh/v3:Release"

# Nobody listens there: a plugin that cannot reach its cluster decides by itself.
KUBECONFIG: Final = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "nobody", "user": {}}],
        "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nobody"}}],
        "current-context": "nowhere",
    }
)

CONFIG: Final[Mapping[str, dict[str, str]]] = {
    "gcp": {"project": "any", "region": "europe-west4"},
    "kubernetes": {"kubeconfig": KUBECONFIG},
    "random": {},
}


def settled(value: Value) -> Any:
    """A declared value as it is after an update: what only the cloud knows is some text."""
    if isinstance(value, Placeholder):
        return "settled"
    if isinstance(value, Mapping):
        return {key: settled(item) for key, item in value.items() if item is not None}
    return [settled(item) for item in value] if isinstance(value, list) else value


def state_of(plugin: Plugin, urn: str, kind: str, checked: Inputs) -> Inputs:
    """The outputs of a resource that was created from these inputs, without what only the cloud computes."""
    if kind.startswith(KUBERNETES):
        secret = {wire.SIGNATURE: wire.SECRET, "value": checked}
        return {**checked, "__inputs": secret if kind == RELEASE else checked}
    state: Inputs = _known(plugin.create(urn, checked))
    return {**state, "id": "here", "__meta": json.dumps(_meta(plugin, urn, state, checked))}


def _meta(plugin: Plugin, urn: str, state: Inputs, checked: Inputs) -> dict[str, Any]:
    """What a bridged provider notes beside a state; the version of its form is only told to who has a newer one."""
    meta = {**json.loads(state.get("__meta", "{}")), "schema_version": "1000000"}
    try:
        plugin.diff(urn, {**state, "id": "here", "__meta": json.dumps(meta)}, checked, checked)
    except grpc.RpcError as error:
        found = re.search(r"(?:than schema version|1000000 to) (\d+)", str(error))
        if found is None:
            raise
        meta["schema_version"] = found[1]
    return meta


def _known(value: Any) -> Any:
    """A value without what is not known; None where nothing is left."""
    if isinstance(value, dict):
        found = {key: item for key, inner in value.items() if (item := _known(inner)) is not None}
        return None if wire.SIGNATURE in value and "value" not in found else found
    if isinstance(value, list):
        return [item for inner in value if (item := _known(inner)) is not None]
    return None if isinstance(value, str) and value in wire.UNKNOWNS else value


def variants(inputs: Inputs, properties: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[tuple[Keys, Any]]:
    """Every change of one value: another one, none at all, and one where the program gives none."""
    yield from _others(inputs, ())
    yield from _additions(inputs, properties, types, ())


def changed(inputs: Any, keys: Keys, value: Any) -> Any:
    """A copy with another value at these keys, or without one where it is None."""
    found: Any = list(inputs) if isinstance(inputs, list) else dict(inputs or {})
    first, *rest = keys
    known = isinstance(first, int) or first in found
    inner = changed(found[first] if known else None, tuple(rest), value) if rest else value
    if inner is not None:
        found[first] = inner
    elif known:
        del found[first]
    return found


def _others(value: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*keys, key), None
            yield from _others(item, (*keys, key))
    else:
        yield keys, _other(value)


def _other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        number = re.fullmatch(r"(\d+)(\D.*)?", value)
        # A quantity or a range has to stay one; anything else is text.
        return f"{int(number[1]) + 1}{number[2] or ''}" if number else f"{value}x"
    return value + 1


def _additions(
    inputs: Inputs, properties: Mapping[str, Any], types: Mapping[str, Any], keys: Keys
) -> Iterator[tuple[Keys, Any]]:
    for name, declared in properties.items():
        if name not in inputs:
            if (value := _example(declared, types, ())) is not None:
                yield (*keys, name), value
            continue
        reference = declared.get("items", declared).get("$ref", "").removeprefix("#/types/")
        inner = types.get(reference, {}).get("properties", {})
        if isinstance(inputs[name], dict):
            yield from _additions(inputs[name], inner, types, (*keys, name))
        elif isinstance(inputs[name], list):
            for index, item in enumerate(inputs[name]):
                if isinstance(item, dict):
                    yield from _additions(item, inner, types, (*keys, name, index))


def _example(declared: Mapping[str, Any], types: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    """Some value that the schema allows."""
    reference = declared.get("$ref", "").removeprefix("#/types/")
    if reference in types and reference not in seen:
        inner = types[reference].get("properties")
        if inner is None:
            return "X"
        examples = {name: _example(found, types, (*seen, reference)) for name, found in inner.items()}
        return {name: example for name, example in examples.items() if example is not None}
    match declared.get("type"):
        case "string":
            return "X"
        case "integer" | "number":
            return 7
        case "boolean":
            return True
        case "array":
            example = _example(declared["items"], types, seen)
            return None if example is None else [example]
        case "object" if not reference:
            return {"X": "X"}
    return None
