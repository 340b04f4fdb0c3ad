"""Makes the table anew from an installed plugin: what its schema says of each type that the table covers."""

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

# Numbers of the types that a mapping tells apart: `ValueType` in pkg/tfshim/shim.go of pulumi/pulumi-terraform-bridge.
_SET: Final = 7


def table(plugin: Plugin, covers: list[str], day: date) -> dict[str, Any]:
    """The whole document. `covers` are patterns of types; each has to name one at least."""
    schema, mapping = plugin.schema(), plugin.mapping()
    origins = {found["tok"]: origin for origin, found in mapping["resources"].items()}
    kinds = sorted({kind for pattern in covers for kind in _covered(schema, pattern)})
    return {
        "source": SOURCE,
        "date": day.isoformat(),
        "plugin": f"{schema['name']} {schema['version']}",
        "covers": covers,
        "types": {kind: _entry(plugin, schema, kind, mapping, origins[kind]) for kind in kinds if kind in origins},
    }


def text(document: Mapping[str, Any]) -> str:
    """The document with one type on a line, so that a review shows what changed."""
    head = {key: value for key, value in document.items() if key != "types"}
    rows = ",\n".join(f"  {json.dumps(kind)}: {json.dumps(entry)}" for kind, entry in document["types"].items())
    return json.dumps(head, indent=1).removesuffix("\n}") + f',\n "types": {{\n{rows}\n }}\n}}\n'


def _covered(schema: Schema, pattern: str) -> list[str]:
    found = fnmatch.filter(schema["resources"], pattern)
    if not found:
        raise LookupError(f"{pattern}: the plugin has no such type")
    return found


def _entry(plugin: Plugin, schema: Schema, kind: str, mapping: Schema, origin: str) -> dict[str, Any]:
    """What the table says of one type; a part that is empty is left out."""
    resource = schema["resources"][kind]
    fields: Mapping[str, Any] = mapping["resources"][origin].get("fields") or {}
    origins = {
        fields.get(key, {}).get("name", key): found
        for key, found in mapping["provider"]["resources"].get(origin, {}).items()
    }
    walked = [*_walk(schema["types"], resource["inputProperties"], origins, "")]
    # Labels are written to an output that holds those of the provider too, and there stands the mark.
    labels = ["labels.*"] if origins.get("effective_labels", {}).get("forceNew") else []
    replaces = sorted({path for path, mark in walked if mark == "replaces"} | {*labels})
    named = [field.get("name", key) for key, field in fields.items() if (field.get("default") or {}).get("autonamed")]
    names = [_find(name, resource["inputProperties"]) or name for name in named]
    kept = sorted(path for path, mark in walked if mark == "kept" and _concerns(path, replaces) and path not in names)
    filled = plugin.check(
        f"urn:pulumi:dev::groundwork::{kind}::any", _empty(schema["types"], resource["inputProperties"])
    )
    entry = {
        "replaces": replaces,
        "kept": kept,
        "sets": sorted(path for path, mark in walked if mark == "set"),
        "named": names,
        "defaults": {
            path: value for path, value in _defaults(filled, "") if path in replaces and path not in (*kept, *names)
        },
    }
    return {key: value for key, value in entry.items() if value or key == "replaces"}


def _empty(types: Schema, properties: Schema, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every block that these properties may hold, with nothing in it."""
    found: dict[str, Any] = {}
    for name, declared in properties.items():
        reference = declared.get("items", declared).get("$ref", "").removeprefix("#/types/")
        if "properties" in types.get(reference, {}) and reference not in seen:
            block = _empty(types, types[reference]["properties"], (*seen, reference))
            found[name] = [block] if declared.get("type") == "array" else block
    return found


def _defaults(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Each value that the provider filled in by itself, with its path."""
    for name, value in sorted(values.items()):
        path = f"{prefix}{name}"
        if name in values.get(DEFAULTS, ()):
            yield path, int(value) if isinstance(value, float) else value
        elif isinstance(value, dict):
            yield from _defaults(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _defaults(value[0], f"{path}[*].")


def _concerns(path: str, replaces: list[str]) -> bool:
    return any(found == path or found.startswith((f"{path}.", f"{path}[")) for found in replaces)


def _walk(types: Schema, properties: Schema, origins: Schema, prefix: str) -> Iterator[tuple[str, str]]:
    """Each path below these properties with what is true of it: ``replaces``, ``kept`` or ``set``."""
    found = {name: origin for key, origin in origins.items() if (name := _find(key, properties))}
    for name, declared in sorted(properties.items()):
        path, origin = f"{prefix}{name}", found.get(name, {})
        # Two resources can share a type of the schema, and then one of them would get the other's marks.
        if origin.get("forceNew") if origin else declared.get("willReplaceOnChanges"):
            yield f"{path}{_suffix(declared)}", "replaces"
        if origin.get("optional") and origin.get("computed"):
            yield path, "kept"
        if origin.get("type") == _SET and declared.get("type") == "array":
            yield path, "set"
        inner = declared.get("items", declared)
        reference = inner.get("$ref", "").removeprefix("#/types/")
        if "properties" in types.get(reference, {}) and "resource" in origin.get("element", {}):
            nested = f"{path}[*]." if declared.get("type") == "array" else f"{path}."
            yield from _walk(types, types[reference]["properties"], origin["element"]["resource"], nested)


def _suffix(declared: Schema) -> str:
    """An element of a list and a value of a map are parts of what is marked; a property of an object is not."""
    if declared.get("type") == "array":
        return "[*]"
    return ".*" if "additionalProperties" in declared else ""


def _find(origin: str, properties: Schema) -> str | None:
    """The property that a Terraform attribute became: in camel case, and in the plural where it is a list."""
    name = re.sub(r"_(\w)", lambda match: match.group(1).upper(), origin)
    plurals = (name, f"{name}s", f"{name}es", f"{name[:-1]}ies")
    return next((plural for plural in plurals if plural in properties), None)
