"""Servers of the stand-in on localhost, one for each package."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tests.stand_in.cloud import Cloud
from tests.stand_in.provider import StandIn

PACKAGES: Final = ("gcp", "kubernetes", "random")
VARIABLE: Final = "PULUMI_DEBUG_PROVIDERS"  # addresses of running providers, read by the engine


@contextlib.contextmanager
def serve(cloud: Cloud, packages: Sequence[str] = PACKAGES) -> Iterator[str]:
    """Serve each package from `cloud` for the duration of the block; yields the value of `VARIABLE`."""
    with contextlib.ExitStack() as running:
        yield ",".join(f"{package}:{running.enter_context(_package(package, cloud))}" for package in packages)


def _package(package: str, cloud: Cloud) -> contextlib.AbstractContextManager[int]:
    provider = StandIn(package, cloud)
    return listen(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))


@contextlib.contextmanager
def listen(add: Callable[[grpc.Server], None]) -> Iterator[int]:
    """Run a server on a free port of localhost for the duration of the block; `add` adds its services."""
    # The engine sends many requests at once, and a component occupies its thread until its children are registered.
    with ThreadPoolExecutor(max_workers=32) as threads:
        server = grpc.server(threads, options=[("grpc.max_receive_message_length", -1)])
        add(server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield port
        finally:
            server.stop(grace=None).wait()
