"""Run an installed provider plugin and call it over its protocol.

Source of the protocol: ``proto/pulumi/provider.proto`` of pulumi/pulumi.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

Inputs = dict[str, Any]


class Plugin:
    """A running plugin, with one provider configuration."""

    def __init__(self, package: str, channel: grpc.Channel) -> None:
        """`package` is the first part of its type names (``gcp``)."""
        self._package = package
        self._stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)

    def schema(self) -> dict[str, Any]:
        """The package's schema."""
        schema: dict[str, Any] = json.loads(self._stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
        return schema

    def mapping(self) -> dict[str, Any]:
        """The schema of the Terraform provider that a bridged provider wraps."""
        request = provider_pb2.GetMappingRequest(key="terraform")
        mapping: dict[str, Any] = json.loads(self._stub.GetMapping(request).data)
        return mapping

    def configure(self, config: Mapping[str, str]) -> None:
        """Configure the provider; required before calls about resources."""
        urn = f"urn:pulumi:dev::groundwork::pulumi:providers:{self._package}::provider"
        checked = self._stub.CheckConfig(provider_pb2.CheckRequest(urn=urn, olds=_struct({}), news=_struct(config)))
        self._stub.Configure(
            provider_pb2.ConfigureRequest(
                args=checked.inputs,
                variables={f"{self._package}:config:{key}": value for key, value in config.items()},
                acceptSecrets=True,
                acceptResources=True,
            )
        )

    def check(self, urn: str, inputs: Mapping[str, Any]) -> Inputs:
        """The inputs with the provider's defaults; validation failures are ignored."""
        request = provider_pb2.CheckRequest(urn=urn, olds=_struct({}), news=_struct(inputs), randomSeed=b"0" * 32)
        return _plain(self._stub.Check(request).inputs)

    def create(self, urn: str, inputs: Mapping[str, Any]) -> Inputs:
        """The outputs in a preview of a creation."""
        request = provider_pb2.CreateRequest(urn=urn, properties=_struct(inputs), preview=True)
        return _plain(self._stub.Create(request).properties)

    def diff(self, urn: str, state: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Any:
        """The provider's diff of a resource in this state for a change of inputs."""
        request = provider_pb2.DiffRequest(
            id="here", urn=urn, olds=_struct(state), old_inputs=_struct(before), news=_struct(after)
        )
        return self._stub.Diff(request)


@contextlib.contextmanager
def running(package: str) -> Iterator[Plugin]:
    """Run the plugin of a package, found on PATH, for the duration of the block."""
    # The gcp plugin does not start without a credential; the calls here do not need a valid one.
    environment = {**os.environ, "GOOGLE_OAUTH_ACCESS_TOKEN": "none"}
    with subprocess.Popen(
        [f"pulumi-resource-{package}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    ) as process:  # fmt: skip
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            options = [("grpc.max_receive_message_length", -1)]
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
                yield Plugin(package, channel)
        finally:
            process.kill()


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def _plain(struct: struct_pb2.Struct) -> Inputs:
    values: Inputs = json_format.MessageToDict(struct)
    return values
