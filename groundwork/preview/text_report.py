"""A preview for a person at a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rich.console import Console, Group
from rich.text import Text

from groundwork.diff.compare import Change, Forced, Op, count, undecided
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
    "keep": "to release",
    "same": "unchanged",
}


def show(report: Report, console: Console) -> None:
    """Print the whole report."""
    console.print(heading(report))
    console.print()
    for loss in data_losses(report.changes):
        console.print(Text.assemble(("! ", "bold red"), (loss.change.node.name, "bold"), f" {loss.text()}"))
    listed = in_order(report.changes)
    if all(change.op is Op.CREATE for change in report.changes):
        console.print(tree.build(report.changes, tree.label))
    elif not listed:
        console.print("No change.")
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


STAYS = {
    Op.DELETE: "it stays where it is, with what is in it, and is no longer managed",
    Op.REPLACE: "what is there now stays, with what is in it, and is no longer managed",
}


def notes(report: Report) -> list[str]:
    """What has to be said beside the changes: what was renamed, and of what nobody knows whether it is replaced."""
    renamed = [f"{_name(found.renamed_from)} → {found.node.name}" for found in report.changes if found.renamed_from]
    unsure = [] if report.decides_replacements else undecided(report.changes)
    return [
        *([f"Renamed, by an alias: {', '.join(renamed)}."] if renamed else []),
        *([f"An update may turn out to be a replacement; not known of {', '.join(unsure)}."] if unsure else []),
    ]


def in_order(changes: list[Change]) -> list[Change]:
    """What changes, in the order of a report.

    What destroys comes first, causes before what follows from them, and a component before what it is made of.
    """
    listed = [change for change in changes if change.op is not Op.SAME]
    nodes = {change.node.urn: change.node for change in changes}
    return sorted(
        listed,
        key=lambda change: (
            list(Op).index(change.op),
            change.kept,
            any(found.follows for found in change.forced_by),
            _line(change.node, nodes),
            change.node.urn,
        ),
    )


def _line(node: Node, nodes: Mapping[str, Node]) -> tuple[str, ...]:
    """The names from the outermost component to a resource."""
    parent = nodes.get(node.parent or "")
    above = () if parent is None or parent.type == STACK_TYPE else _line(parent, nodes)
    return (*above, node.name)


def about(change: Change) -> str:
    """What is made or goes, in a few words; of what changes, the differences tell."""
    return summary_of(change.node) if change.op in (Op.CREATE, Op.DELETE) else ""


def reason(forced: Forced) -> str:
    """Why a resource is replaced, in words."""
    if not forced.path:
        return f"with {_name(forced.follows)}, which made it and is replaced"
    source = "" if forced.follows is None else f", from {_name(forced.follows)}, which is replaced"
    return f"forced by {forced.path}{source}"


def _name(urn: str | None) -> str:
    return (urn or "").rpartition("::")[2]


def heading(report: Report) -> Text:
    """Which stack, which engine, compared with what."""
    return Text.assemble(
        ("Preview of ", "bold"),
        (report.graph.stack, "bold cyan"),
        f" · engine {report.graph.engine} · {against(report)}",
    )


def against(report: Report) -> str:
    """What the report compares with, in words."""
    if report.against is None:
        return "against nothing: every resource is new"
    return "against the stack's state" if report.against == STATE else f"against {report.against}"


def summary(changes: list[Change]) -> str:
    """The counts, without those that are zero; what is deleted and stays all the same is counted by itself."""
    released = sum(change.kept and change.op is Op.DELETE for change in changes)
    numbers = {**count(changes), "keep": released}
    numbers[Op.DELETE] -= released
    return ", ".join(f"{numbers[op]} {verb}" for op, verb in VERBS.items() if numbers[op]) or "nothing declared"


def violations(number: int) -> str:
    """How many, in words."""
    return "no violation" if number == 0 else f"{number} violation{'' if number == 1 else 's'}"


def policy(report: Report) -> Group:
    """The verdict: the number of rules, each violation with its rule and its resource, and what is waived."""
    verdict = report.verdict
    style = "red" if verdict.mandatory else "yellow" if verdict.violations else "green"
    told = f"{len(verdict.rules)} rules, {violations(len(verdict.violations))}"
    lines = [
        Text.assemble(("Policy   ", "bold"), (told, style), f", {len(verdict.waived)} waived" * bool(verdict.waived))
    ]
    for found in verdict.ranked:
        style = "red" if found.level == "mandatory" else "yellow"
        lines.append(Text.assemble(("  ✗ ", style), (found.rule, "bold"), f" ({found.level}): {found.message}"))
        lines.append(Text(f"    {found.urn}", style="dim"))
    for found in verdict.waived:
        lines.append(Text.assemble(("  ◦ ", "yellow"), found.message))
        lines.append(Text(f"    {found.urn}", style="dim"))
    return Group(*lines)


def _detail(change: Change) -> Text:
    sign, style = tree.STYLES[change.op]
    verb = "release" if change.kept and change.op is Op.DELETE else change.op.value
    text = Text.assemble((f"{sign} {verb} ", style), change.node.name, "  ", (change.node.type, "dim"))
    if change.kept:
        text.append(f"\n    kept: {STAYS[change.op]}", "green")
    if told := about(change):
        text.append(f"\n    {told}", "cyan")
    if change.forced_by:
        text.append(f"\n    {'; '.join(map(reason, change.forced_by))}", "magenta")
    for difference in change.differences:
        text.append(f"\n    {difference.path}: ")
        text.append(value(difference.before), "red")
        text.append(" → ")
        text.append(value(difference.after), "green")
    return text


def value(given: Value) -> str:
    """A value on one line; None is an input that is not there."""
    if given is None:
        return "(none)"
    if isinstance(given, Placeholder):
        return given.value
    return json.dumps(plain(given), ensure_ascii=False)
