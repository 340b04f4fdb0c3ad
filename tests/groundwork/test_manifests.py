"""Tests of Kubernetes manifests."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from ruamel.yaml import YAML

from groundwork import manifests
from groundwork.errors import UserError
from groundwork.graph import Graph, Node, Placeholder
from tests.cluster.crds import FOLDER as CRDS
from tests.cluster.crds import MISSING
from tests.groundwork.samples import graph

FILES = {
    "cloud.google.com": "gke-computeclass.yaml",
    "gateway.networking.k8s.io": "gateway-api.yaml",
    "kueue.x-k8s.io": "kueue.yaml",
    "monitoring.googleapis.com": "prometheus-engine.yaml",
    "networking.gke.io": "gke-gateway-api.yaml gke-fqdnnetworkpolicy.yaml",
    "networking.istio.io": "istio.yaml",
    "secrets-store.csi.x-k8s.io": "secrets-store-csi-driver.yaml",
    "security.istio.io": "istio.yaml",
}
# Groups whose kinds have only metadata, and whose definitions GKE does not publish.
NAMES_ONLY = {"net.gke.io"}


def _load(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(io.StringIO(text))


@cache
def _schemas(group: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The schemas of one group's custom resources, by apiVersion and kind."""
    schemas = {}
    # The parser in C: these files are megabytes.
    texts = [(CRDS / file).read_text(encoding="utf-8") for file in FILES[group].split()]
    # Go accepts a flag anywhere in a pattern, Python only at the start.
    texts = [text.replace("pattern: ^(?i)", "pattern: (?i)^") for text in texts]
    for crd in (crd for text in texts for crd in yaml.load_all(text, Loader=yaml.CSafeLoader)):
        if crd and crd["spec"]["group"] == group:
            for version in crd["spec"]["versions"]:
                key = f"{group}/{version['name']}", crd["spec"]["names"]["kind"]
                schemas[key] = version["schema"]["openAPIV3Schema"]
    return schemas


def _closed(schema: Any) -> Any:
    """The schema with unknown keys refused, as by a strict API server."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # A schema below these extends the surrounding one, which has the other keys.
    closed = {
        key: value if key in ("allOf", "anyOf", "not", "oneOf") else _closed(value) for key, value in schema.items()
    }
    properties = closed.get("properties")
    is_open = closed.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in closed
    if isinstance(properties, dict) and "metadata" not in properties and not is_open:
        closed["additionalProperties"] = False
    return closed


def _validate(manifest: dict[str, Any]) -> None:
    group = manifest["apiVersion"].partition("/")[0]
    if group in NAMES_ONLY:
        assert set(manifest) == {"apiVersion", "kind", "metadata"}
    elif group in FILES:
        schema = _schemas(group)[manifest["apiVersion"], manifest["kind"]]
        # Keys of every object, which some definitions leave out.
        common: dict[str, Any] = {"apiVersion": {}, "kind": {}, "metadata": {}}
        jsonschema.validate(manifest, _closed({**schema, "properties": {**common, **schema["properties"]}}))
    else:
        kubernetes_validate.validate(manifest, "1.34", strict=True)


def test_built_in_objects_are_valid(graphs: dict[str, Graph]) -> None:
    """Every object of every stack satisfies the schema of its kind, unknown keys refused."""
    objects = [rendered.manifest for stack in graphs.values() for rendered in manifests.objects(stack)]
    builtin = [manifest for manifest in objects if manifest["apiVersion"].partition("/")[0] not in FILES]

    assert builtin
    for manifest in builtin:
        _validate(dict(manifest))


def test_custom_objects_are_valid(graphs: dict[str, Graph]) -> None:
    """Custom resources satisfy the schemas of their operators."""
    if not CRDS.is_dir():
        pytest.skip(MISSING)
    objects = [rendered.manifest for stack in graphs.values() for rendered in manifests.objects(stack)]
    custom = [manifest for manifest in objects if manifest["apiVersion"].partition("/")[0] in FILES]

    assert custom
    for manifest in custom:
        _validate(dict(manifest))
        if "spec" in manifest:  # schemas allow unknown keys outside of `spec`, which a few kinds do not have
            with pytest.raises(jsonschema.ValidationError):
                _validate(_misspelled(manifest))


def _misspelled(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The object with an unknown key."""
    return {**manifest, "spec": {**manifest["spec"], "speck": 1}}


