"""Tests of reading state exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundwork import wire
from groundwork.engines import exports
from groundwork.errors import UserError
from groundwork.graph import Graph, Placeholder
from tests.groundwork.samples import node


def _export(resources: list[dict[str, Any]]) -> str:
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": resources}})


def _resource(**rest: Any) -> dict[str, Any]:
    sample = node("a")
    return {"urn": sample.urn, "type": sample.type, "custom": True, "id": "a-1", **rest}


def _read(folder: Path, text: str) -> Graph:
    file = folder / "export.json"
    file.write_text(text, encoding="utf-8")
    return exports.read(file, "dev")


def test_resources_become_nodes(tmp_path: Path) -> None:
    """Inputs, dependencies, provider and protection are those of the state; outputs are left out."""
    secret = {wire.SIGNATURE: wire.SECRET, "ciphertext": "v1:abc"}
    text = _export(
        [
            _resource(
                inputs={"__defaults": ["name"], "name": "made-up", "location": "EU", "key": secret},
                outputs={"url": "gs://a"},
                dependencies=["urn:b"],
                propertyDependencies={"location": ["urn:b"], "key": None},
                provider="urn:pulumi:dev::sample::pulumi:providers:gcp::g::3f1a",
                protect=True,
            )
        ]
    )

    found = next(iter(_read(tmp_path, text)))

    assert found.inputs == {"location": "EU", "key": Placeholder.SECRET}
    assert found.dependencies == ("urn:b",)
    assert found.property_dependencies == {"location": ("urn:b",)}
    assert found.provider == "urn:pulumi:dev::sample::pulumi:providers:gcp::g"
    assert found.protect


def test_resources_pending_deletion_are_left_out(tmp_path: Path) -> None:
    """A resource that the engine still has to delete is not part of the stack."""
    for option in ("delete", "pendingReplacement"):
        assert len(_read(tmp_path, _export([_resource(**{option: True})]))) == 0


def test_export_of_a_new_stack_is_empty(tmp_path: Path) -> None:
    """A stack without an update has no resources, which is not an error."""
    assert len(_read(tmp_path, json.dumps({"version": 3, "deployment": {"manifest": {}}}))) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_export([_resource()])[:-20], "not a complete JSON document"),
        ("", "not a complete JSON document"),
        ("[]", "deployment: is missing"),
        ('{"version": 3}', "deployment: is missing"),
        (_export([{"type": "without:a:Urn"}]), "an entry is not a resource"),
        (_export([{"urn": "short", "type": "a"}]), "an entry is not a resource"),
        (_export([_resource(inputs=[1])]), "an entry is not a resource"),
        (_export([_resource(urn=node("a").urn.replace(":dev:", ":prod:"))]), "of stack 'prod', not of 'dev'"),
    ],
)
def test_invalid_export_is_a_user_error(tmp_path: Path, text: str, message: str) -> None:
    """The message starts with the file."""
    with pytest.raises(UserError, match=message) as caught:
        _read(tmp_path, text)

    assert caught.value.message.startswith(str(tmp_path / "export.json"))


def test_truncated_export_is_an_error(tmp_path: Path) -> None:
    """A file truncated at any byte is not read as a smaller stack."""
    complete = _export([_resource(inputs={"location": "EU"})])
    for length in range(len(complete)):
        with pytest.raises(UserError):
            _read(tmp_path, complete[:length])
