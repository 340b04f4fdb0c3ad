"""Real providers without a cloud: states that they would write, and changes of inputs from their schemas."""

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

# An unreachable address: without its cluster, the plugin decides from the inputs alone.
KUBECONFIG: Final = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "user", "user": {}}],
        "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "user"}}],
        "current-context": "nowhere",
    }
)

CONFIG: Final[Mapping[str, dict[str, str]]] = {
    "gcp": {"project": "any", "region": "europe-west4"},
    "kubernetes": {"kubeconfig": KUBECONFIG},
    "random": {},
}


def settled(value: Value) -> Any:
    """A declared value after an update: unknown values are replaced by a text."""
    if isinstance(value, Placeholder):
        return "settled"
    if isinstance(value, Mapping):
        return {key: settled(item) for key, item in value.items() if item is not None}
    return [settled(item) for item in value] if isinstance(value, list) else value


def state_of(plugin: Plugin, urn: str, kind: str, checked: Inputs) -> Inputs:
    """The outputs of a resource with these inputs, without those that only the cloud computes."""
    if kind.startswith(KUBERNETES):
        secret = {wire.SIGNATURE: wire.SECRET, "value": checked}
        return {**checked, "__inputs": secret if kind == RELEASE else checked}
    state: Inputs = _known(plugin.create(urn, checked))
    return {**state, "id": "here", "__meta": json.dumps(_meta(plugin, urn, state, checked))}


def _meta(plugin: Plugin, urn: str, state: Inputs, checked: Inputs) -> dict[str, Any]:
    """The metadata of a state of a bridged provider; its schema version is in the error for a newer one."""
    meta = {**json.loads(state.get("__meta", "{}")), "schema_version": "1000000"}
    try:
        plugin.diff(urn, {**state, "id": "here", "__meta": json.dumps(meta)}, checked, checked)
    except grpc.RpcError as error:
        match = re.search(r"(?:than schema version|1000000 to) (\d+)", str(error))
        if match is None:
            raise
        meta["schema_version"] = match[1]
    return meta


def _known(value: Any) -> Any:
    """A value without its unknown parts; None where nothing is left."""
    if isinstance(value, dict):
        known = {key: item for key, inner in value.items() if (item := _known(inner)) is not None}
        return None if wire.SIGNATURE in value and "value" not in known else known
    if isinstance(value, list):
        return [item for inner in value if (item := _known(inner)) is not None]
    return None if isinstance(value, str) and value in wire.UNKNOWNS else value


def variants(inputs: Inputs, properties: Mapping[str, Any], types: Mapping[str, Any]) -> Iterator[tuple[Keys, Any]]:
    """Every change of one value: to another value, to none, and from none to an example."""
    yield from _others(inputs, ())
    yield from _additions(inputs, properties, types, ())


def changed(inputs: Any, keys: Keys, value: Any) -> Any:
    """A copy with this value at these keys; None removes the value."""
    copy: Any = list(inputs) if isinstance(inputs, list) else dict(inputs or {})
    first, *rest = keys
    exists = isinstance(first, int) or first in copy
    inner = changed(copy[first] if exists else None, tuple(rest), value) if rest else value
    if inner is not None:
        copy[first] = inner
    elif exists:
        del copy[first]
    return copy


def _others(value: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*keys, key), None
            yield from _others(item, (*keys, key))
    else:
        yield keys, _other(value)


def _other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        number = re.fullmatch(r"(\d+)(\D.*)?", value)
        # Quantities and address ranges stay valid.
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
    """An example of a value that the schema allows."""
    reference = declared.get("$ref", "").removeprefix("#/types/")
    if reference in types and reference not in seen:
        inner = types[reference].get("properties")
        if inner is None:
            return "X"
        examples = {name: _example(property_, types, (*seen, reference)) for name, property_ in inner.items()}
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
