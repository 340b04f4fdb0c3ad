# ruff: noqa: ARG002, N802 - the names and the arguments of the protocol's methods
"""A language host for Python programs and policy packs, which the engine attaches to by `VARIABLE`.

It has what the engine calls of ``pulumi-language-python``, which is not part of the Go module of the CLI. Source of the
protocol: ``proto/pulumi/language.proto`` of pulumi/pulumi.
"""

from __future__ import annotations

import contextlib
import json
import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    analyzer_pb2_grpc,
    engine_pb2,
    engine_pb2_grpc,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

from tests.engine.policy_pack import PolicyPack
from tests.engine.program import REPORTED
from tests.stand_in.server import listen

VARIABLE: Final = "PULUMI_DEBUG_LANGUAGES"  # addresses of running language hosts, read by the engine
_PROGRAM: Final = Path(__file__).with_name("program.py")


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs each program and policy pack as a process with this interpreter, which ends with its request."""

    def __init__(self) -> None:
        """A host without processes."""
        self._engines: dict[str, str] = {}  # addresses of the engines, by connection
        self._ends: list[Callable[[], object]] = []  # how to end each program and policy pack that is running
        self._lock = threading.Lock()

    @property
    def running(self) -> int:
        """The number of programs and policy packs that are running."""
        with self._lock:
            return len(self._ends)

    def stop(self) -> None:
        """End every program and policy pack."""
        with self._lock:
            for end in self._ends:
                end()

    @contextlib.contextmanager
    def _until_cancelled(self, context: Any, end: Callable[[], object]) -> Iterator[None]:
        """Call `end` when the engine cancels the request or has ended, or when this host stops."""
        with self._lock:
            self._ends.append(end)
        try:
            if not context.add_callback(end):  # the request has ended already
                end()
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    def Handshake(self, request: Any, context: Any) -> Any:
        """Store the address of the engine for this connection."""
        with self._lock:
            self._engines[context.peer()] = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """No version."""
        return plugin_pb2.PluginInfo()

    def About(self, request: Any, context: Any) -> Any:
        """The interpreter."""
        return language_pb2.AboutResponse(executable=sys.executable, version=platform.python_version())

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        """None: the providers of the stand-in are attached."""
        return language_pb2.GetRequiredPackagesResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        """Ignore the request: a process ends with its request."""
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:
        """Run the program; an error that it has reported to the engine is not repeated."""
        with self._lock:
            engine = self._engines[context.peer()]
        settings = {
            "engine": engine,
            "monitor": request.monitor_address,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
        }
        stdin = {
            "settings": settings,
            "config": dict(request.config),
            "secret_keys": list(request.configSecretKeys),
        }
        command = [sys.executable, "-P", "-u", str(_PROGRAM), request.info.entry_point or "."]
        with (
            subprocess.Popen(
                command, cwd=request.info.program_directory, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            ) as process,
            self._until_cancelled(context, process.kill),
        ):  # fmt: skip
            output, errors = process.communicate(json.dumps(stdin))
        _log(engine, output + errors)
        if process.returncode in (0, REPORTED):
            return language_pb2.RunResponse(bail=process.returncode == REPORTED)
        return language_pb2.RunResponse(error=f"the program ended with exit code {process.returncode}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Serve the policy pack until the engine ends the request."""
        ended = threading.Event()
        environment = dict(entry.split("=", 1) for entry in request.env)
        with (
            self._until_cancelled(context, ended.set),
            PolicyPack(request.info.program_directory, request.args, environment) as pack,
            listen(lambda server: analyzer_pb2_grpc.add_AnalyzerServicer_to_server(pack, server)) as port,
        ):
            yield language_pb2.RunPluginResponse(stdout=f"{port}\n".encode())
            ended.wait()


def _log(engine: str, text: str) -> None:
    """Report what a program printed."""
    if not text.strip():
        return
    with contextlib.suppress(grpc.RpcError), grpc.insecure_channel(engine) as channel:
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text)
        engine_pb2_grpc.EngineStub(channel).Log(request)


@contextlib.contextmanager
def serve(host: LanguageHost | None = None) -> Iterator[str]:
    """Serve a language host for the duration of the block; yields the value of `VARIABLE`."""
    runtime = host or LanguageHost()
    with listen(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(runtime, server)) as port:
        try:
            yield f"python:{port}"
        finally:
            runtime.stop()
