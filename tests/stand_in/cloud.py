"""What exists in a rehearsal: one store for all packages, which a test may also change behind the engine's back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.stand_in.values import Properties

# The name of an API server that GKE gives to a cluster: who asks it while there is no such cluster gets no answer.
_HOSTED: Final = ".gke.goog"


class CloudError(Exception):
    """The cloud refuses, with the words that an operator would read."""


@dataclass(frozen=True)
class Thing:
    """One thing that exists. `place` is the API server that it lives behind, or "" for Google Cloud itself."""

    kind: str
    id: str
    urn: str
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    place: str = ""


_Key = tuple[str, str, str]  # place, type, id


class Cloud:
    """A store of things; safe to use from the threads of several servers."""

    def __init__(self, things: Mapping[_Key, Thing] | None = None) -> None:
        """An empty cloud, or one with what another one holds."""
        self._things: dict[_Key, Thing] = dict(things or {})
        self._failures: dict[str, tuple[int, str]] = {}
        self._lock = threading.RLock()

    def __iter__(self) -> Iterator[Thing]:
        """Everything that exists, in the order of URNs."""
        with self._lock:
            return iter(sorted(self._things.values(), key=lambda thing: (thing.urn, thing.id)))

    def __len__(self) -> int:
        """How many things exist."""
        return len(self._things)

    def copy(self) -> Cloud:
        """A cloud with the same things, which goes its own way; failures that were ordered stay behind."""
        with self._lock:
            return Cloud(self._things)

    def create(self, thing: Thing) -> None:
        """Make a thing exist; raises `CloudError` where it does already, or where a failure was ordered."""
        with self._lock:
            self._fail(thing.kind)
            self._reach(thing.place)
            if existing := self._things.get(_key(thing)):
                raise CloudError(f"{thing.kind} {thing.id} already exists: it was created as {existing.urn}")
            self._things[_key(thing)] = thing

    def read(self, place: str, kind: str, thing_id: str) -> Thing | None:
        """The thing, or None where it does not exist."""
        with self._lock:
            self._reach(place)
            return self._things.get((place, kind, thing_id))

    def update(self, place: str, kind: str, thing_id: str, inputs: Properties, outputs: Properties) -> None:
        """Change a thing; raises `CloudError` where it does not exist."""
        with self._lock:
            found = self.read(place, kind, thing_id)
            if found is None:
                raise CloudError(f"{kind} {thing_id} does not exist")
            self._things[_key(found)] = replace(found, inputs=inputs, outputs=outputs)

    def delete(self, place: str, kind: str, thing_id: str) -> None:
        """Make sure that a thing does not exist."""
        with self._lock:
            self._reach(place)
            self._things.pop((place, kind, thing_id), None)

    def fail_create(self, kind: str, nth: int = 1, message: str = "the rehearsal ordered this failure") -> None:
        """Order that the n-th creation of this type from now on fails, once."""
        with self._lock:
            self._failures[kind] = (nth, message)

    def lose(self, urn: str) -> list[Thing]:
        """Delete a thing behind the engine's back, with all that lives behind its API server; what was lost."""
        with self._lock:
            gone = [thing for thing in self if thing.urn == urn]
            if not gone:
                raise CloudError(f"{urn}: there is no such thing to lose")
            servers = {server for thing in gone for server in _servers(thing.outputs)}
            gone += [thing for thing in self if thing.place in servers]
            for thing in gone:
                del self._things[_key(thing)]
            return gone

    def _fail(self, kind: str) -> None:
        left, message = self._failures.get(kind, (0, ""))
        if left == 1:
            del self._failures[kind]
            raise CloudError(message)
        if left:
            self._failures[kind] = (left - 1, message)

    def _reach(self, place: str) -> None:
        """Raises `CloudError` where the API server is that of a cluster which does not exist."""
        if place.endswith(_HOSTED) and not any(place in _servers(thing.outputs) for thing in self._things.values()):
            raise CloudError(f"configured Kubernetes cluster is unreachable: no cluster answers at https://{place}")


def _key(thing: Thing) -> _Key:
    return thing.place, thing.kind, thing.id


def _servers(value: Any) -> Iterator[str]:
    """The API servers that a thing has by its outputs."""
    if isinstance(value, str) and value.endswith(_HOSTED):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _servers(item)
