"""Properties as the engine sends them: protocol structs to plain maps and back, paths in them, what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

from groundwork.wire import OUTPUT, SECRET, SIGNATURE, UNKNOWN_STRING, UNKNOWNS

Properties = dict[str, Any]


def read(struct: struct_pb2.Struct) -> Properties:
    """A struct as a plain map; secrets stay wrapped and unknowns stay sentinels, so that both survive a round trip."""
    found: Properties = json_format.MessageToDict(struct)
    return found


def write(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The inverse of `read`."""
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def bare(value: Any) -> Any:
    """A value without its wrapping: what is inside a secret or an output, or the unknown sentinel."""
    while isinstance(value, Mapping) and value.get(SIGNATURE) in (SECRET, OUTPUT):
        value = value.get("value", UNKNOWN_STRING)
    return value


def is_unknown(value: Any) -> bool:
    """Whether nobody knows the value yet."""
    inside = bare(value)
    return isinstance(inside, str) and inside in UNKNOWNS


def at(properties: Any, path: str) -> Any:
    """What stands at a dotted path, without its wrapping; None where nothing does."""
    for key in path.split("."):
        inside = bare(properties)
        properties = inside.get(key) if isinstance(inside, Mapping) else None
    return bare(properties)


def with_value(properties: Any, path: str, value: Any) -> Any:
    """A copy with `value` at a dotted path; what is unknown, or wrapped as a secret, on the way there stays so.

    A number in the path is a place in a list, which grows as far as it takes.
    """
    key, _, rest = path.partition(".")
    if is_unknown(properties):
        return properties
    if isinstance(properties, Mapping) and SIGNATURE in properties:
        return {**properties, "value": with_value(properties.get("value"), path, value)}
    if key.isdigit():
        items = list(properties) if isinstance(properties, list) else []
        items += [None] * (int(key) + 1 - len(items))
        items[int(key)] = with_value(items[int(key)], rest, value) if rest else value
        return items
    found = dict(properties) if isinstance(properties, Mapping) else {}
    found[key] = with_value(found.get(key), rest, value) if rest else value
    return found
