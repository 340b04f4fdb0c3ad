# ruff: noqa: ARG002, N802 - the names and the arguments of the provider protocol's methods
"""A resource provider for any package, which creates its resources in a `Cloud`.

Source of the protocol: ``proto/pulumi/provider.proto`` of pulumi/pulumi.
"""

from __future__ import annotations

import json
import threading
from typing import Any, Final, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from groundwork.diff.replacements import decide
from tests.stand_in import construct, kinds
from tests.stand_in.cloud import Cloud, CloudError, CloudResource
from tests.stand_in.diff import PropertyChange, compare
from tests.stand_in.values import Properties, bare, read, write

VERSION: Final = "1000.0.0"  # newer than any required version, for which the engine would warn
_HOW: Final = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
}


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """The providers of one package.

    The engine connects all providers of a package to one server. A request does not name its provider, so the
    configurations are stored by connection, of which each provider has one.
    """

    def __init__(self, package: str, cloud: Cloud) -> None:
        """`package` is the first part of its type names (``gcp``)."""
        self._package = package
        self._cloud = cloud
        self._configs: dict[str, Properties] = {}  # by connection
        self._lock = threading.Lock()

    # Calls about the provider.

    def Handshake(self, request: Any, context: Any) -> Any:
        """The supported features of the protocol."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: Any, context: Any) -> Any:
        """Accept the connection of the engine."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> Any:
        """A schema without types."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._package, "version": VERSION}))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Accept any configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Replace a provider whose cluster is another one, or unknown."""
        kind = f"pulumi:providers:{self._package}"
        return _answer(compare(kind, read(request.old_inputs), read(request.news)), delete_first=False)

    def Configure(self, request: Any, context: Any) -> Any:
        """Store the configuration of this connection."""
        with self._lock:
            self._configs[context.peer()] = {key: bare(value) for key, value in read(request.args).items()}
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Cancel(self, request: Any, context: Any) -> Any:
        """Record the request: no call takes long."""
        self._cloud.cancelled.set()
        return empty_pb2.Empty()

    # Calls about a resource.

    def Check(self, request: Any, context: Any) -> Any:
        """Accept any inputs."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        """The inputs that change, and which of them replace the resource."""
        before, after = read(request.old_inputs), read(request.news)
        # Two resources with the same id cannot both exist.
        same_id = kinds.identity(request.type, request.urn, before) == kinds.identity(request.type, request.urn, after)
        delete_first = same_id or decide.deletes_first(request.type, before, after)
        return _answer(compare(request.type, before, after), delete_first=delete_first)

    def Create(self, request: Any, context: Any) -> Any:
        """Create the resource; in a preview, return its outputs."""
        config, inputs = self._config(context), read(request.properties)
        resource_id = "" if request.preview else kinds.identity(request.type, request.urn, inputs)
        outputs = kinds.outputs(request.type, resource_id, inputs, config)
        if not request.preview:
            resource = CloudResource(request.type, resource_id, request.urn, inputs, outputs, self._place(config))
            try:
                self._cloud.create(resource)
            except CloudError as error:
                _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, error)
        return provider_pb2.CreateResponse(id=resource_id, properties=write(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        """The resource with this id; an empty answer if there is none."""
        try:
            resource = self._cloud.read(self._place(self._config(context)), request.type, request.id)
        except CloudError as error:
            _refuse(context, grpc.StatusCode.UNAVAILABLE, error)
        if resource is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=resource.id, properties=write(resource.outputs), inputs=write(resource.inputs)
        )

    def Update(self, request: Any, context: Any) -> Any:
        """Update the resource in place; in a preview, return its outputs."""
        config, inputs = self._config(context), read(request.news)
        outputs = kinds.outputs(request.type, request.id, inputs, config)
        if not request.preview:
            try:
                self._cloud.update(self._place(config), request.type, request.id, inputs, outputs)
            except CloudError as error:
                _refuse(context, grpc.StatusCode.NOT_FOUND, error)
        return provider_pb2.UpdateResponse(properties=write(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete the resource, unless it has deletion protection."""
        if reason := kinds.refusal(request.type, read(request.properties)):
            _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, reason)
        try:
            self._cloud.delete(self._place(self._config(context)), request.type, request.id)
        except CloudError as error:
            _refuse(context, grpc.StatusCode.UNAVAILABLE, error)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        """Functions have no results."""
        return provider_pb2.InvokeResponse()

    def Construct(self, request: Any, context: Any) -> Any:
        """Construct a component without children: charts are not rendered."""
        return construct.construct(request)

    def _config(self, context: Any) -> Properties:
        """The configuration of the provider of this connection."""
        with self._lock:
            config = self._configs.get(context.peer())
        if config is None:
            _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, f"{self._package}: this provider is not configured")
        return config

    def _place(self, config: Properties) -> str:
        return kinds.place(self._package, config)


def _refuse(context: Any, code: grpc.StatusCode, reason: object) -> NoReturn:
    context.abort(code, str(reason))
    raise AssertionError("abort does not return")


def _answer(changes: list[PropertyChange], *, delete_first: bool) -> Any:
    """The response to a call of Diff."""
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    replacing = sorted({change.key for change in changes if change.replaces})
    return provider_pb2.DiffResponse(
        changes=some if changes else none,
        diffs=sorted({change.key for change in changes}),
        replaces=replacing,
        deleteBeforeReplace=bool(replacing) and delete_first,
        detailedDiff={
            change.path: provider_pb2.PropertyDiff(kind=_HOW[change.how, change.replaces], inputDiff=True)
            for change in changes
        },
        hasDetailedDiff=bool(changes),
    )
