"""The declared graph: the resources of a stack, in the same form from every engine."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

STACK_TYPE: Final = "pulumi:pulumi:Stack"
PROVIDER_PREFIX: Final = "pulumi:providers:"


class Placeholder(enum.Enum):
    """Stands for a value that cannot be shown; in JSON it is its text."""

    UNKNOWN = "[unknown]"  # until `pulumi up`: only the cloud can give it
    SECRET = "[secret]"  # known, and masked


# None, bool, int, float, str, Placeholder, list of these, dict of these
Value = Any


@dataclass(frozen=True)
class Node:
    """One declared resource.

    `inputs` are those of the program, with secrets masked. `dependencies` are URNs; `property_dependencies` are URNs by
    the name of the input that needs them. `provider` is the provider's URN, without its id. `ignore_changes` are
    paths of inputs; `aliases` are earlier URNs that the program names, without those that follow from its parents.
    Both are empty where the node is from a state. A resource with `retain_on_delete` is not deleted in the cloud when
    the engine deletes it from the state.
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
        """Whether the node is a provider."""
        return self.type.startswith(PROVIDER_PREFIX)

    def to_json(self) -> dict[str, Any]:
        """The node in the form of ``graph --json``."""
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
    """All nodes of a stack by URN, in the order of their URNs, and the name of the engine that planned them."""

    stack: str
    engine: str
    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, stack: str, engine: str, nodes: list[Node]) -> Graph:
        """A graph of these nodes, sorted by URN."""
        return cls(stack, engine, {node.urn: node for node in sorted(nodes, key=lambda node: node.urn)})

    def __iter__(self) -> Iterator[Node]:
        """The nodes in the order of their URNs."""
        return iter(self.nodes.values())

    def __len__(self) -> int:
        """The number of nodes."""
        return len(self.nodes)

    def of_type(self, kind: str) -> list[Node]:
        """The nodes of a type, in the order of their URNs."""
        return [node for node in self if node.type == kind]

    def children(self, urn: str | None) -> list[Node]:
        """The nodes whose parent is `urn`, in the order of their URNs."""
        return [node for node in self if node.parent == urn]

    def provider_of(self, node: Node) -> Node | None:
        """The provider of a node; None where it is not declared."""
        return None if node.provider is None else self.nodes.get(node.provider)

    def to_json(self) -> dict[str, Any]:
        """The graph in the form of ``graph --json``."""
        return {"stack": self.stack, "engine": self.engine, "nodes": [node.to_json() for node in self]}


def plain(value: Value) -> Any:
    """The value as JSON: placeholders become their text."""
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
    if isinstance(value, str) and value in {placeholder.value for placeholder in Placeholder}:
        return Placeholder(value)
    return value


def at(inputs: Mapping[str, Value], path: str) -> Value:
    """The value at a dotted path; None where it is absent, the placeholder where one is on the way."""
    value: Value = inputs
    for key in path.split("."):
        if isinstance(value, Placeholder):
            return value
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def provider_urn(reference: str) -> str | None:
    """The URN in a provider reference (``<urn>::<id>``, whose id is unknown in a plan); None for an empty one."""
    return reference.rpartition("::")[0] or None


def type_chain(parent: str | None, kind: str) -> str:
    """The qualified type in a URN: the types of all parents except the stack, then the resource's type `kind`."""
    if parent is None:
        return kind
    chain = parent.split("::", 3)[2]
    return kind if chain == STACK_TYPE else f"{chain}${kind}"
