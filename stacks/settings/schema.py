"""The JSON Schema of a settings file, generated from the model so that editors and the program agree."""

from __future__ import annotations

import json
from typing import Any

from stacks.settings.core.problems import PREFIX
from stacks.settings.model.cloud import Settings
from stacks.settings.model.tenancy import Tenancy


def schema(kind: type[Tenancy] = Settings) -> dict[str, Any]:
    """The schema (draft 2020-12) of a ``Pulumi.<stack>.yaml`` of one kind of stacks."""
    model = _closed(kind.model_json_schema())
    definitions = model.pop("$defs")
    sections = {f"{PREFIX}{name}": section for name, section in model["properties"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Groundwork settings",
        "description": model["description"],
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "properties": sections,
                "required": [f"{PREFIX}{name}" for name in model["required"]],
                "patternProperties": {"^pulumi:": {}},
                "additionalProperties": False,
            },
            "secretsprovider": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "encryptionsalt": {"type": "string"},
        },
        "additionalProperties": True,
        "$defs": definitions,
    }


def _closed(part: Any) -> Any:
    """The schema with every map closed: pydantic describes the form of its keys and allows all others."""
    if isinstance(part, list):
        return [_closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(item) for key, item in part.items()}
    return {**closed, "additionalProperties": False} if "patternProperties" in closed else closed


def text(kind: type[Tenancy] = Settings) -> str:
    """The schema as text, as in its file in the repository."""
    return json.dumps(schema(kind), indent=2) + "\n"
