"""Client of the policy pack: starts it as a process and asks for verdicts over the engine's analyzer protocol."""

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
from typing import IO, Any, Final, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from groundwork import analyzer_requests, pack_environment
from groundwork.cost.request import Request
from groundwork.diff.change import ResourceChange
from groundwork.diff.data_loss import data_losses
from groundwork.errors import UserError
from groundwork.graph import Graph
from groundwork.project import Project

PACK: Final = "policy"
WAIVERS: Final = "waivers"  # the policy of the pack that lists waived violations
BAD_INPUT: Final = 2  # the pack's exit code where its configuration is not valid
START_SECONDS: Final = 180.0  # from the first request; importing the pack takes one second on an idle machine

LEVELS: Final = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.REMEDIATE: "remediate",
}


@dataclass(frozen=True, order=True)
class Violation:
    """A rule that a resource violates. `level` is mandatory (no update may run) or advisory."""

    urn: str
    rule: str
    level: str
    message: str

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {"rule": self.rule, "level": self.level, "urn": self.urn, "message": self.message}


@dataclass(frozen=True)
class Verdict:
    """The answer of the pack: the names of its rules, all violations sorted by URN, and the waived violations."""

    rules: tuple[str, ...]
    violations: tuple[Violation, ...]
    waived: tuple[Violation, ...] = ()

    @property
    def mandatory(self) -> list[Violation]:
        """The violations that stop an update."""
        return [violation for violation in self.violations if violation.level == "mandatory"]

    @property
    def ranked(self) -> list[Violation]:
        """All violations, mandatory ones first."""
        return sorted(self.violations, key=lambda violation: violation.level != "mandatory")

    def to_json(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "violations": [violation.to_json() for violation in self.violations],
            "waived": [{"urn": violation.urn, "message": violation.message} for violation in self.waived],
        }


