"""The declared graph: one shape for whatever engine filled it, and for whatever reads it."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

STACK_TYPE: Final = "pulumi:pulumi:Stack"
PROVIDER_PREFIX: Final = "pulumi:providers:"


class Placeholder(enum.Enum):
    """A value that stands for one that cannot be shown. In JSON it is its own text."""

    UNKNOWN = "[unknown]"  # only the cloud can give it
    SECRET = "[secret]"  # it is known, and nobody's business


# None, bool, int, float, str, Mark, list of these, dict of these
Value = Any


@dataclass(frozen=True)
class Node:
    """One declared resource.

    `inputs` are as the program gave them, without secrets. `dependencies` are URNs; `property_dependencies` are URNs by
    the name of the input that needs them. `provider` is the provider's URN, without its id. `ignore_changes` are
    paths of inputs, `aliases` are earlier URNs by the program's own words, those of its parents left out; only a plan
    knows either, a state does not. What has `retain_on_delete` stays where it is when the engine lets go of it.
    """

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    parent: str | None = None
    custom: bool = True
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str | None = None
    protect: bool = False
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def is_provider(self) -> bool:
        """Whether the node is a provider rather than something that a provider makes."""
        return self.type.startswith(PROVIDER_PREFIX)

    def to_json(self) -> dict[str, Any]:
        """The node as the contract of ``graph --json`` has it."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "parent": self.parent,
            "custom": self.custom,
            "inputs": plain(self.inputs),
            "dependencies": list(self.dependencies),
            "propertyDependencies": {key: list(urns) for key, urns in sorted(self.property_dependencies.items())},
            "provider": self.provider,
            "protect": self.protect,
            "retainOnDelete": self.retain_on_delete,
            "ignoreChanges": list(self.ignore_changes),
            "aliases": list(self.aliases),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Node:
        """The inverse of `to_json`."""
        return cls(
            urn=data["urn"],
            type=data["type"],
            name=data["name"],
            inputs=with_placeholders(data["inputs"]),
            parent=data["parent"],
            custom=data["custom"],
            dependencies=tuple(data["dependencies"]),
            property_dependencies={key: tuple(urns) for key, urns in data["propertyDependencies"].items()},
            provider=data["provider"],
            protect=data["protect"],
            retain_on_delete=data["retainOnDelete"],
            ignore_changes=tuple(data["ignoreChanges"]),
            aliases=tuple(data["aliases"]),
        )


@dataclass(frozen=True)
class Graph:
    """All nodes of a stack by URN, in the order of their URNs, and the engine that they come from."""

    stack: str
    engine: str
    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, stack: str, engine: str, nodes: list[Node]) -> Graph:
        """A graph of these nodes, sorted."""
        return cls(stack, engine, {node.urn: node for node in sorted(nodes, key=lambda node: node.urn)})

    def __iter__(self) -> Iterator[Node]:
        """The nodes in the order of their URNs."""
        return iter(self.nodes.values())

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.nodes)

    def of_type(self, kind: str) -> list[Node]:
        """The nodes of a type, in the order of their URNs."""
        return [node for node in self if node.type == kind]

    def children(self, urn: str | None) -> list[Node]:
        """The nodes whose parent is `urn`, in the order of their URNs."""
        return [node for node in self if node.parent == urn]

    def provider_of(self, node: Node) -> Node | None:
        """The provider that makes a node, where it is declared."""
        return None if node.provider is None else self.nodes.get(node.provider)

    def to_json(self) -> dict[str, Any]:
        """The contract of ``graph --json``."""
        return {"stack": self.stack, "engine": self.engine, "nodes": [node.to_json() for node in self]}


def plain(value: Value) -> Any:
    """The value as JSON has it: marks become their text."""
    if isinstance(value, Placeholder):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def with_placeholders(value: Any) -> Value:
    """The inverse of `plain`."""
    if isinstance(value, Mapping):
        return {key: with_placeholders(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_placeholders(item) for item in value]
    if isinstance(value, str) and value in {mark.value for mark in Placeholder}:
        return Placeholder(value)
    return value


def at(inputs: Mapping[str, Value], path: str) -> Value:
    """The value at a dotted path, None where there is none, the mark itself where a part of the path is marked."""
    value: Value = inputs
    for key in path.split("."):
        if isinstance(value, Placeholder):
            return value
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def provider_urn(reference: str) -> str | None:
    """The URN in a provider reference, which is a URN, two colons and an id that a plan does not know."""
    return reference.rpartition("::")[0] or None


def type_chain(parent: str | None, kind: str) -> str:
    """The qualified type of a URN: the types of all parents but the stack, and the resource's own."""
    if parent is None:
        return kind
    chain = parent.split("::", 3)[2]
    return kind if chain == STACK_TYPE else f"{chain}${kind}"
