# ruff: noqa: ARG002, N802 - the names and the arguments of the provider protocol's methods
"""A resource provider that plays any package: it takes what it is given, and keeps it in a `Cloud`.

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
from tests.stand_in.cloud import Cloud, CloudError, Thing
from tests.stand_in.diff import Changed, compare
from tests.stand_in.values import Properties, bare, read, write

VERSION: Final = "1000.0.0"  # newer than any that a program asks for, which the engine would warn about
_HOW: Final = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
}


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """One package.

    The engine attaches all its providers of a package to one server, and a request does not say which of them sends
    it; each has a connection of its own, which does.
    """

    def __init__(self, package: str, cloud: Cloud) -> None:
        """`package` is the first part of its types (``gcp``)."""
        self._package = package
        self._cloud = cloud
        self._configs: dict[str, Properties] = {}  # by connection
        self._lock = threading.Lock()

    # What the engine asks about the provider itself.

    def Handshake(self, request: Any, context: Any) -> Any:
        """What of the protocol the stand-in speaks."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: Any, context: Any) -> Any:
        """The engine is there."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """A version that is none."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> Any:
        """A schema without types: nothing is checked."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._package, "version": VERSION}))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Any configuration will do."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """A provider whose cluster is another one, or not known yet, is another provider."""
        kind = f"pulumi:providers:{self._package}"
        return _answer(compare(kind, read(request.old_inputs), read(request.news)), delete_first=False)

    def Configure(self, request: Any, context: Any) -> Any:
        """Remember the configuration for this connection."""
        with self._lock:
            self._configs[context.peer()] = {key: bare(value) for key, value in read(request.args).items()}
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Cancel(self, request: Any, context: Any) -> Any:
        """Nothing takes long enough to be stopped."""
        return empty_pb2.Empty()

    # What the engine asks about a resource.

    def Check(self, request: Any, context: Any) -> Any:
        """Any inputs will do."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        """Which inputs change, and which of these the real provider would replace the resource for."""
        before, after = read(request.old_inputs), read(request.news)
        # Two things that would have the same id cannot exist side by side.
        same_id = kinds.identity(request.type, request.urn, before) == kinds.identity(request.type, request.urn, after)
        delete_first = same_id or decide.deletes_first(request.type, before, after)
        return _answer(compare(request.type, before, after), delete_first=delete_first)

    def Create(self, request: Any, context: Any) -> Any:
        """Make it exist; in a preview, say what would."""
        config, inputs = self._config(context), read(request.properties)
        thing_id = "" if request.preview else kinds.identity(request.type, request.urn, inputs)
        outputs = kinds.outputs(request.type, thing_id, inputs, config)
        if not request.preview:
            thing = Thing(request.type, thing_id, request.urn, inputs, outputs, self._place(config))
            try:
                self._cloud.create(thing)
            except CloudError as error:
                _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, error)
        return provider_pb2.CreateResponse(id=thing_id, properties=write(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        """What exists under this id; an empty answer says that nothing does."""
        try:
            thing = self._cloud.read(self._place(self._config(context)), request.type, request.id)
        except CloudError as error:
            _refuse(context, grpc.StatusCode.UNAVAILABLE, error)
        if thing is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=thing.id, properties=write(thing.outputs), inputs=write(thing.inputs))

    def Update(self, request: Any, context: Any) -> Any:
        """Change it in place; in a preview, say to what."""
        config, inputs = self._config(context), read(request.news)
        outputs = kinds.outputs(request.type, request.id, inputs, config)
        if not request.preview:
            try:
                self._cloud.update(self._place(config), request.type, request.id, inputs, outputs)
            except CloudError as error:
                _refuse(context, grpc.StatusCode.NOT_FOUND, error)
        return provider_pb2.UpdateResponse(properties=write(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete it, unless the real provider would refuse to."""
        if reason := kinds.refusal(request.type, read(request.properties)):
            _refuse(context, grpc.StatusCode.FAILED_PRECONDITION, reason)
        try:
            self._cloud.delete(self._place(self._config(context)), request.type, request.id)
        except CloudError as error:
            _refuse(context, grpc.StatusCode.UNAVAILABLE, error)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        """A function that finds nothing."""
        return provider_pb2.InvokeResponse()

    def Construct(self, request: Any, context: Any) -> Any:
        """A component without children: what a chart would render is not known here."""
        return construct.construct(request)

    def _config(self, context: Any) -> Properties:
        """The configuration of the provider at the other end of this connection."""
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


def _answer(changed: list[Changed], *, delete_first: bool) -> Any:
    """The answer to a question for differences."""
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    replacing = sorted({found.key for found in changed if found.replaces})
    return provider_pb2.DiffResponse(
        changes=some if changed else none,
        diffs=sorted({found.key for found in changed}),
        replaces=replacing,
        deleteBeforeReplace=bool(replacing) and delete_first,
        detailedDiff={
            found.path: provider_pb2.PropertyDiff(kind=_HOW[found.how, found.replaces], inputDiff=True)
            for found in changed
        },
        hasDetailedDiff=bool(changed),
    )