class Pack:
    """A running policy pack, which judges any number of graphs of one stack."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str], changes: Path, project: str) -> None:
        """`errors` has what the process prints as diagnostics; `changes` is the file from which it reads changes."""
        self._process = process
        self._output = cast("IO[str]", process.stdout)
        self._errors = errors
        self._changes = changes
        self._project = project
        self._channel: grpc.Channel | None = None

    @classmethod
    @contextlib.contextmanager
    def start(cls, project: Project, stack: str, prices: Request | None = None) -> Iterator[Pack]:
        """Start the pack and return at once: it loads while the caller makes a plan. It ends with the context.

        `prices` is how the graph is priced, so that the verdict is about the costs that the same report shows.
        Raises `UserError` where the project has no pack.
        """
        pack = project.root / PACK
        if not (pack / "PulumiPolicy.yaml").is_file():
            raise UserError(f"{PACK}/PulumiPolicy.yaml: no such file", "the policy pack is next to Pulumi.yaml")
        with (
            tempfile.TemporaryDirectory(prefix="groundwork-") as folder,
            Path(folder, "errors").open("w+", encoding="utf-8") as errors,
        ):
            changes = Path(folder, "changes.json")
            # The address is where the pack would send log lines; this pack only reports by its answers.
            process = subprocess.Popen(
                [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack)],
                cwd=pack, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, **_environment(project, stack, changes, prices or Request())},
            )  # fmt: skip
            started = cls(process, errors, changes, project.name)
            try:
                yield started
            finally:
                started._stop()

    def judge(self, graph: Graph, changes: Sequence[ResourceChange] = ()) -> Verdict:
        """The verdict on every resource, on the graph as a whole, and on what the changes would lose.

        Raises `UserError` where the pack does not start or fails, with what it says of its configuration.
        """
        self._changes.write_text(json.dumps(_lost(changes)), encoding="utf-8")
        analyzer = self._connect()
        urn = ""
        answers: list[Violation] = []
        try:
            analyzer.ConfigureStack(
                analyzer_pb2.AnalyzerStackConfigureRequest(stack=graph.stack, project=self._project, dry_run=True)
            )
            info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
            # The requests are sent ahead, so that the pack judges one resource while the next one is encoded.
            pending = [
                (node.urn, analyzer.Analyze.future(analyzer_requests.of_resource(graph, node))) for node in graph
            ]
            pending.append(("", analyzer.AnalyzeStack.future(analyzer_requests.of_stack(graph))))
            for urn, future in pending:
                answers.extend(_violations(future.result(), urn))
        except grpc.RpcError as error:  # which is the call, too: it has the details
            raise UserError(f"{PACK}: the policy pack failed on {urn or 'the stack'}: {error.details()}") from None
        violations = sorted(set(answers))
        return Verdict(
            tuple(sorted(rule.name for rule in info.policies if rule.name != WAIVERS)),
            tuple(violation for violation in violations if violation.rule != WAIVERS),
            tuple(violation for violation in violations if violation.rule == WAIVERS),
        )

    def _connect(self) -> analyzer_pb2_grpc.AnalyzerStub:
        if self._channel is None:
            options = [("grpc.max_receive_message_length", -1)]
            self._channel = grpc.insecure_channel(f"127.0.0.1:{self._port()}", options=options)
        return analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def _port(self) -> int:
        """The port that the pack prints once it is loaded."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = threading.Timer(START_SECONDS, expire)
        timer.start()
        port = self._output.readline().strip()
        timer.cancel()
        if port.isdigit():
            return int(port)
        if expired.is_set():
            raise UserError(
                f"{PACK}: the policy pack did not answer within {START_SECONDS:.0f} seconds",
                f"try again on a machine that is less busy, or start it to see why: python -m pulumi.policy : {PACK}",
            )
        returncode = self._process.wait()
        self._errors.seek(0)
        printed = self._errors.read().strip()
        if returncode == BAD_INPUT and printed:  # each line is a problem of its configuration
            raise UserError(printed)
        reason = printed.splitlines()[-1] if printed else f"exit code {returncode}"
        raise UserError(f"{PACK}/__main__.py: the policy pack did not start: {reason}")

    def _stop(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._process.kill()
        self._process.communicate()


def judge(
    project: Project, graph: Graph, changes: Sequence[ResourceChange] = (), prices: Request | None = None
) -> Verdict:
    """The verdict of a pack that is started for one graph; see `Pack.start` and `Pack.judge`."""
    with Pack.start(project, graph.stack, prices) as pack:
        return pack.judge(graph, changes)


def _environment(project: Project, stack: str, changes: Path, prices: Request) -> dict[str, str]:
    """What the engine would set for the pack, and what only this client sets."""
    return {
        "PULUMI_PROJECT": project.name,
        "PULUMI_STACK": stack,
        "PULUMI_DRY_RUN": "true",
        pack_environment.CHANGES: str(changes),
        pack_environment.PROJECT: str(project.root.resolve()),
        pack_environment.PURCHASE: prices.purchase.value,
        pack_environment.USAGE: "" if prices.usage is None else str(prices.usage.resolve()),
    }


def _lost(changes: Sequence[ResourceChange]) -> list[dict[str, str | None]]:
    """The resources that would be lost, as the pack reads them."""
    return [
        {
            "urn": loss.change.node.urn,
            "name": loss.change.node.name,
            "op": loss.change.op.value,
            "holds": loss.holds,
            "guard": loss.guard,
        }
        for loss in data_losses(list(changes))
    ]


def _violations(answer: Any, urn: str) -> Iterator[Violation]:
    """The diagnostics of an answer; the pack puts a rule's description on a line before its message."""
    for diagnostic in answer.diagnostics:
        message = diagnostic.message.removeprefix(diagnostic.description).strip() or diagnostic.description
        level = LEVELS.get(diagnostic.enforcementLevel, "advisory")
        yield Violation(diagnostic.urn or urn, diagnostic.policyName, level, message)