def test_validation_refuses_invalid_objects() -> None:
    """Guards the tests above: a misspelled key and a wrong type are errors."""
    good = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}

    _validate(good)
    wrong: tuple[dict[str, Any], ...] = (
        {"metadata": {"name": "a", "lables": {}}},
        {"metadata": {"name": 1}},
        {"spec": []},
    )
    for bad in wrong:
        with pytest.raises(kubernetes_validate.ValidationError):
            _validate({**good, **bad})


def test_every_custom_resource_has_a_schema(graphs: dict[str, Graph]) -> None:
    """The table of this test has every group of custom resources that a stack declares."""
    builtin = {"v1", "apps", "batch", "rbac.authorization.k8s.io", "networking.k8s.io", "storage.k8s.io"}
    groups = {
        rendered.manifest["apiVersion"].partition("/")[0]
        for stack in graphs.values()
        for rendered in manifests.objects(stack)
    }

    assert groups - builtin - {"admissionregistration.k8s.io"} - NAMES_ONLY == set(FILES)


def test_each_run_writes_the_same_bytes(graphs: dict[str, Graph], tmp_path: Path) -> None:
    """Two runs write the same files, and a run removes files that only the run before wrote."""
    found = manifests.objects(graphs["dev"])
    manifests.write(found, tmp_path / "out")
    first = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    manifests.write(found[1:], tmp_path / "out")

    assert not (tmp_path / "out" / found[0].path).exists()

    manifests.write(found, tmp_path / "out")

    assert first == {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_every_object_has_a_separate_file(graphs: dict[str, Graph]) -> None:
    """No two objects share a file, and the file parses to its object."""
    for stack in graphs.values():
        found = manifests.objects(stack)

        assert len(found) == len({rendered.path for rendered in found})
        assert all(_load(rendered.text()) == rendered.manifest for rendered in found)


def test_write_refuses_a_folder_with_other_files(tmp_path: Path) -> None:
    """Files that the tool did not write are not removed."""
    (tmp_path / "thesis.txt").write_text("ten years", encoding="utf-8")

    with pytest.raises(UserError, match="holds files that were not written by render"):
        manifests.write([], tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def _object(urn: str, api_version: str, kind: str) -> Node:
    inputs = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "one", "namespace": "vision"}}
    return Node(urn, f"kubernetes:{api_version}:{kind}", urn, inputs)


def test_kinds_of_the_same_name_have_different_files() -> None:
    """Two groups may have a kind of the same name; an object is the same in two versions of a group."""
    istio = _object("urn:a", "networking.istio.io/v1", "Gateway")
    kubernetes = _object("urn:b", "gateway.networking.k8s.io/v1", "Gateway")
    older = _object("urn:c", "networking.istio.io/v1beta1", "Gateway")

    assert [rendered.path for rendered in manifests.objects(graph(istio, kubernetes))] == [
        "cluster/vision/gateway.gateway.networking.k8s.io-one.yaml",
        "cluster/vision/gateway.networking.istio.io-one.yaml",
    ]
    with pytest.raises(
        UserError, match=r"urn:c: declares the same object as urn:a: .*gateway\.networking\.istio\.io-one\.yaml"
    ):
        manifests.objects(graph(istio, older))


def test_secret_and_unknown_values_are_not_shown() -> None:
    """A secret field is left out, an unknown value is its placeholder, and an unknown name is an error."""
    inputs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": Placeholder.SECRET}
    secret = Node("urn:s", "kubernetes:core/v1:Secret", "s", inputs)
    config = Node(
        "urn:c",
        "kubernetes:core/v1:ConfigMap",
        "c",
        {**inputs, "kind": "ConfigMap", "data": {"a": Placeholder.UNKNOWN}},
    )
    text = {rendered.urn: rendered.text() for rendered in manifests.objects(graph(secret, config))}

    assert "stringData" not in text["urn:s"]
    assert "a: '[unknown]'" in text["urn:c"]

    nameless = Node("urn:n", "kubernetes:core/v1:Secret", "n", {**inputs, "metadata": {"name": Placeholder.UNKNOWN}})
    with pytest.raises(UserError, match=r"metadata\.name: is unknown until `pulumi up`"):
        manifests.objects(graph(nameless))
