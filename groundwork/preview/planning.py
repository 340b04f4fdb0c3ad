"""Plan a stack and build the report of a preview."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from groundwork import policy_client
from groundwork.cost.change import Comparison
from groundwork.cost.request import Request
from groundwork.diff import compare, engine_steps
from groundwork.diff.change import Op, ResourceChange
from groundwork.engines import embedded, exports, real, revisions
from groundwork.errors import UserError
from groundwork.graph import Graph
from groundwork.preview.pricing import compare_costs
from groundwork.project import Project

ENGINES: Final = ("auto", embedded.NAME, real.NAME)
STATE: Final = "state"


@dataclass(frozen=True)
class Report:
    """A preview: the declared graph, its changes, the policy verdict and the cost.

    `against` is the baseline: a git ref, the path of an export, ``state`` for the stack's own state, or None without a
    baseline, when every resource is new. `decides_replacements` is whether the providers decided what is replaced.
    `cost` is None where it was not requested.
    """

    graph: Graph
    against: str | None
    changes: list[ResourceChange]
    verdict: policy_client.Verdict
    decides_replacements: bool
    cost: Comparison | None = None

    def to_json(self) -> dict[str, Any]:
        """The form of ``preview --json``: unchanged resources are counted, not listed."""
        return {
            "stack": self.graph.stack,
            "engine": self.graph.engine,
            "against": self.against,
            "summary": compare.count(self.changes),
            "changes": [change.to_json() for change in self.changes if change.op is not Op.SAME],
            "renamed": [
                {"urn": change.node.urn, "from": change.renamed_from} for change in self.changes if change.renamed_from
            ],
            "policy": self.verdict.to_json(),
            **({} if self.cost is None else {"cost": self.cost.to_json()}),
        }


def choose(engine: str) -> str:
    """The name of the engine to use; `auto` is the Pulumi CLI where it is installed. Raises `UserError` without it."""
    if engine == "auto":
        return real.NAME if real.available() else embedded.NAME
    if engine == real.NAME and not real.available():
        raise UserError(
            "--engine pulumi: pulumi is not on PATH",
            "install the CLI (https://www.pulumi.com/docs/install), or plan without it with --engine sdk",
        )
    return engine


def plan(project: Project, stack: str, engine: str) -> Graph:
    """The declared graph, from the chosen engine; raises `UserError`."""
    project.settings_file(stack)
    return embedded.plan(project, stack) if choose(engine) == embedded.NAME else real.plan(project, stack)


def preview(project: Project, stack: str, engine: str, against: str | None, prices: Request | None = None) -> Report:
    """The report of a stack, with its cost where `prices` is given; raises `UserError`."""
    project.settings_file(stack)
    chosen = choose(engine)
    # The pack loads while the plan is made.
    with policy_client.Pack.start(project, stack, prices) as pack:
        before: Graph | None
        if is_state := against is None and chosen == real.NAME and real.has_state(project, stack):
            steps = real.preview(project, stack)
            before, graph = engine_steps.graph_before(stack, steps), engine_steps.graph_of(stack, chosen, steps)
            changes = engine_steps.changes_of(steps)
        else:
            # Each plan runs in a separate process, so two at a time take no longer than one.
            with ThreadPoolExecutor() as pool:
                baseline = pool.submit(_baseline, project, stack, chosen, against)
                graph = plan(project, stack, chosen)
                before = baseline.result()
            changes = compare.between(before, graph)
        cost = None if prices is None else compare_costs(project, prices, before, graph, changes)
        verdict = pack.judge(graph, changes)
    return Report(graph, STATE if is_state else against, changes, verdict, decides_replacements=is_state, cost=cost)


def _baseline(project: Project, stack: str, engine: str, against: str | None) -> Graph | None:
    """The graph to compare with, from an export or another revision; None without one."""
    if against is None:
        return None
    if (file := Path(against)).is_file():
        return exports.read(file, stack)
    with revisions.checked_out(project, against) as revision:
        if stack not in revision.stacks():
            return None  # the stack did not exist, so every resource is new
        try:
            return plan(revision, stack, engine)
        except UserError as error:
            raise UserError(f"--against {against}: cannot plan that revision: {error.message}", error.hint) from None
