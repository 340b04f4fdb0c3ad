"""Resources of the CrossGuard SDK as nodes and graphs, converted once for all policies that judge the same request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from pulumi_policy import PolicyProviderResource, PolicyResource, ResourceValidationArgs, StackValidationArgs

from groundwork.graph import Graph, Node
from groundwork.wire import decode

T = TypeVar("T")


class PerRequest(Generic[T]):
    """A value that is made once for each request.

    The SDK gives every policy a copy of the request, and runs the policies of one request in the order of the pack, in
    one thread. A policy that is not behind the last one in that order therefore belongs to another request.
    """

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self._last = threading.local()

    def get(self, position: int, key: str, make: Callable[[], T]) -> T:
        """The value for the policy at `position` in the pack; `key` names what the request is about."""
        last: tuple[int, str, T] | None = getattr(self._last, "value", None)
        value = last[2] if last is not None and last[0] < position and last[1] == key else make()
        self._last.value = (position, key, value)
        return value


def resource(args: ResourceValidationArgs) -> tuple[Node, Node | None]:
    """The resource of a request as a node, and its provider where it is declared."""
    node = Node(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        inputs=_inputs(args.props),
        protect=bool(args.opts.protect),
    )
    return node, None if args.provider is None else _provider(args.provider)


def graph(args: StackValidationArgs) -> Graph:
    """All resources of a request. The stack's name comes from a URN; `custom` of nodes is unknown here and not set."""
    stack = args.resources[0].urn.split(":")[2] if args.resources else ""
    nodes = {member.urn: _member(member) for member in args.resources}
    for member in args.resources:
        if (provider := member.provider) is not None and provider.urn not in nodes:
            nodes[provider.urn] = _provider(provider)
    return Graph.of(stack, "policy", list(nodes.values()))


def _member(member: PolicyResource) -> Node:
    return Node(
        urn=member.urn,
        type=member.resource_type,
        name=member.name,
        inputs=_inputs(member.props),
        parent=None if member.parent is None else member.parent.urn,
        dependencies=tuple(sorted(needed.urn for needed in member.dependencies)),
        property_dependencies={
            key: tuple(sorted(needed.urn for needed in resources))
            for key, resources in member.property_dependencies.items()
        },
        protect=bool(member.opts.protect),
        provider=None if member.provider is None else member.provider.urn,
    )


def _provider(provider: PolicyProviderResource) -> Node:
    return Node(provider.urn, provider.resource_type, provider.name, _inputs(provider.props))


def _inputs(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Inputs as the graph has them, with placeholders for unknown values."""
    return cast("Mapping[str, Any]", decode(_raw(properties)))


def _raw(value: Any) -> Any:
    """A value without the SDK's proxy, which raises at each unknown value: rules judge unknown values themselves."""
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value["__target"].items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_raw(item) for item in cast("Any", value)["__target"]]
    return value
