"""Apply the objects of a stack to a cluster, as `groundwork render` writes them, and delete them again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from groundwork import manifests
from groundwork.graph import Graph
from groundwork.manifests import Rendered
from tests.cluster.client import Answer, Client

# Every cluster of every sample stack, as the first two parts of `groundwork render --out <stack>`.
PLACES: Final = ("dev/main", "dr/main", "local/laptop", "prod/green", "prod/main")

# Namespaces that an operator creates, which a plan cannot show.
OPERATORS: Final = {
    "kubeflow": "created by the kustomize folder of Kubeflow Pipelines",
    "kueue-system": "created by Kueue's chart",
}
# Kinds that are not applied here, with the reason.
UNDEFINED: Final = {
    (
        "net.gke.io/v1",
        "ServiceExport",
    ): "GKE installs its definition for multi-cluster services and does not publish it",
}
WITHIN: Final = 300.0  # seconds
# The server deletes tokens of missing accounts, so accounts are applied first.
_FIRST: Final = ("Namespace", "ServiceAccount")


@dataclass(frozen=True)
class Layout:
    """A cluster with a stack's objects: the response to each, and the objects of unknown kinds."""

    client: Client
    answers: Mapping[str, Answer]
    objects: Mapping[str, Rendered]
    unknown: Mapping[str, Rendered]

    def manifests(self, kind: str) -> list[Mapping[str, Any]]:
        """The declared objects of one kind."""
        return [one.manifest for one in self.objects.values() if one.manifest["kind"] == kind]


def objects_of(graphs: Mapping[str, Graph], place: str) -> list[Rendered]:
    """The objects of one cluster of one stack, in an order that a server accepts."""
    stack, _, cluster = place.partition("/")
    found = [one for one in manifests.objects(graphs[stack]) if one.path.startswith(f"{cluster}/")]
    return sorted(found, key=lambda one: _rank(one.manifest))


def kind_of(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """The apiVersion and the kind."""
    return manifest["apiVersion"], manifest["kind"]


def namespace_of(manifest: Mapping[str, Any]) -> str | None:
    """The namespace of an object, or None."""
    found: str | None = manifest["metadata"].get("namespace")
    return found


def _rank(manifest: Mapping[str, Any]) -> int:
    return _FIRST.index(manifest["kind"]) if manifest["kind"] in _FIRST else len(_FIRST)


@contextmanager
def laid_out(client: Client, objects: list[Rendered]) -> Iterator[Layout]:
    """Apply the objects for the duration of the block, then delete them and the objects created with them.

    Fails without changing anything if one of them already exists: the cluster is in use. Objects of kinds that the
    server does not know are skipped.
    """
    known = {one.path: one for one in objects if client.kind(*kind_of(one.manifest))}
    held = [path for path, one in known.items() if client.request("GET", client.path(one.manifest)).fine]
    assert not held, f"the cluster already has {held[0]}: use an empty one"
    wanted = {namespace_of(one.manifest) for one in known.values()}
    new = [name for name in OPERATORS if name in wanted and client.create(namespace(name)).fine]
    try:
        answers = {path: client.apply(one.manifest, one.text()) for path, one in known.items()}
        unknown = {one.path: one for one in objects if one.path not in known}
        yield Layout(client, answers, known, unknown)
    finally:
        remove(client, [*(one.manifest for one in known.values()), *(namespace(name) for name in new)])


def namespace(name: str, **labels: str) -> dict[str, Any]:
    """The manifest of a namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def remove(client: Client, manifests: list[Mapping[str, Any]]) -> None:
    """Delete objects, cluster-scoped ones last, and wait until none is left."""
    paths = [client.path(one) for one in sorted(manifests, key=lambda one: namespace_of(one) is None)]
    for path in paths:
        client.request("DELETE", path, {"propagationPolicy": "Background"})
    wait_for("objects to be deleted", lambda: [path for path in paths if client.request("GET", path).fine])


def wait_for(what: str, left: Callable[[], object]) -> None:
    """Poll until nothing is left; fails after `WITHIN` with what is still left."""
    until = time.monotonic() + WITHIN
    while remaining := left():
        assert time.monotonic() < until, f"waited {WITHIN:.0f} s for {what}: {remaining}"
        time.sleep(0.2)
