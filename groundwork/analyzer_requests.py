"""Requests of the analyzer protocol: a graph as the Pulumi engine would describe it to a policy pack."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from groundwork.graph import Graph, Node
from groundwork.wire import encode


def of_resource(graph: Graph, node: Node) -> Any:
    """The request to judge one resource."""
    return analyzer_pb2.AnalyzeRequest(**_fields(graph, node))


def of_stack(graph: Graph) -> Any:
    """The request to judge the whole graph."""
    return analyzer_pb2.AnalyzeStackRequest(resources=[_resource(graph, node) for node in graph])


def _resource(graph: Graph, node: Node) -> analyzer_pb2.AnalyzerResource:
    return analyzer_pb2.AnalyzerResource(
        **_fields(graph, node),
        parent=node.parent or "",
        dependencies=node.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in node.property_dependencies.items()
        },
    )


def _fields(graph: Graph, node: Node) -> dict[str, Any]:
    """What both requests say of a resource."""
    return {
        "type": node.type,
        "properties": _struct(node),
        "urn": node.urn,
        "name": node.name,
        "options": analyzer_pb2.AnalyzerResourceOptions(protect=node.protect),
        "provider": _provider(graph, node),
    }


def _provider(graph: Graph, node: Node) -> analyzer_pb2.AnalyzerProviderResource | None:
    provider = graph.provider_of(node)
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type, properties=_struct(provider), urn=provider.urn, name=provider.name
    )


def _struct(node: Node) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(encode(node.inputs))
    return struct
