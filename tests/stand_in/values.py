"""Properties in the form of the engine: conversion from and to protocol structs, paths, and unknown values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2

from groundwork.wire import OUTPUT, SECRET, SIGNATURE, UNKNOWN_STRING, UNKNOWNS

Properties = dict[str, Any]


def read(struct: struct_pb2.Struct) -> Properties:
    """A struct as a map; secrets stay wrapped and unknown values stay sentinels."""
    properties: Properties = json_format.MessageToDict(struct)
    return properties


def write(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The inverse of `read`."""
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def bare(value: Any) -> Any:
    """A value unwrapped from secrets and outputs; an output without a value is the unknown sentinel."""
    while isinstance(value, Mapping) and value.get(SIGNATURE) in (SECRET, OUTPUT):
        value = value.get("value", UNKNOWN_STRING)
    return value


def is_unknown(value: Any) -> bool:
    """Whether a value is unknown."""
    inside = bare(value)
    return isinstance(inside, str) and inside in UNKNOWNS


def at(properties: Any, path: str) -> Any:
    """The unwrapped value at a dotted path; None where it is absent."""
    for key in path.split("."):
        inside = bare(properties)
        properties = inside.get(key) if isinstance(inside, Mapping) else None
    return bare(properties)


def with_value(properties: Any, path: str, value: Any) -> Any:
    """A copy with `value` at a dotted path; unknown and secret parts on the way stay unknown and secret.

    A number in the path is an index of a list, which is extended with None as needed.
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
    copy = dict(properties) if isinstance(properties, Mapping) else {}
    copy[key] = with_value(copy.get(key), rest, value) if rest else value
    return copy
