"""Pod templates of rendered objects, and what they request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.charts.rendering import Manifest


@dataclass(frozen=True)
class Template:
    """A pod template: the object that has it, and the pod's metadata and spec."""

    owner: str
    namespace: str | None
    replicas: int
    hook: bool
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """Its containers, including those that run before the others."""
        return [*(self.spec.get("initContainers") or []), *self.spec["containers"]]

    def requested(self, resource: str) -> Fraction:
        """The sum of requests of the containers that run at the same time, times the replicas."""
        sidecars = [one for one in self.spec.get("initContainers") or [] if one.get("restartPolicy") == "Always"]
        return self.replicas * sum(
            (
                quantity(((one.get("resources") or {}).get("requests") or {}).get(resource, "0"))
                for one in (*sidecars, *self.spec["containers"])
            ),
            Fraction(0),
        )


def templates(objects: Iterable[Manifest]) -> Iterator[Template]:
    """Every pod template, at any depth: Deployments, Jobs, CronJobs, training and serving runtimes."""
    for one in objects:
        if one["kind"] == "CustomResourceDefinition":
            continue
        metadata = one["metadata"]
        hook = "helm.sh/hook" in (metadata.get("annotations") or {})
        for found in _pods(one):
            spec = one.get("spec") or {}
            replicas = spec.get("replicas", 1) if isinstance(spec, Mapping) else 1
            name = f"{one['kind']} {metadata['name']}"
            pod = found.get("spec", found)
            yield Template(name, metadata.get("namespace"), replicas, hook, found.get("metadata") or {}, pod)


def _pods(value: Any) -> Iterator[Mapping[str, Any]]:
    """Mappings with containers, or whose spec has some."""
    if isinstance(value, Mapping):
        if _has_containers(value.get("spec")) or (_has_containers(value) and "template" not in value):
            yield value
            return
        for one in value.values():
            yield from _pods(one)
    elif isinstance(value, list):
        for one in value:
            yield from _pods(one)


def _has_containers(value: Any) -> bool:
    containers = value.get("containers") if isinstance(value, Mapping) else None
    return isinstance(containers, list) and bool(containers) and all("image" in one for one in containers)


_UNITS = {"m": Fraction(1, 1000), "": Fraction(1)}
_UNITS |= {f"{letter}i": Fraction(1024) ** power for power, letter in enumerate("KMGT", 1)}
_UNITS |= {letter: Fraction(1000) ** power for power, letter in enumerate("kMGT", 1)}


def quantity(text: object) -> Fraction:
    """A Kubernetes quantity as a number of cores or bytes."""
    written = str(text)
    number = written.rstrip("mkKMGTi")
    return Fraction(number) * _UNITS[written[len(number) :]]
