"""The JSON Schema of settings files, for editors."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import hypothesis
import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from stacks.settings import Local, Settings, Tenancy, read_any
from stacks.settings.__main__ import main
from stacks.settings.core.problems import PREFIX
from stacks.settings.schema import schema, text
from tests.conftest import ROOT
from tests.settings.examples import LEAVES, SCALARS, WORDS
from tests.settings.samples import POOL, SECOND, STACKS, SUBNET, TEAM, dev, problems_of, put

SCHEMA: Final = schema()
VALIDATOR: Final = Draft202012Validator(SCHEMA)
LOCAL_SCHEMA: Final = schema(Local)
FILES: Final = {"settings.schema.json": Settings, "settings.local.schema.json": Local}


@pytest.mark.parametrize(("name", "model"), FILES.items(), ids=FILES)
def test_schema_file_is_current(name: str, model: type[Tenancy]) -> None:
    """Editors use the schema of the current model."""
    current = (ROOT / name).read_text(encoding="utf-8")

    assert text(model) == current, f"{name} is out of date; renew it with: make schema"


def test_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """``make schema`` writes the output of this command."""
    assert main(["schema"]) == 0
    assert text() == capsys.readouterr().out
    assert main(["schema", "--local"]) == 0
    assert text(Local) == capsys.readouterr().out


@pytest.mark.parametrize("found", [SCHEMA, LOCAL_SCHEMA], ids=["cloud", "local"])
def test_schema_is_valid(found: dict[str, Any]) -> None:
    """The schema conforms to the draft that it names."""
    Draft202012Validator.check_schema(found)

    assert Draft202012Validator.META_SCHEMA["$id"] == found["$schema"]


@pytest.mark.parametrize("stack", STACKS)
def test_schema_accepts_each_stack(stack: str) -> None:
    """Each file names its schema in its first line and conforms to it."""
    source = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    named = source.splitlines()[0].partition("$schema=")[2]
    validator = Draft202012Validator(json.loads((ROOT / named).read_text(encoding="utf-8")))

    assert FILES[named] is type(read_any(ROOT / f"Pulumi.{stack}.yaml"))
    assert not [error.message for error in validator.iter_errors(YAML(typ="safe", pure=True).load(source))]


@pytest.mark.parametrize(
    "path",
    [
        "enviroment",
        "projects.hosts",
        "network.subnets.gke-europe-west4.cird",
        "groups.vision.roles",
        "clusters.main.system_pool.disk_size",
        "gpu_pools.l4.zone",
        "buckets.models.locaton",
        "mounts.vision-raw.readonly",
    ],
)
def test_schema_refuses_a_misspelt_key(path: str) -> None:
    """An editor marks it at every depth."""
    errors = list(VALIDATOR.iter_errors({"config": put(dev(), path, "x")}))

    assert [error.validator for error in errors] == ["additionalProperties"]
    assert repr(f"{PREFIX}{path}" if "." not in path else path.rpartition(".")[2]) in errors[0].message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("teams.Vision", TEAM),
        ("groups.every one", {"email": "ml@brightwater.example"}),
        ("clusters.main_2", SECOND),
        ("gpu_pools.L4", POOL),
        ("buckets.models.groups.9x", "read"),
        ("buckets.models.workloads", {"Vision": "read"}),
        ("teams.vision.quota.gpus.L4", 1),
        (f"{SUBNET}.secondary.Pods", "10.80.0.0/20"),
        (f"mounts.{'k' * 41}", {"team": "vision", "bucket": "models"}),
    ],
)
def test_schema_refuses_an_invalid_key(path: str, value: object) -> None:
    """Maps accept keys of one form, and an editor marks all others."""
    errors = list(VALIDATOR.iter_errors({"config": put(dev(), path, value)}))

    assert [error.validator for error in errors] == ["additionalProperties"]


def test_schema_refuses_duplicates() -> None:
    """An editor marks a list with duplicates."""
    config = put(dev(), "teams.vision.clusters", ["main", "main"])

    assert [error.validator for error in VALIDATOR.iter_errors({"config": config})] == ["uniqueItems"]


# The same examples in every run, so that failures are reproducible.
@hypothesis.settings(deadline=None, max_examples=300, derandomize=True)
@hypothesis.given(changes=st.lists(st.tuples(st.sampled_from(LEAVES), SCALARS | WORDS), min_size=1, max_size=3))
def test_schema_accepts_what_the_model_accepts(changes: list[tuple[str, object]]) -> None:
    """The schema may be more lenient than the model but never stricter."""
    config = dev()
    for path, value in changes:
        put(config, path, value)

    assert problems_of(config) or not [error.message for error in VALIDATOR.iter_errors({"config": config})]


def _objects(part: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every place in a schema that declares properties, by name or by pattern."""
    if isinstance(part, Mapping):
        if isinstance(part.get("properties"), Mapping) or isinstance(part.get("patternProperties"), Mapping):
            yield path, part
        for key, item in part.items():
            yield from _objects(item, f"{path}/{key}")
    elif isinstance(part, list):
        for index, item in enumerate(part):
            yield from _objects(item, f"{path}/{index}")


def _open(root: Mapping[str, Any]) -> list[str]:
    """The places that accept undeclared keys, except for the top level, which Pulumi uses."""
    return [path for path, found in _objects(root, "") if path and found.get("additionalProperties") is not False]


def _typed(part: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Whether a schema has a type, itself or through a reference."""
    if "$ref" in part:
        return _typed(root["$defs"][part["$ref"].rpartition("/")[2]], root)
    if "anyOf" in part:
        return all(_typed(choice, root) for choice in part["anyOf"])
    if part.get("type") == "array":
        return _typed(part["items"], root)
    if part.get("type") == "object" and "properties" not in part:
        return all(_typed(value, root) for value in part["patternProperties"].values())
    return "type" in part


def _untyped(root: Mapping[str, Any]) -> list[str]:
    places = [*_objects({"$defs": root["$defs"]}, ""), ("/config", root["properties"]["config"])]
    return [
        f"{path}/{name}"
        for path, found in places
        for name, declared in found.get("properties", {}).items()
        if not _typed(declared, root)
    ]


def test_schema_refuses_unknown_keys_everywhere() -> None:
    """Every section is closed."""
    assert not _open(SCHEMA)
    assert not _open(LOCAL_SCHEMA)


def test_schema_has_a_type_for_every_property() -> None:
    """Editors can complete every key, also in lists and maps."""
    assert not _untyped(SCHEMA)
    assert not _untyped(LOCAL_SCHEMA)


def test_open_and_untyped_places_are_found() -> None:
    """The helpers of the two tests above find an open section, and an untyped property at any depth."""
    changed = copy.deepcopy(SCHEMA)
    del changed["$defs"]["Team"]["additionalProperties"]
    del changed["$defs"]["Quota"]["properties"]["gpus"]["additionalProperties"]
    del changed["$defs"]["Team"]["properties"]["clusters"]["items"]["type"]
    del changed["$defs"]["Bucket"]["properties"]["team"]["anyOf"][0]["type"]
    del changed["properties"]["config"]["properties"]["groundwork:region"]["type"]

    assert sorted(_open(changed)) == ["/$defs/Quota/properties/gpus", "/$defs/Team"]
    assert _untyped(changed) == ["/$defs/Bucket/team", "/$defs/Team/clusters", "/config/groundwork:region"]
