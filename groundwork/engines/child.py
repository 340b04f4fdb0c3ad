"""The child process of the embedded engine: runs one program under a recording monitor and writes its graph.

`groundwork.engines.embedded` starts it with the paths of a request file and an answer file. A separate process lets a
program of another git revision import its own modules.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, stack, sync_await
from pulumi.runtime.proto import resource_pb2

from groundwork.graph import PROVIDER_PREFIX, STACK_TYPE, Node, Placeholder, provider_urn, type_chain
from groundwork.wire import decode

DISABLED: Final = "pulumi:disable-default-providers"


class NoCloud(mocks.Mocks):
    """Mocks that refuse provider functions, since a plan has no access to the cloud."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        """Refuse the call of a provider function."""
        raise pulumi.RunError(
            f"the program calls {args.token}, which needs the cloud; move the value into the settings, "
            "or use --engine pulumi"
        )

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """No outputs; `RecordingMonitor` answers for resources, so this is not called."""
        return args.resource_id, {}


class RecordingMonitor(mocks.MockMonitor):
    """A resource monitor that records every registration.

    It answers as a preview does: outputs that only the cloud can give are unknown.
    """

    def __init__(self, disabled_providers: list[str]) -> None:
        """`disabled_providers` are packages without a default provider; "*" stands for all of them."""
        super().__init__(NoCloud())
        self.nodes: dict[str, Node] = {}
        self._disabled = disabled_providers
        self._lock = threading.Lock()  # the SDK registers from several threads

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN with the types of all parents, as the Pulumi engine builds it."""
        chain = type_chain(parent or None, type_)
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{chain}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        """Record one resource."""
        node = self._node(request)
        with self._lock:
            if node.urn in self.nodes and node.type != STACK_TYPE:
                raise pulumi.RunError(f"{node.urn}: two resources have this URN; rename one of them")
            self.nodes[node.urn] = node
        if node.custom and node.provider is None and not node.is_provider:
            package = node.type.partition(":")[0]
            if "*" in self._disabled or package in self._disabled:
                raise pulumi.RunError(
                    f"{node.urn}: has no explicit provider, and default providers are disabled by {DISABLED}; "
                    "pass provider= to the component that declares it"
                )
        return resource_pb2.RegisterResourceResponse(urn=node.urn, object=self._outputs(node, request))

    def _outputs(self, node: Node, request: Any) -> Any:
        """The known outputs in a preview: the inputs, or none while the provider's configuration is unknown."""
        provider = self.nodes.get(node.provider or "")
        is_unconfigured = provider is not None and Placeholder.UNKNOWN in provider.inputs.values()
        return None if is_unconfigured else request.object

    def ReadResource(self, request: Any) -> Any:
        """Refuse to read a resource from the cloud."""
        raise pulumi.RunError(
            f"{request.type} {request.name}: the program reads this resource from the cloud; use --engine pulumi"
        )

    def _node(self, request: Any) -> Node:
        inputs = decode(json_format.MessageToDict(request.object))
        for key in request.additionalSecretOutputs:
            # A property that is secret as an output is masked as an input too, whether or not the program marks it.
            if key in inputs:
                inputs[key] = Placeholder.SECRET
        return Node(
            urn=self.make_urn(request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            inputs=inputs,
            parent=request.parent or None,
            custom=request.custom,
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(needed.urns)) for key, needed in request.propertyDependencies.items() if needed.urns
            },
            provider=None if request.type.startswith(PROVIDER_PREFIX) else provider_urn(request.provider),
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            ignore_changes=tuple(request.ignoreChanges),
            aliases=tuple(self._alias(request, alias) for alias in request.aliases),
        )

    def _alias(self, request: Any, alias: Any) -> str:
        """The URN of an alias; the parts that it leaves out are those of the resource."""
        if alias.urn:
            return str(alias.urn)
        spec = alias.spec
        urn = self.make_urn(
            "" if spec.noParent else spec.parentUrn or request.parent,
            spec.type or request.type,
            spec.name or request.name,
        )
        _, project, rest = urn.split("::", 2)
        return f"urn:pulumi:{spec.stack or pulumi.get_stack()}::{spec.project or project}::{rest}"


def record(program: Callable[[], object], monitor: RecordingMonitor, project: str, stack_name: str) -> None:
    """Call a program as a preview does, with `monitor` in place of the engine; passes on every exception of it."""

    def call() -> None:
        program()

    mocks.set_mocks(
        NoCloud(),
        project=project,
        stack=stack_name,
        preview=True,
        organization="organization",
        monitor=monitor,
        logger=logging.getLogger("pulumi"),
    )
    sync_await._sync_await(stack.run_pulumi_func(call))


def run(root: Path, project: str, stack_name: str, config: Mapping[str, str]) -> list[Node]:
    """Run the program in `root` and return the declared resources; passes on every exception of the program."""
    os.environ["PULUMI_CONFIG"] = json.dumps(config)
    pulumi.runtime.set_all_config(dict(config))
    monitor = RecordingMonitor(json.loads(config.get(DISABLED, "[]")))
    sys.path.insert(0, str(root))
    os.chdir(root)

    record(lambda: runpy.run_path(str(root / "__main__.py"), run_name="__main__"), monitor, project, stack_name)
    return list(monitor.nodes.values())


def _failure(error: BaseException, root: Path) -> dict[str, str]:
    """The program's error message, and the last line of the project in its traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _inside(frame.filename, root)]
    where = f"{Path(frames[-1].filename).resolve().relative_to(root)}:{frames[-1].lineno}" if frames else "__main__.py"
    kind = "" if isinstance(error, pulumi.RunError) else f"{type(error).__name__}: "
    return {"where": where, "what": f"{kind}{error}", "expected": str(isinstance(error, pulumi.RunError))}


def _inside(file: str, root: Path) -> bool:
    path = Path(file).resolve()
    return path.is_relative_to(root) and ".venv" not in path.parts and "site-packages" not in path.parts


def main(request_file: str, answer_file: str) -> None:
    """Run the request and write the answer: the nodes, or the failure."""
    # A third of a plan's time was garbage collection of the SDKs' classes, which live as long as the process. Without
    # it a plan of 711 resources takes 2 % more memory.
    gc.disable()
    request = json.loads(Path(request_file).read_text(encoding="utf-8"))
    root = Path(request["root"]).resolve()
    answer: dict[str, Any]
    try:
        nodes = run(root, request["project"], request["stack"], request["config"])
        answer = {"nodes": [node.to_json() for node in nodes]}
    except BaseException as error:  # a program may raise anything, SystemExit included
        answer = {"failure": _failure(error, root)}
    Path(answer_file).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
