"""What a stack puts into one of its clusters, put there as `groundwork render` writes it, and taken away again."""

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

# Namespaces that no object of the program makes: they come with an operator, which a plan cannot show.
OPERATORS: Final = {
    "kubeflow": "the kustomize folder of Kubeflow Pipelines makes it",
    "kueue-system": "Kueue's chart is installed into it, and makes it",
}
# Kinds that are applied to no server here, and why.
UNDEFINED: Final = {
    ("net.gke.io/v1", "ServiceExport"): "GKE installs its definition with a fleet's services and publishes it nowhere",
}
WITHIN: Final = 300.0  # seconds
# A token of an account is thrown away by the server while its account is not there.
_FIRST: Final = ("Namespace", "ServiceAccount")


@dataclass(frozen=True)
class Layout:
    """A cluster with a stack's objects in it: what the server said to each, and what was not asked."""

    client: Client
    answers: Mapping[str, Answer]
    objects: Mapping[str, Rendered]
    unknown: Mapping[str, Rendered]

    def manifests(self, kind: str) -> list[Mapping[str, Any]]:
        """The objects of one kind, as they are declared."""
        return [one.manifest for one in self.objects.values() if one.manifest["kind"] == kind]


def objects_of(graphs: Mapping[str, Graph], place: str) -> list[Rendered]:
    """The objects of one cluster of one stack, in an order in which a server takes them."""
    stack, _, cluster = place.partition("/")
    found = [one for one in manifests.objects(graphs[stack]) if one.path.startswith(f"{cluster}/")]
    return sorted(found, key=lambda one: _rank(one.manifest))


def kind_of(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """The apiVersion and the kind."""
    return manifest["apiVersion"], manifest["kind"]


def namespace_of(manifest: Mapping[str, Any]) -> str | None:
    """The namespace that an object lives in."""
    found: str | None = manifest["metadata"].get("namespace")
    return found


def _rank(manifest: Mapping[str, Any]) -> int:
    return _FIRST.index(manifest["kind"]) if manifest["kind"] in _FIRST else len(_FIRST)


@contextmanager
def laid_out(client: Client, objects: list[Rendered]) -> Iterator[Layout]:
    """The objects on the server while the block runs; afterwards all of them are gone, and what came with them.

    A server that holds one of them already is not touched: what is on it is somebody's. Objects of kinds that the
    server does not know are left out.
    """
    known = {one.path: one for one in objects if client.kind(*kind_of(one.manifest))}
    held = [path for path, one in known.items() if client.request("GET", client.path(one.manifest)).fine]
    assert not held, f"the cluster holds {held[0]} already: give one that is empty"
    wanted = {namespace_of(one.manifest) for one in known.values()}
    new = [name for name in OPERATORS if name in wanted and client.create(namespace(name)).fine]
    try:
        answers = {path: client.apply(one.manifest, one.text()) for path, one in known.items()}
        unknown = {one.path: one for one in objects if one.path not in known}
        yield Layout(client, answers, known, unknown)
    finally:
        remove(client, [*(one.manifest for one in known.values()), *(namespace(name) for name in new)])


def namespace(name: str, **labels: str) -> dict[str, Any]:
    """A namespace as an object."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def remove(client: Client, manifests: list[Mapping[str, Any]]) -> None:
    """Delete objects, those outside of namespaces last, and wait until they are gone."""
    paths = [client.path(one) for one in sorted(manifests, key=lambda one: namespace_of(one) is None)]
    for path in paths:
        client.request("DELETE", path, {"propagationPolicy": "Background"})
    wait_for("objects to go", lambda: [path for path in paths if client.request("GET", path).fine])


def wait_for(what: str, left: Callable[[], object]) -> None:
    """Ask again until nothing is left; what is still left after `WITHIN` is in the failure."""
    until = time.monotonic() + WITHIN
    while remaining := left():
        assert time.monotonic() < until, f"waited {WITHIN:.0f} s for {what}: {remaining}"
        time.sleep(0.2)
