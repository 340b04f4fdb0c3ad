"""The report of a preview for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rich.console import Console, Group
from rich.text import Text

from groundwork.diff.change import Op, ReplaceReason, ResourceChange
from groundwork.diff.compare import count, undecided
from groundwork.diff.data_loss import data_losses
from groundwork.graph import STACK_TYPE, Node, Placeholder, Value, plain
from groundwork.preview import cost_report, tree
from groundwork.preview.planning import STATE, Report
from groundwork.preview.summary import summary_of

VERBS = {
    "create": "to create",
    "update": "to update",
    "replace": "to replace",
    "delete": "to delete",
    "retain": "to retain",
    "same": "unchanged",
}
RETAINED = {
    Op.DELETE: "not deleted in the cloud, and no longer managed",
    Op.REPLACE: "the old resource is not deleted in the cloud, and no longer managed",
}


def show(report: Report, console: Console) -> None:
    """Print the report."""
    console.print(heading(report))
    console.print()
    for loss in data_losses(report.changes):
        console.print(Text.assemble(("! ", "bold red"), (loss.change.node.name, "bold"), f" {loss.text()}"))
    listed = in_order(report.changes)
    if all(change.op is Op.CREATE for change in report.changes):
        console.print(tree.build(report.changes, tree.label))
    elif not listed:
        console.print("No changes.")
    else:
        for change in listed:
            console.print(_detail(change))
    console.print()
    console.print(Text.assemble(("Changes  ", "bold"), summary(report.changes)))
    console.print(policy(report))
    for line in () if report.cost is None else cost_report.text(report.cost):
        console.print(line)
    for note in notes(report):
        console.print(Text(note, style="dim"))


def notes(report: Report) -> list[str]:
    """Sentences about renamed resources, and about types whose replacement rules are unknown."""
    renamed = [f"{_name(change.renamed_from)} → {change.node.name}" for change in report.changes if change.renamed_from]
    unknown = [] if report.decides_replacements else undecided(report.changes)
    sentences = []
    if renamed:
        sentences.append(f"Renamed by alias: {', '.join(renamed)}.")
    if unknown:
        sentences.append(
            f"An update may be a replacement for these types, whose rules are unknown: {', '.join(unknown)}."
        )
    return sentences


def in_order(changes: list[ResourceChange]) -> list[ResourceChange]:
    """The changes in the order of a report, without unchanged resources.

    Destructive operations first, then causes before their consequences, and components before their resources.
    """
    listed = [change for change in changes if change.op is not Op.SAME]
    nodes = {change.node.urn: change.node for change in changes}
    return sorted(
        listed,
        key=lambda change: (
            list(Op).index(change.op),
            change.retained,
            any(reason.follows for reason in change.forced_by),
            _path(change.node, nodes),
            change.node.urn,
        ),
    )


def _path(node: Node, nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """The names from the top-level component to a resource."""
    parent = nodes.get(node.parent or "")
    above = () if parent is None or parent.type == STACK_TYPE else _path(parent, nodes)
    return (*above, node.name)


def summary_of_change(change: ResourceChange) -> str:
    """The summary of a created or deleted resource; empty for others, whose differences are listed."""
    return summary_of(change.node) if change.op in (Op.CREATE, Op.DELETE) else ""


def reason_text(reason: ReplaceReason) -> str:
    """A reason of a replacement as text."""
    if not reason.path:
        return f"because provider {_name(reason.follows)} is replaced"
    source = "" if reason.follows is None else f" (output of {_name(reason.follows)}, which is replaced)"
    return f"forced by {reason.path}{source}"


def _name(urn: str | None) -> str:
    return (urn or "").rpartition("::")[2]


def heading(report: Report) -> Text:
    """The stack, the engine and the baseline."""
    return Text.assemble(
        ("Preview of ", "bold"),
        (report.graph.stack, "bold cyan"),
        f" · engine {report.graph.engine} · {baseline(report)}",
    )


def baseline(report: Report) -> str:
    """What the report compares with, as text."""
    if report.against is None:
        return "no baseline: every resource is new"
    return "against the stack's state" if report.against == STATE else f"against {report.against}"


def summary(changes: list[ResourceChange]) -> str:
    """The counts of operations, without zeros; retained resources are not counted as deleted."""
    retained = sum(change.retained and change.op is Op.DELETE for change in changes)
    numbers = {**count(changes), "retain": retained}
    numbers[Op.DELETE] -= retained
    return ", ".join(f"{numbers[op]} {verb}" for op, verb in VERBS.items() if numbers[op]) or "no resources"


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``no rules``, ``1 rule``, ``2 rules``."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def policy(report: Report) -> Group:
    """The policy verdict: the number of rules, the violations with rule and resource, and the waived violations."""
    verdict = report.verdict
    style = "red" if verdict.mandatory else "yellow" if verdict.violations else "green"
    counts = f"{counted(len(verdict.rules), 'rule')}, {counted(len(verdict.violations), 'violation')}"
    waived = f", {len(verdict.waived)} waived" if verdict.waived else ""
    lines = [Text.assemble(("Policy   ", "bold"), (counts, style), waived)]
    for violation in verdict.ranked:
        style = "red" if violation.level == "mandatory" else "yellow"
        lines.append(
            Text.assemble(("  ✗ ", style), (violation.rule, "bold"), f" ({violation.level}): {violation.message}")
        )
        lines.append(Text(f"    {violation.urn}", style="dim"))
    for violation in verdict.waived:
        lines.append(Text.assemble(("  ◦ ", "yellow"), violation.message))
        lines.append(Text(f"    {violation.urn}", style="dim"))
    return Group(*lines)


def _detail(change: ResourceChange) -> Text:
    sign, style = tree.STYLES[change.op]
    verb = "retain" if change.retained and change.op is Op.DELETE else change.op.value
    text = Text.assemble((f"{sign} {verb} ", style), change.node.name, "  ", (change.node.type, "dim"))
    if change.retained:
        text.append(f"\n    {RETAINED[change.op]}", "green")
    if resource_summary := summary_of_change(change):
        text.append(f"\n    {resource_summary}", "cyan")
    if change.forced_by:
        text.append(f"\n    {'; '.join(map(reason_text, change.forced_by))}", "magenta")
    for difference in change.differences:
        text.append(f"\n    {difference.path}: ")
        text.append(value(difference.before), "red")
        text.append(" → ")
        text.append(value(difference.after), "green")
    return text


def value(given: Value) -> str:
    """A value on one line; None is an absent input."""
    if given is None:
        return "(none)"
    if isinstance(given, Placeholder):
        return given.value
    return json.dumps(plain(given), ensure_ascii=False)
