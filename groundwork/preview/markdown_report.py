"""The report of a preview for a pull request, in GitHub's Markdown and within the length of a comment."""

from __future__ import annotations

from collections import Counter

from groundwork.diff.change import Op, ResourceChange
from groundwork.diff.data_loss import data_losses
from groundwork.preview import cost_report
from groundwork.preview.planning import Report
from groundwork.preview.text_report import (
    RETAINED,
    baseline,
    counted,
    in_order,
    notes,
    reason_text,
    summary,
    summary_of_change,
    value,
)
from groundwork.preview.tree import short_type

# https://github.com/orgs/community/discussions/27190: 65,536 characters; the last lines of a cut report need some.
LIMIT = 60_000

FENCE = "```"
PATHS_SHOWN = 4  # of a row of the table

OPERATIONS = {Op.DELETE: "🗑️ delete", Op.REPLACE: "♻️ replace", Op.UPDATE: "✏️ update", Op.CREATE: "✨ create"}
RETAIN = "📌 retain"


def marker(stack: str) -> str:
    """The hidden comment by which a bot finds its earlier report, to update it."""
    return f"<!-- groundwork-preview:{stack} -->"


def text(report: Report) -> str:
    """The report as GitHub's Markdown."""
    listed = in_order(report.changes)
    lines = [
        marker(report.graph.stack),
        f"### Preview of `{report.graph.stack}`",
        "",
        *_losses(report),
        f"**{summary(report.changes)}** · {_verdict(report)}",
        "",
        f"<sub>{baseline(report)} · engine `{report.graph.engine}`</sub>",
        "",
        *_violations(report),
        *([] if report.cost is None else cost_report.markdown(report.cost)),
    ]
    if all(change.op is Op.CREATE for change in report.changes):
        lines += _inventory(report)
    elif listed:
        lines += _table(listed)
        lines += _details([change for change in listed if change.differences])
    for note in notes(report):
        lines += [f"<sub>{note}</sub>", ""]
    return _cut("\n".join(lines)).rstrip() + "\n"


def _losses(report: Report) -> list[str]:
    """Warnings about data loss."""
    losses = data_losses(report.changes)
    if not losses:
        return []
    return ["> [!CAUTION]", *(f"> `{loss.change.node.name}` {loss.text()}.  " for loss in losses), ""]


def _verdict(report: Report) -> str:
    verdict = report.verdict
    icon = "❌" if verdict.mandatory else "⚠️" if verdict.violations else "✅"
    waived = f", {len(verdict.waived)} waived" if verdict.waived else ""
    rules = counted(len(verdict.rules), "rule")
    return f"{icon} policy: {rules}, {counted(len(verdict.violations), 'violation')}{waived}"


def _violations(report: Report) -> list[str]:
    verdict = report.verdict
    rows = [
        *((f"`{violation.rule}`", violation.level, violation) for violation in verdict.ranked),
        *(("`waived`", "", violation) for violation in verdict.waived),
    ]
    if not rows:
        return []
    return [
        "| rule | level | violation | resource |",
        "|---|---|---|---|",
        *(
            f"| {rule} | {level} | {_cell(violation.message)} | `{_cell(violation.urn.rpartition('::')[2])}` |"
            for rule, level, violation in rows
        ),
        "",
    ]


def _table(changes: list[ResourceChange]) -> list[str]:
    """One row for each change."""
    rows = [
        f"| {_operation(change)} | `{_cell(change.node.name)}` | {short_type(change.node.type)} | {_change(change)} |"
        for change in changes
    ]
    return ["| | resource | type | change |", "|---|---|---|---|", *rows, ""]


def _operation(change: ResourceChange) -> str:
    return RETAIN if change.retained and change.op is Op.DELETE else OPERATIONS[change.op]


def _change(change: ResourceChange) -> str:
    forcing = change.forcing_paths()
    paths = [f"`{_cell(difference.path)}`" for difference in change.differences if difference.path not in forcing]
    shown = ", ".join(paths[:PATHS_SHOWN]) + (
        f" and {len(paths) - PATHS_SHOWN} more" if len(paths) > PATHS_SHOWN else ""
    )
    reasons = "; ".join(_cell(reason_text(reason)) for reason in change.forced_by[:PATHS_SHOWN])
    retained = RETAINED[change.op] if change.retained else ""
    return " · ".join(part for part in (retained, _cell(summary_of_change(change)), reasons, shown) if part)


def _details(changes: list[ResourceChange]) -> list[str]:
    """The values before and after, folded."""
    if not changes:
        return []
    lines = ["<details><summary>Values before and after</summary>", ""]
    for change in changes:
        lines += [f"`{change.node.urn}`", "", f"{FENCE}diff"]
        for difference in change.differences:
            lines += [
                f"- {difference.path}: {value(difference.before)}",
                f"+ {difference.path}: {value(difference.after)}",
            ]
        lines += [FENCE, ""]
    return [*lines, "</details>", ""]


def _inventory(report: Report) -> list[str]:
    """One row for each component with the types of its resources, where every resource is new."""
    children: dict[str, Counter[str]] = {}
    for change in report.changes:
        parent = report.graph.nodes.get(change.node.parent or "")
        if change.node.custom and parent is not None:
            children.setdefault(parent.urn, Counter())[short_type(change.node.type)] += 1
    rows = []
    for urn, kinds in children.items():
        node = report.graph.nodes[urn]
        resources = ", ".join(f"{kind} x {number}" if number > 1 else kind for kind, number in sorted(kinds.items()))
        rows.append(f"| `{_cell(node.name)}` | {short_type(node.type)} | {resources} |")
    return ["| component | type | resources |", "|---|---|---|", *rows, ""]


def _cell(text_: str) -> str:
    """Text escaped for a cell of a table."""
    return text_.replace("|", "\\|").replace("\n", " ")


def _cut(report: str) -> str:
    """The report, cut after a line where it is too long for a comment, with an open code block and fold closed."""
    if len(report) <= LIMIT:
        return report
    cut = report[:LIMIT].rpartition("\n")[0]
    fence = f"\n{FENCE}" if sum(line.startswith(FENCE) for line in cut.splitlines()) % 2 else ""
    fold = "\n\n</details>" if cut.count("<details>") > cut.count("</details>") else ""
    return (
        f"{cut}{fence}{fold}\n\n"
        f"_Truncated: the report has {len(report):,} characters. For all of it, run with `--format text`._"
    )
