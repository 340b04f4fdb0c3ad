"""A preview for a pull request: what matters first, the rest folded away, never more than a comment may hold."""

from __future__ import annotations

from collections import Counter

from groundwork.diff.compare import Change, Op
from groundwork.diff.data_loss import data_losses
from groundwork.preview import cost_report
from groundwork.preview.planning import Report
from groundwork.preview.text_report import STAYS, about, against, in_order, notes, reason, summary, value, violations
from groundwork.preview.tree import short_type

# https://github.com/orgs/community/discussions/27190: 65,536 characters; the rest is room for the last lines.
LIMIT = 60_000

PATHS_SHOWN = 4

MARKS = {Op.DELETE: "🗑️ delete", Op.REPLACE: "♻️ replace", Op.UPDATE: "✏️ update", Op.CREATE: "✨ create"}
KEPT = "📌 release"


def marker(stack: str) -> str:
    """The comment by which a bot finds its earlier report, to update it instead of adding another."""
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
        f"<sub>{against(report)} · engine `{report.graph.engine}`</sub>",
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
    """What would be lost, before anything else."""
    found = data_losses(report.changes)
    if not found:
        return []
    return ["> [!CAUTION]", *(f"> `{loss.change.node.name}` {loss.text()}.  " for loss in found), ""]


def _verdict(report: Report) -> str:
    found = report.verdict.violations
    mark = "❌" if report.verdict.mandatory else "⚠️" if found else "✅"
    waived = f", {len(report.verdict.waived)} waived" if report.verdict.waived else ""
    return f"{mark} policy: {len(report.verdict.rules)} rules, {violations(len(found))}{waived}"


def _violations(report: Report) -> list[str]:
    rows = [
        f"| `{found.rule}` | {found.level} | {_cell(found.message)} | `{_cell(found.urn.rpartition('::')[2])}` |"
        for found in report.verdict.ranked
    ] + [
        f"| `waived` | | {_cell(found.message)} | `{_cell(found.urn.rpartition('::')[2])}` |"
        for found in report.verdict.waived
    ]
    if not rows:
        return []
    return ["| rule | level | what is wrong | resource |", "|---|---|---|---|", *rows, ""]


def _table(changes: list[Change]) -> list[str]:
    """One row for each change."""
    rows = [
        f"| {_mark(change)} | `{_cell(change.node.name)}` | {short_type(change.node.type)} | {_what(change)} |"
        for change in changes
    ]
    return ["| | resource | type | what |", "|---|---|---|---|", *rows, ""]


def _mark(change: Change) -> str:
    return KEPT if change.kept and change.op is Op.DELETE else MARKS[change.op]


def _what(change: Change) -> str:
    forcing = change.forcing()
    paths = [f"`{_cell(found.path)}`" for found in change.differences if found.path not in forcing]
    shown = ", ".join(paths[:PATHS_SHOWN]) + (
        f" and {len(paths) - PATHS_SHOWN} more" if len(paths) > PATHS_SHOWN else ""
    )
    reasons = "; ".join(_cell(reason(found)) for found in change.forced_by[:PATHS_SHOWN])
    stays = STAYS[change.op] if change.kept else ""
    return " · ".join(part for part in (stays, _cell(about(change)), reasons, shown) if part)


def _details(changes: list[Change]) -> list[str]:
    """The values before and after, folded."""
    if not changes:
        return []
    lines = ["<details><summary>Values before and after</summary>", ""]
    for change in changes:
        lines += [f"`{change.node.urn}`", "", "```diff"]
        for difference in change.differences:
            lines += [
                f"- {difference.path}: {value(difference.before)}",
                f"+ {difference.path}: {value(difference.after)}",
            ]
        lines += ["```", ""]
    return [*lines, "</details>", ""]


def _inventory(report: Report) -> list[str]:
    """Everything is new: components with what they own, since a hundred rows of "create" say nothing."""
    owned: dict[str, Counter[str]] = {}
    for change in report.changes:
        parent = report.graph.nodes.get(change.node.parent or "")
        if change.node.custom and parent is not None:
            owned.setdefault(parent.urn, Counter())[short_type(change.node.type)] += 1
    rows = []
    for urn, kinds in owned.items():
        node = report.graph.nodes[urn]
        what = ", ".join(f"{kind} x {number}" if number > 1 else kind for kind, number in sorted(kinds.items()))
        rows.append(f"| `{_cell(node.name)}` | {short_type(node.type)} | {what} |")
    return ["| component | type | resources |", "|---|---|---|", *rows, ""]


def _cell(text_: str) -> str:
    """Text that cannot end a cell of a table."""
    return text_.replace("|", "\\|").replace("\n", " ")


def _cut(whole: str) -> str:
    """The report, shortened at a line where it is too long for a comment; an open fold and fence are closed."""
    if len(whole) <= LIMIT:
        return whole
    kept = whole[:LIMIT].rpartition("\n")[0]
    fence = "\n```" if kept.count("```") % 2 else ""
    fold = "\n\n</details>" if kept.count("<details>") > kept.count("</details>") else ""
    return (
        f"{kept}{fence}{fold}\n\n_Cut here: the whole report has {len(whole)} characters; run it with `--format text`._"
    )
