"""Decode and encode values as Pulumi's engine writes them in requests, previews and state files.

Source of the signatures: ``sdk/python/lib/pulumi/runtime/rpc.py`` of pulumi/pulumi; they are part of its protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from groundwork.graph import Placeholder, Value

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"

# The sentinels of unknown values, by type: boolean, number, string, array, asset, archive, object.
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        UNKNOWN_STRING,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)

# The key under which providers list the inputs that they filled in.
DEFAULTS: Final = "__defaults"


def decode(value: Any) -> Value:
    """The value as it is shown: placeholders for secrets and unknowns, hash or path of assets, no provider defaults.

    Numbers without a fraction become integers, since the protocol has one type of number.
    """
    if isinstance(value, str):
        return Placeholder.UNKNOWN if value in UNKNOWNS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return _decode_map(value)
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


def _decode_map(value: Mapping[str, Any]) -> Value:
    match value.get(SIGNATURE):
        case None:
            defaults = value.get(DEFAULTS, ())
            return {
                key: decode(item) for key, item in value.items() if key not in defaults and not key.startswith("__")
            }
        case kind if kind == SECRET:
            return Placeholder.SECRET
        case kind if kind == OUTPUT:
            if value.get("secret"):
                return Placeholder.SECRET
            return decode(value["value"]) if "value" in value else Placeholder.UNKNOWN
        case kind if kind == RESOURCE:
            return value.get("urn", Placeholder.UNKNOWN)
        case kind if kind in (ASSET, ARCHIVE):
            what = "asset" if kind == ASSET else "archive"
            return f"[{what} {value.get('hash') or value.get('path') or value.get('uri') or 'in memory'}]"
        case kind:
            return f"[value of kind {kind}]"


def encode(value: Value) -> Any:
    """A shown value as the engine would write it: unknown values become a sentinel, secrets stay masked."""
    if value is Placeholder.UNKNOWN:
        return UNKNOWN_STRING
    if isinstance(value, Placeholder):
        return value.value
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value
