"""Components that a provider constructs (charts, kustomizations): registered without children."""

from __future__ import annotations

from typing import Any, Final

import grpc
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from tests.stand_in.values import write

_OPTIONS: Final = [("grpc.max_receive_message_length", -1)]


def construct(request: Any) -> Any:
    """Register the component with the engine.

    Like the real provider, it passes on neither inputs nor dependencies, so the state has neither.
    """
    with grpc.insecure_channel(request.monitorEndpoint, options=_OPTIONS) as channel:
        monitor: Any = resource_pb2_grpc.ResourceMonitorStub(channel)
        answer = monitor.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=request.type,
                name=request.name,
                parent=request.parent,
                protect=request.protect if request.HasField("protect") else None,
                providers=request.providers,
                aliases=request.aliases,
                acceptSecrets=True,
                acceptResources=True,
            )
        )
        outputs = write({"resources": []})
        monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=answer.urn, outputs=outputs))
    return provider_pb2.ConstructResponse(urn=answer.urn, state=outputs)
