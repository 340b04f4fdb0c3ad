"""The real kubernetes plugin without a cluster or network: it decides about changes, the stand-in answers the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from groundwork.diff.replacements.plugin import Plugin
from tests.engine.providers import RELEASE
from tests.stand_in.cloud import Cloud
from tests.stand_in.provider import StandIn


class Offline(StandIn):
    """Passes calls on to the plugin, except those that would fetch a chart."""

    def __init__(self, plugin: Plugin) -> None:
        """`plugin` is the running plugin."""
        super().__init__("kubernetes", Cloud())
        self._plugin: Any = plugin._stub

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """The inputs with the plugin's defaults; those of a release unchanged, since its chart is not available."""
        return super().Check(request, context) if RELEASE in request.urn else self._plugin.Check(request)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the same
        """The diff of the plugin."""
        return self._plugin.Diff(request)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the same
        """The diff of the plugin, which reads the old configuration from another field than the engine writes."""
        return self._plugin.DiffConfig(
            provider_pb2.DiffRequest(urn=request.urn, olds=request.old_inputs, news=request.news)
        )


@contextlib.contextmanager
def serve_offline(plugin: Plugin) -> Iterator[str]:
    """Serve the plugin for the duration of the block; yields the value of the engine's variable."""
    with ThreadPoolExecutor(max_workers=32) as threads:
        server = grpc.server(threads, options=[("grpc.max_receive_message_length", -1)])
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Offline(plugin), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"kubernetes:{port}"
        finally:
            server.stop(grace=None).wait()
