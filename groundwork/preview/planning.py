"""From a request (stack, engine, what to compare with) to a report: the part of a preview that thinks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from groundwork import policy_client
from groundwork.cost.change import Comparison
from groundwork.diff import compare, engine_steps
from groundwork.engines import embedded, exports, real, revisions
from groundwork.errors import UserError
from groundwork.graph import Graph
from groundwork.preview import pricing
from groundwork.project import Project

ENGINES: Final = ("auto", embedded.NAME, real.NAME)
STATE: Final = "state"


@dataclass(frozen=True)
class Report:
    """A preview: what is declared, what changes compared with `against`, and what the policy pack says.

    `against` is a git ref, the path of an export, ``state`` for the stack's own state, or None for nothing at all, in
    which case every resource is new. `decides_replacements` is whether the providers were asked what is replaced.
    `cost` is None where nobody asked for it.
    """

    graph: Graph
    against: str | None
    changes: list[compare.Change]
    verdict: policy_client.Verdict
    decides_replacements: bool
    cost: Comparison | None = None

    def to_json(self) -> dict[str, Any]:
        """The contract of ``preview --json``: unchanged resources are counted, not listed."""
        return {
            "stack": self.graph.stack,
            "engine": self.graph.engine,
            "against": self.against,
            "summary": compare.count(self.changes),
            "changes": [change.to_json() for change in self.changes if change.op is not compare.Op.SAME],
            "renamed": [
                {"urn": change.node.urn, "from": change.renamed_from} for change in self.changes if change.renamed_from
            ],
            "policy": self.verdict.to_json(),
            **({} if self.cost is None else {"cost": self.cost.to_json()}),
        }


def choose(engine: str) -> str:
    """The engine that a request names; `auto` is the real one where it is installed."""
    if engine == "auto":
        return real.NAME if real.available() else embedded.NAME
    if engine == real.NAME and not real.available():
        raise UserError(
            "--engine pulumi: there is no pulumi on PATH",
            "install the CLI (https://www.pulumi.com/docs/install), or plan without it: --engine sdk",
        )
    return engine


def plan(project: Project, stack: str, engine: str) -> Graph:
    """What is declared, from the chosen engine."""
    project.settings_file(stack)
    return embedded.plan(project, stack) if choose(engine) == embedded.NAME else real.plan(project, stack)


def preview(
    project: Project, stack: str, engine: str, against: str | None, prices: pricing.Request | None = None
) -> Report:
    """A report on the stack as it is now, with its cost where `prices` asks for it.

    Raises `UserError` for what cannot be used.
    """
    project.settings_file(stack)
    chosen = choose(engine)
    # The pack loads while the plan is made.
    with policy_client.Pack.start(project, stack, prices) as pack:
        return _preview(project, stack, chosen, against, prices, pack)


def _preview(
    project: Project,
    stack: str,
    chosen: str,
    against: str | None,
    prices: pricing.Request | None,
    pack: policy_client.Pack,
) -> Report:
    if against is None and chosen == real.NAME and real.has_state(project, stack):
        found = real.preview(project, stack)
        graph = engine_steps.graph_of(stack, chosen, found)
        done = engine_steps.changes_of(found)
        then = engine_steps.graph_before(stack, found)
        cost = None if prices is None else pricing.compare(project, prices, then, graph, done)
        verdict = pack.judge(graph, done)
        return Report(graph, STATE, done, verdict, decides_replacements=True, cost=cost)
    # Both plans are processes of their own; side by side they take the time of one.
    with ThreadPoolExecutor() as pool:
        old = pool.submit(_before, project, stack, chosen, against)
        graph = plan(project, stack, chosen)
        before = old.result()
    done = compare.between(before, graph)
    cost = None if prices is None else pricing.compare(project, prices, before, graph, done)
    verdict = pack.judge(graph, done)
    return Report(graph, against, done, verdict, decides_replacements=False, cost=cost)


def _before(project: Project, stack: str, engine: str, against: str | None) -> Graph | None:
    """What to compare with: nothing, an export, or the plan of another revision."""
    if against is None:
        return None
    if (file := Path(against)).is_file():
        return exports.read(file, stack)
    with revisions.checked_out(project, against) as then:
        if stack not in then.stacks():
            return None  # the stack is new since then, and so is everything in it
        try:
            return plan(then, stack, engine)
        except UserError as error:
            raise UserError(f"--against {against}: that revision has no plan: {error.message}", error.hint) from None
