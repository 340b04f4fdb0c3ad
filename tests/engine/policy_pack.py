# ruff: noqa: N802 - the names of the protocol's methods
"""A policy pack for the engine: starts the pack once its stack is known, and passes the engine's requests on to it.

The packs of the Python SDK read their stack from environment variables, and the engine sends it in a request; the
language host is between the two (``PolicyProxy`` in the Go module ``github.com/pulumi/pulumi/sdk/v3``).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Self

import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc


class PolicyPack(analyzer_pb2_grpc.AnalyzerServicer):
    """The pack in a folder; a context manager, at whose end its process is killed."""

    def __init__(self, folder: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """`arguments` and `environment` are those of the engine, for the process."""
        self._folder, self._arguments, self._environment = folder, arguments, environment
        self._resources = ExitStack()
        self._pack: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002 - the protocol's arguments
        """Accept the connection of the engine."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        """Start the pack for this stack; an error is what it printed."""
        environment = {
            **self._environment,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_ORGANIZATION": request.organization,
            "PULUMI_PROJECT": request.project,
            "PULUMI_STACK": request.stack,
            "PULUMI_DRY_RUN": "true" if request.dry_run else "false",
        }
        errors = self._resources.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 - the stack closes it
        process = self._resources.enter_context(
            subprocess.Popen(
                [sys.executable, "-u", "-m", "pulumi.policy", *self._arguments, self._folder],
                cwd=self._folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
            )
        )  # fmt: skip
        self._resources.callback(process.kill)
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port.isdigit():
            process.wait()
            errors.seek(0)
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, errors.read().strip() or "the pack did not start")
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)])
        self._pack = analyzer_pb2_grpc.AnalyzerStub(self._resources.enter_context(channel))
        return self._pass_on("ConfigureStack", request, context)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        """The answer of the pack."""
        return self._pass_on("GetAnalyzerInfo", request, context)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The answer of the pack."""
        return self._pass_on("GetPluginInfo", request, context)

    def Configure(self, request: Any, context: Any) -> Any:
        """The answer of the pack."""
        return self._pass_on("Configure", request, context)

    def Analyze(self, request: Any, context: Any) -> Any:
        """The answer of the pack."""
        return self._pass_on("Analyze", request, context)

    def Remediate(self, request: Any, context: Any) -> Any:
        """The answer of the pack."""
        return self._pass_on("Remediate", request, context)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        """The answer of the pack."""
        return self._pass_on("AnalyzeStack", request, context)

    def _pass_on(self, method: str, request: Any, context: Any) -> Any:
        try:
            return getattr(self._pack, method)(request)
        except grpc.RpcError as error:
            call: Any = error
            context.abort(call.code(), call.details())
