"""A real API server accepts the objects of charts and folders, and the objects of the stacks with their definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundwork import manifests
from groundwork.graph import Graph
from tests.charts import sources
from tests.charts.conftest import RenderedOf
from tests.charts.rendering import Manifest
from tests.charts.workloads import Template, templates
from tests.cluster.client import Client
from tests.cluster.layout import namespace, namespace_of, wait_for
from tests.cluster.plugin import Tally
from tests.cluster.pods import ENFORCE, LEVELS
from tests.parts.catalog import PARTS

KEYS = [*sources.charts(), *sources.manifests()]
# The strictest level that admits the pods of a chart or folder; `restricted` for all others.
LEVEL = {
    "istio-cni": ("privileged", "it changes the network of the node"),
    "trainer-runtimes": (
        "baseline",
        "namespaces of teams need other runtimes; these are for namespaces without a level",
    ),
}
FIRST = ("CustomResourceDefinition", "Namespace", "ServiceAccount")
WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService")


@pytest.fixture(scope="module")
def server(admin_kubeconfig: Path, rendered_of: RenderedOf) -> Iterator[Client]:
    """An API server with the definitions of all charts and folders that can be rendered."""
    with closing(Client.of(admin_kubeconfig)) as client:
        for level in LEVELS:
            assert client.create(namespace(level, **{ENFORCE: level})).fine
        for key in KEYS:
            for one in _rendered(key, rendered_of):
                if one["kind"] == "CustomResourceDefinition":
                    _apply(client, _without_conversion(one))
        yield client


def _rendered(key: str, rendered_of: RenderedOf) -> list[Manifest]:
    """The objects, or none where the source is not available: the test of that key skips with the reason."""
    try:
        return rendered_of(key)[0][1]
    except pytest.skip.Exception:
        return []


@pytest.mark.parametrize("key", KEYS)
def test_server_accepts_every_object(key: str, server: Client, rendered_of: RenderedOf, tally: Tally) -> None:
    """Unknown fields and values that a definition refuses would fail the release."""
    objects = sorted(
        rendered_of(key)[0][1], key=lambda one: FIRST.index(one["kind"]) if one["kind"] in FIRST else len(FIRST)
    )
    for name in sorted({namespace_of(one) or "default" for one in objects}):
        server.create(namespace(name))
    refused = []
    for one in objects:
        if one["kind"] in ("CustomResourceDefinition", *WEBHOOKS) or "helm.sh/hook" in (
            one["metadata"].get("annotations") or {}
        ):
            continue  # definitions are applied already; a webhook without its controller would refuse other objects
        wait_for(f"{one['kind']} is served", partial(_unserved, server, one))
        answer = _apply(server, one)
        if answer is not None:
            refused.append(f"{one['kind']} {one['metadata']['name']}: {answer}")
    tally("objects of charts and folders applied", len(objects))

    assert refused == []


@pytest.mark.parametrize("key", KEYS)
def test_pods_pass_their_level(key: str, server: Client, rendered_of: RenderedOf, tally: Tally) -> None:
    """Pods of operators pass `restricted`, other than where a reason is given."""
    expected, _ = LEVEL.get(key, ("restricted", ""))
    levels = Counter(
        (template.owner, _level(server, template))
        for template in templates(rendered_of(key)[0][1])
        if template.spec.get("containers")
    )
    tally("pods of charts and folders checked by admission", sum(levels.values()))

    too_low = [f"{owner}: {level}" for owner, level in levels if LEVELS.index(level) < LEVELS.index(expected)]
    assert too_low == [], f"{key} should pass {expected}"


@pytest.mark.parametrize("stack", ["dev", "dr", "local", "prod"])
def test_definitions_of_the_charts_accept_the_objects_of_a_stack(
    stack: str, server: Client, graphs: dict[str, Graph], tally: Tally
) -> None:
    """Custom resources of Kueue and Istio are valid for exactly the versions that are installed."""
    declared = [one.manifest for one in manifests.objects(graphs[stack])]
    custom = [one for one in declared if _group(one) in ("kueue.x-k8s.io", "networking.istio.io", "security.istio.io")]
    assert custom
    for name in sorted({namespace_of(one) or "default" for one in custom}):
        server.create(namespace(name))
    refused = []
    for one in custom:
        text = yaml.safe_dump(dict(one))
        query = {"fieldManager": "tests", "fieldValidation": "Strict", "force": "true", "dryRun": "All"}
        answer = server.request("PATCH", server.path(one), text, "application/apply-patch+yaml", **query)
        if not answer.fine:
            refused.append(f"{one['kind']} {one['metadata']['name']}: {answer.message}")
    tally("custom resources of stacks checked by the definitions of charts", len(custom))

    assert refused == []


def test_server_has_the_version_of_the_catalog(server: Client) -> None:
    """The rendered charts are for the version of the server."""
    assert server.request("GET", "/version").body["gitVersion"] == PARTS["kube-apiserver"].version()


def _unserved(client: Client, one: Manifest) -> bool:
    return client.kind(one["apiVersion"], one["kind"]) is None


def _group(one: Mapping[str, Any]) -> str:
    return str(one["apiVersion"]).partition("/")[0]


def _without_conversion(one: Manifest) -> dict[str, Any]:
    """A definition without its conversion webhook, whose controller does not run here."""
    return {**one, "spec": {**one["spec"], "conversion": {"strategy": "None"}}}


def _apply(client: Client, one: Manifest) -> str | None:
    """Apply an object; the error message, or None."""
    answer = client.apply(one, yaml.safe_dump(dict(one)))
    return None if answer.fine else answer.message


def _level(client: Client, template: Template) -> str:
    """The strictest level that admits a pod."""
    left_out = ("serviceAccountName", "serviceAccount", "priorityClassName", "initContainers", "containers")
    spec = {key: value for key, value in template.spec.items() if key not in left_out}
    for kind in ("initContainers", "containers"):
        spec[kind] = [
            {"image": "example.test/x:1", **{key: value for key, value in one.items() if key != "volumeMounts"}}
            for one in template.spec.get(kind) or []
        ]
    for level in reversed(LEVELS):
        metadata = {"name": "pod", "namespace": level, "labels": template.metadata.get("labels") or {}}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
        answer = client.request("POST", f"/api/v1/namespaces/{level}/pods", pod, dryRun="All")
        if answer.fine:
            return level
        assert "PodSecurity" in answer.message, f"{template.owner}: {answer.message}"
    raise AssertionError(template.owner)
