"""Generate the table of replacements from the schema of an installed plugin."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from groundwork.diff.replacements.plugin import Plugin
from groundwork.wire import DEFAULTS

SOURCE: Final = (
    "willReplaceOnChanges in the schema of the gcp package, corrected by forceNew in its mapping to Terraform; "
    "computed, set and autonamed in that mapping; defaults as its Check fills them in"
)

Schema = Mapping[str, Any]

# Number of the set type in the mapping: `ValueType` in pkg/tfshim/shim.go of pulumi/pulumi-terraform-bridge.
_SET: Final = 7


def table(plugin: Plugin, covers: list[str], day: date) -> dict[str, Any]:
    """The table as a document. `covers` are patterns of types, each of which has to match a type."""
    schema, mapping = plugin.schema(), plugin.mapping()
    origins = {resource["tok"]: origin for origin, resource in mapping["resources"].items()}
    kinds = sorted({kind for pattern in covers for kind in _covered(schema, pattern)})
    return {
        "source": SOURCE,
        "date": day.isoformat(),
        "plugin": f"{schema['name']} {schema['version']}",
        "covers": covers,
        "types": {kind: _entry(plugin, schema, kind, mapping, origins[kind]) for kind in kinds if kind in origins},
    }


def text(document: Mapping[str, Any]) -> str:
    """The document as JSON with one type per line, so that a diff shows the types that changed."""
    head = {key: value for key, value in document.items() if key != "types"}
    rows = ",\n".join(f"  {json.dumps(kind)}: {json.dumps(entry)}" for kind, entry in document["types"].items())
    return json.dumps(head, indent=1).removesuffix("\n}") + f',\n "types": {{\n{rows}\n }}\n}}\n'


def _covered(schema: Schema, pattern: str) -> list[str]:
    kinds = fnmatch.filter(schema["resources"], pattern)
    if not kinds:
        raise LookupError(f"{pattern}: the plugin has no such type")
    return kinds


def _entry(plugin: Plugin, schema: Schema, kind: str, mapping: Schema, origin: str) -> dict[str, Any]:
    """The table's entry of one type, without empty lists."""
    resource = schema["resources"][kind]
    fields: Mapping[str, Any] = mapping["resources"][origin].get("fields") or {}
    origins = {
        fields.get(key, {}).get("name", key): attribute
        for key, attribute in mapping["provider"]["resources"].get(origin, {}).items()
    }
    marks = [*_marks(schema["types"], resource["inputProperties"], origins, "")]
    # `labels` is written to an output that includes the provider's labels, and only that one is marked.
    labels = ["labels.*"] if origins.get("effective_labels", {}).get("forceNew") else []
    replaces = sorted({path for path, mark in marks if mark == "replaces"} | {*labels})
    generated = [
        field.get("name", key) for key, field in fields.items() if (field.get("default") or {}).get("autonamed")
    ]
    autonamed = [_property(name, resource["inputProperties"]) or name for name in generated]
    computed = sorted(
        path for path, mark in marks if mark == "computed" and _concerns(path, replaces) and path not in autonamed
    )
    checked = plugin.check(
        f"urn:pulumi:dev::groundwork::{kind}::any", _empty_blocks(schema["types"], resource["inputProperties"])
    )
    entry = {
        "replaces": replaces,
        "computed": computed,
        "sets": sorted(path for path, mark in marks if mark == "set"),
        "autonamed": autonamed,
        "defaults": {
            path: value
            for path, value in _defaults(checked, "")
            if path in replaces and path not in (*computed, *autonamed)
        },
    }
    return {key: value for key, value in entry.items() if value or key == "replaces"}


def _empty_blocks(types: Schema, properties: Schema, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every block that these properties may have, empty."""
    blocks: dict[str, Any] = {}
    for name, declared in properties.items():
        reference = declared.get("items", declared).get("$ref", "").removeprefix("#/types/")
        if "properties" in types.get(reference, {}) and reference not in seen:
            block = _empty_blocks(types, types[reference]["properties"], (*seen, reference))
            blocks[name] = [block] if declared.get("type") == "array" else block
    return blocks


def _defaults(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Each value that the provider filled in, with its path."""
    for name, value in sorted(values.items()):
        path = f"{prefix}{name}"
        if name in values.get(DEFAULTS, ()):
            yield path, int(value) if isinstance(value, float) else value
        elif isinstance(value, dict):
            yield from _defaults(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _defaults(value[0], f"{path}[*].")


def _concerns(path: str, replaces: list[str]) -> bool:
    """Whether a path or a part of it is in `replaces`."""
    return any(pattern == path or pattern.startswith((f"{path}.", f"{path}[")) for pattern in replaces)


def _marks(types: Schema, properties: Schema, origins: Schema, prefix: str) -> Iterator[tuple[str, str]]:
    """Each marked path below these properties with its mark: ``replaces``, ``computed`` or ``set``."""
    origin_of = {name: origin for key, origin in origins.items() if (name := _property(key, properties))}
    for name, declared in sorted(properties.items()):
        path, origin = f"{prefix}{name}", origin_of.get(name, {})
        # Two resources can share a type of the schema, which then has the marks of both; the mapping is exact.
        if origin.get("forceNew") if origin else declared.get("willReplaceOnChanges"):
            yield f"{path}{_suffix(declared)}", "replaces"
        if origin.get("optional") and origin.get("computed"):
            yield path, "computed"
        if origin.get("type") == _SET and declared.get("type") == "array":
            yield path, "set"
        inner = declared.get("items", declared)
        reference = inner.get("$ref", "").removeprefix("#/types/")
        if "properties" in types.get(reference, {}) and "resource" in origin.get("element", {}):
            nested = f"{path}[*]." if declared.get("type") == "array" else f"{path}."
            yield from _marks(types, types[reference]["properties"], origin["element"]["resource"], nested)


def _suffix(declared: Schema) -> str:
    """The suffix of a pattern: a mark covers the elements of a list or map, and not the properties of an object."""
    if declared.get("type") == "array":
        return "[*]"
    return ".*" if "additionalProperties" in declared else ""


def _property(origin: str, properties: Schema) -> str | None:
    """The property of a Terraform attribute: its name in camel case, and in the plural where it is a list."""
    name = re.sub(r"_(\w)", lambda match: match.group(1).upper(), origin)
    plurals = (name, f"{name}s", f"{name}es", f"{name[:-1]}ies")
    return next((plural for plural in plurals if plural in properties), None)
