"""The resources of the stand-in, of all packages; tests may change them outside of the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.stand_in.values import Properties

# Suffix of the host names of GKE API servers, which are unreachable where their cluster does not exist.
_HOSTED: Final = ".gke.goog"


class CloudError(Exception):
    """The cloud refuses a request, with the message of the real one."""


@dataclass(frozen=True)
class CloudResource:
    """One resource that exists. `place` is the API server of its cluster, or "" for Google Cloud."""

    kind: str
    id: str
    urn: str
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    place: str = ""


_Key = tuple[str, str, str]  # place, type, id


class Cloud:
    """All resources; safe to use from the threads of several servers."""

    def __init__(self, resources: Mapping[_Key, CloudResource] | None = None) -> None:
        """A cloud with these resources, or an empty one."""
        self._resources: dict[_Key, CloudResource] = dict(resources or {})
        self._failures: dict[str, tuple[int, str]] = {}
        self._actions: dict[str, Callable[[], None]] = {}
        self.cancelled = threading.Event()  # set when the engine asks a provider to stop
        self._lock = threading.RLock()

    def __iter__(self) -> Iterator[CloudResource]:
        """All resources, by URN."""
        with self._lock:
            return iter(sorted(self._resources.values(), key=lambda resource: (resource.urn, resource.id)))

    def __len__(self) -> int:
        """The number of resources."""
        return len(self._resources)

    def copy(self) -> Cloud:
        """An independent cloud with the same resources, without the requested failures."""
        with self._lock:
            return Cloud(self._resources)

    def create(self, resource: CloudResource) -> None:
        """Create a resource; raises `CloudError` where it exists, or where a failure was requested."""
        if action := self._actions.pop(resource.kind, None):
            action()
        with self._lock:
            self._fail(resource.kind)
            self._reach(resource.place)
            if existing := self._resources.get(_key(resource)):
                raise CloudError(f"{resource.kind} {resource.id} already exists: it was created as {existing.urn}")
            self._resources[_key(resource)] = resource

    def read(self, place: str, kind: str, resource_id: str) -> CloudResource | None:
        """The resource, or None where it does not exist."""
        with self._lock:
            self._reach(place)
            return self._resources.get((place, kind, resource_id))

    def update(self, place: str, kind: str, resource_id: str, inputs: Properties, outputs: Properties) -> None:
        """Update a resource; raises `CloudError` where it does not exist."""
        with self._lock:
            existing = self.read(place, kind, resource_id)
            if existing is None:
                raise CloudError(f"{kind} {resource_id} does not exist")
            self._resources[_key(existing)] = replace(existing, inputs=inputs, outputs=outputs)

    def delete(self, place: str, kind: str, resource_id: str) -> None:
        """Delete a resource, if it exists."""
        with self._lock:
            self._reach(place)
            self._resources.pop((place, kind, resource_id), None)

    def fail_create(self, kind: str, nth: int = 1, message: str = "the test requested this failure") -> None:
        """Let the n-th next creation of this type fail, once."""
        with self._lock:
            self._failures[kind] = (nth, message)

    def before_create(self, kind: str, action: Callable[[], None]) -> None:
        """Call `action` once, during the next creation of this type; it may raise `CloudError`."""
        self._actions[kind] = action

    def lose(self, urn: str) -> list[CloudResource]:
        """Delete a resource, and all objects of its API server, outside of the engine; returns them."""
        with self._lock:
            lost = [resource for resource in self if resource.urn == urn]
            if not lost:
                raise CloudError(f"{urn}: no such resource")
            servers = {server for resource in lost for server in _servers(resource.outputs)}
            lost += [resource for resource in self if resource.place in servers]
            for resource in lost:
                del self._resources[_key(resource)]
            return lost

    def _fail(self, kind: str) -> None:
        left, message = self._failures.get(kind, (0, ""))
        if left == 1:
            del self._failures[kind]
            raise CloudError(message)
        if left:
            self._failures[kind] = (left - 1, message)

    def _reach(self, place: str) -> None:
        """Raise `CloudError` where the cluster of the API server does not exist."""
        if place.endswith(_HOSTED) and not any(
            place in _servers(resource.outputs) for resource in self._resources.values()
        ):
            raise CloudError(f"configured Kubernetes cluster is unreachable: no cluster answers at https://{place}")


def _key(resource: CloudResource) -> _Key:
    return resource.place, resource.kind, resource.id


def _servers(value: Any) -> Iterator[str]:
    """The API servers in the outputs of a resource."""
    if isinstance(value, str) and value.endswith(_HOSTED):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _servers(item)
