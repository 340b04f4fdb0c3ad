"""Asks the policy pack what it thinks of a graph, over the protocol by which the real engine asks it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from groundwork.cost.request import Request
from groundwork.diff.change import ResourceChange
from groundwork.diff.data_loss import data_losses
from groundwork.errors import UserError
from groundwork.graph import Graph, Node
from groundwork.project import Project
from groundwork.wire import encode

PACK: Final = "policy"
WAIVERS: Final = "waivers"  # the rule of the pack that lists what is broken with leave
# Where the pack reads what its protocol cannot say: what would be lost, and how things are priced.
CHANGES: Final = "GROUNDWORK_CHANGES"
PROJECT: Final = "GROUNDWORK_PROJECT"
PURCHASE: Final = "GROUNDWORK_PURCHASE"
USAGE: Final = "GROUNDWORK_USAGE"
BAD_INPUT: Final = 2
START_SECONDS: Final = 60.0  # importing the pack takes about one; a machine under load takes longer

LEVELS: Final = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.REMEDIATE: "remediate",
}


@dataclass(frozen=True, order=True)
class Violation:
    """A rule that a resource breaks. `level` is mandatory (the update may not run) or advisory."""

    urn: str
    rule: str
    level: str
    message: str

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"rule": self.rule, "level": self.level, "urn": self.urn, "message": self.message}


@dataclass(frozen=True)
class Verdict:
    """What the pack said: its rules, every violation in the order of URNs, and those that a waiver allows."""

    rules: tuple[str, ...]
    violations: tuple[Violation, ...]
    waived: tuple[Violation, ...] = ()

    @property
    def mandatory(self) -> list[Violation]:
        """The violations that stop an update."""
        return [found for found in self.violations if found.level == "mandatory"]

    @property
    def ranked(self) -> list[Violation]:
        """All violations, those that stop an update first."""
        return sorted(self.violations, key=lambda found: found.level != "mandatory")

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "violations": [found.to_json() for found in self.violations],
            "waived": [{"urn": found.urn, "message": found.message} for found in self.waived],
        }


def judge(
    project: Project, graph: Graph, changes: Sequence[ResourceChange] = (), prices: Request | None = None
) -> Verdict:
    """The pack's verdict on every resource of the graph, on the graph as a whole, and on what the changes would lose.

    `prices` is how what it costs is reckoned, so that the verdict is about the figures that are shown beside it.
    Raises `UserError` where the pack does not start, with what it says of its configuration.
    """
    pack = project.root / PACK
    if not (pack / "PulumiPolicy.yaml").is_file():
        raise UserError(f"{PACK}/PulumiPolicy.yaml: no such file", "the policy pack stands beside Pulumi.yaml")
    with _told(changes) as file, _analyzer(pack, project, graph, _words(project, file, prices)) as analyzer:
        rules = tuple(sorted(rule.name for rule in analyzer.GetAnalyzerInfo(empty_pb2.Empty()).policies))
        analyzer.ConfigureStack(
            analyzer_pb2.AnalyzerStackConfigureRequest(stack=graph.stack, project=project.name, dry_run=True)
        )
        found: list[Violation] = []
        asked = [(node, _fields(graph, node)) for node in graph]
        for node, fields in asked:
            answer = analyzer.Analyze(analyzer_pb2.AnalyzeRequest(**fields))
            found.extend(_violations(answer, node.urn))
        whole = analyzer.AnalyzeStack(
            analyzer_pb2.AnalyzeStackRequest(resources=[_resource(node, fields) for node, fields in asked])
        )
        found.extend(_violations(whole, ""))
    every = sorted(set(found))
    return Verdict(
        tuple(rule for rule in rules if rule != WAIVERS),
        tuple(one for one in every if one.rule != WAIVERS),
        tuple(one for one in every if one.rule == WAIVERS),
    )


@contextlib.contextmanager
def _told(changes: Sequence[ResourceChange]) -> Iterator[Path]:
    """A file with what would be lost."""
    lost = [
        {
            "urn": loss.change.node.urn,
            "name": loss.change.node.name,
            "op": loss.change.op.value,
            "holds": loss.holds,
            "guard": loss.guard,
        }
        for loss in data_losses(list(changes))
    ]
    with tempfile.TemporaryDirectory(prefix="groundwork-") as folder:
        file = Path(folder) / "changes.json"
        file.write_text(json.dumps(lost), encoding="utf-8")
        yield file


def _words(project: Project, changes: Path, prices: Request | None) -> dict[str, str]:
    """What the pack's environment says."""
    request = prices or Request()
    return {
        CHANGES: str(changes),
        PROJECT: str(project.root.resolve()),
        PURCHASE: request.purchase.value,
        USAGE: "" if request.usage is None else str(request.usage.resolve()),
    }


@contextlib.contextmanager
def _analyzer(pack: Path, project: Project, graph: Graph, words: dict[str, str]) -> Iterator[Any]:
    """The pack as a running process that knows what the engine would tell it, and the way to talk to it."""
    told = {"PULUMI_PROJECT": project.name, "PULUMI_STACK": graph.stack, "PULUMI_DRY_RUN": "true"}
    # The address is where the pack would send log lines; this pack reports by its answers alone.
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack)],
        cwd=pack, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **told, **words},
    )  # fmt: skip
    late = threading.Timer(START_SECONDS, process.kill)
    late.start()
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        if not port.isdigit():
            said = process.communicate()[1].strip().splitlines() or ["it ended without a word"]
            if process.returncode == BAD_INPUT:  # its configuration cannot be used, and each line says why
                raise UserError("\n".join(said))
            raise UserError(f"{PACK}/__main__.py: the policy pack did not start: {said[-1]}")
        late.cancel()
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)]) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        late.cancel()
        process.kill()
        process.communicate()


def _struct(node: Node) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(encode(node.inputs))
    return struct


def _provider(graph: Graph, node: Node) -> analyzer_pb2.AnalyzerProviderResource | None:
    provider = graph.provider_of(node)
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type, properties=_struct(provider), urn=provider.urn, name=provider.name
    )


def _fields(graph: Graph, node: Node) -> dict[str, Any]:
    """What both questions say of a resource: the one about it alone, and the one about the whole stack."""
    return {
        "type": node.type,
        "properties": _struct(node),
        "urn": node.urn,
        "name": node.name,
        "options": analyzer_pb2.AnalyzerResourceOptions(protect=node.protect),
        "provider": _provider(graph, node),
    }


def _resource(node: Node, fields: dict[str, Any]) -> analyzer_pb2.AnalyzerResource:
    return analyzer_pb2.AnalyzerResource(
        **fields,
        parent=node.parent or "",
        dependencies=node.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in node.property_dependencies.items()
        },
    )


def _violations(answer: Any, urn: str) -> Iterator[Violation]:
    """The diagnostics of an answer; the pack puts a rule's description before its message, on a line of its own."""
    for found in answer.diagnostics:
        message = found.message.removeprefix(found.description).strip() or found.description
        yield Violation(found.urn or urn, found.policyName, LEVELS.get(found.enforcementLevel, "advisory"), message)
