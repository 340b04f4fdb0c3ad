"""Tests of the table: generating it, and its contents."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from groundwork.diff.replacements import equality, refresh, rules, table

KIND = "gcp:sample/thing:Thing"
SCHEMA = {
    "name": "gcp",
    "version": "1.2.3",
    "resources": {
        KIND: {
            "inputProperties": {
                "name": {"type": "string", "willReplaceOnChanges": True},
                "network": {"type": "string", "willReplaceOnChanges": True},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "policies": {"type": "array", "items": {"$ref": "#/types/gcp:sample/P:P"}},
                "scopes": {"type": "array", "items": {"type": "string"}, "willReplaceOnChanges": True},
                "shared": {"type": "string", "willReplaceOnChanges": True},
            }
        }
    },
    "types": {
        "gcp:sample/P:P": {
            "properties": {
                "again": {"$ref": "#/types/gcp:sample/P:P"},
                "mode": {"type": "string", "willReplaceOnChanges": True},
            }
        }
    },
}
TEXT, LIST, SET = 4, 5, 7
ORIGIN: dict[str, Any] = {
    "effective_labels": {"type": 6, "computed": True, "forceNew": True},
    "name": {"type": TEXT, "optional": True, "computed": True, "forceNew": True},
    "network": {"type": TEXT, "optional": True, "computed": True, "forceNew": True},
    "policy": {
        "type": LIST,
        "element": {"resource": {"mode": {"type": TEXT, "optional": True, "forceNew": True}}},
    },
    "scopes": {"type": SET, "optional": True, "forceNew": True, "element": {"schema": {"type": TEXT}}},
    "shared": {"type": TEXT, "optional": True},
}
MAPPING = {
    "resources": {"google_thing": {"tok": KIND, "fields": {"name": {"name": "name", "default": {"autonamed": True}}}}},
    "provider": {"resources": {"google_thing": ORIGIN}},
}


class _Plugin:
    """A plugin with one type and one default."""

    def schema(self) -> dict[str, Any]:
        return SCHEMA

    def mapping(self) -> dict[str, Any]:
        return MAPPING

    def check(self, urn: str, inputs: dict[str, Any]) -> dict[str, Any]:
        assert KIND in urn
        assert inputs == {"policies": [{}]}
        return {"name": "made-up", "__defaults": ["name"], "policies": [{"mode": "SOFT", "__defaults": ["mode"]}]}


def test_table_is_generated_from_a_plugin() -> None:
    """Marks are patterns; a mark of the mapping wins over one that two resources share."""
    made = refresh.table(_Plugin(), ["gcp:sample/*"], date(2026, 11, 21))  # type: ignore[arg-type]  # a stand-in

    assert made["plugin"] == "gcp 1.2.3"
    assert made["types"] == {
        KIND: {
            "replaces": ["labels.*", "name", "network", "policies[*].mode", "scopes[*]"],
            "computed": ["network"],
            "sets": ["scopes"],
            "autonamed": ["name"],
            "defaults": {"policies[*].mode": "SOFT"},
        }
    }


def test_pattern_without_a_type_is_an_error() -> None:
    """A renamed type is not dropped from the table silently."""
    with pytest.raises(LookupError, match="gcp:missing"):
        refresh.table(_Plugin(), ["gcp:missing/*"], date(2026, 11, 21))  # type: ignore[arg-type]  # a stand-in


def test_file_has_the_form_of_the_generator() -> None:
    """The table is not edited by hand: one line for each type, sorted, with date and source."""
    document = table.document()

    assert table.FILE.read_text(encoding="utf-8") == refresh.text(document)
    assert [*document["types"]] == sorted(document["types"])
    assert date.fromisoformat(document["date"]) <= date.today()  # noqa: DTZ011 - a day is enough
    assert json.loads(refresh.text(document)) == document


def test_rules_are_of_types_in_the_table() -> None:
    """A rule of another type would never be used."""
    covered = {*table.document()["types"], *table.by_hand()["types"]}
    written = {
        *rules.REPLACING,
        *rules.CONDITIONS,
        *rules.UNKNOWN,
        *equality.RELATIONS,
        *table.by_hand()["deletes_first"],
    }

    assert {kind for kind in written if not kind.startswith(table.KUBERNETES)} - covered == set()
