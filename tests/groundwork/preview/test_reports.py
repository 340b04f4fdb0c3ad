"""Tests of the reports of a preview."""

from __future__ import annotations

import dataclasses
import io
from decimal import Decimal

import pytest
from rich.console import Console

from groundwork.cost.estimate import Range
from groundwork.diff.change import ReplaceReason
from groundwork.diff.compare import between
from groundwork.graph import Graph, Node, Placeholder
from groundwork.policy_client import Verdict, Violation
from groundwork.preview import markdown_report, mermaid, text_report
from groundwork.preview.planning import Report
from tests.groundwork.samples import STACK, graph, node

BEFORE = graph(node("deleted"), node("changed", {"labels": {"team": "a|b"}, "token": Placeholder.SECRET, "size": 1}))
AFTER = graph(node("made"), node("changed", {"labels": {"team": "c"}, "token": Placeholder.SECRET}))
VIOLATION = Violation(node("made").urn, "labels", "mandatory", "made lacks the label team")


def _report(before: Graph | None, after: Graph, *violations: Violation) -> Report:
    against = None if before is None else "HEAD~1"
    return Report(after, against, between(before, after), Verdict(("labels",), violations), decides_replacements=False)


def _text(report: Report) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    text_report.show(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_text_lists_destructive_changes_first() -> None:
    """Deletions, then updates, then creations; unchanged resources are only counted."""
    text = _text(_report(BEFORE, AFTER))

    assert text.index("delete deleted") < text.index("update changed") < text.index("create made")
    assert 'labels.team: "a|b" → "c"' in text
    assert "size: 1 → (none)" in text
    assert "1 to create, 1 to update, 1 to delete, 1 unchanged" in text


def test_component_is_above_its_resources() -> None:
    """Created resources have a summary."""
    team = Node("urn:pulumi:dev::sample::t::team", "groundwork:team:Team", "team", {}, STACK, custom=False)
    kind = "gcp:storage/bucketIAMMember:BucketIAMMember"
    grant = Node(f"urn:pulumi:dev::sample::t${kind}::a", kind, "a", {"role": "r", "member": "m"}, team.urn)
    report = _report(BEFORE, graph(*BEFORE, team, grant))
    text, markdown = _text(report), markdown_report.text(report)

    assert text.index("create team ") < text.index("create a ") < text.index("    r for m")
    assert markdown.index("| `team` |") < markdown.index("| `a` | storage BucketIAMMember | r for m |")


def test_retained_resources_are_not_shown_as_deleted() -> None:
    """Both forms say that the resource is not deleted in the cloud; the JSON counts it by its operation."""
    before = graph(node("deleted"), node("kept", retain_on_delete=True), node("moved", {"location": "EU"}))
    before = graph(*before, node("left", {"location": "EU"}, retain_on_delete=True))
    report = _report(before, graph(node("moved", {"location": "US"}), node("left", {"location": "US"})))
    found = report.to_json()

    assert {change["urn"].rpartition("::")[2]: change.get("retained") for change in found["changes"]} == {
        "deleted": None, "kept": True, "moved": None, "left": True,
    }  # fmt: skip
    assert (found["summary"]["delete"], found["summary"]["replace"]) == (2, 2)
    for text in (_text(report), markdown_report.text(report)):
        assert "2 to replace, 1 to delete, 1 to retain" in text
        assert "not deleted in the cloud, and no longer managed" in text
        assert "the old resource is not deleted in the cloud" in text
    assert "- retain kept" in _text(report)
    assert _text(report).index("- delete deleted") < _text(report).index("- retain kept")
    assert "| 📌 retain | `kept` |" in markdown_report.text(report)
    assert "| 🗑️ delete | `deleted` |" in markdown_report.text(report)


def test_text_is_a_tree_without_a_baseline() -> None:
    """Where every resource is new, the report is the tree of components."""
    text = _text(_report(None, AFTER))

    assert "no baseline: every resource is new" in text
    assert "└── + made  storage Bucket" in text


def test_violations_name_rule_and_resource() -> None:
    """Both forms have the rule, the message and the resource; waived violations are counted apart."""
    report = _report(None, AFTER, VIOLATION)

    assert "1 rule, 1 violation\n" in _text(report)
    waived = dataclasses.replace(report.verdict, waived=(VIOLATION,))
    assert "1 violation, 1 waived" in _text(dataclasses.replace(report, verdict=waived))
    for text in (_text(report), markdown_report.text(report)):
        assert "labels" in text
        assert "made lacks the label team" in text
        assert "1 violation" in text
    assert VIOLATION.urn in _text(report)


def test_only_mandatory_violations_look_like_a_failure() -> None:
    """The icon tells mandatory violations from advisory ones."""
    advice = dataclasses.replace(VIOLATION, level="advisory")

    assert "❌ policy" in markdown_report.text(_report(None, AFTER, VIOLATION))
    assert "⚠️ policy" in markdown_report.text(_report(None, AFTER, advice))


def test_report_without_changes() -> None:
    """The text says so, and Markdown has the count."""
    assert "No changes." in _text(_report(AFTER, AFTER))
    assert "1 rule, no violations\n" in _text(_report(AFTER, AFTER))
    assert "**2 unchanged**" in markdown_report.text(_report(graph(node("a")), graph(node("a"))))


def test_markdown_rows_have_the_cells_of_their_head() -> None:
    """Values with a vertical bar do not add cells."""
    rows = [line for line in markdown_report.text(_report(BEFORE, AFTER)).splitlines() if line.startswith("| ")]

    assert {5} == {row.replace("\\|", "").count("|") for row in rows}


def test_markdown_starts_with_its_marker() -> None:
    """A bot finds its comment by the first line."""
    assert markdown_report.text(_report(None, AFTER)).startswith("<!-- groundwork-preview:dev -->\n")


def _folded(updated: int, padding: int) -> str:
    """A report with this many updated resources, each with `padding` characters in a value."""
    before = graph(*(node(f"n{number}") for number in range(updated)))
    after = graph(*(node(f"n{number}", {"x": "y" * padding}) for number in range(updated)))
    return markdown_report.text(_report(before, after))


# The first is cut in the table; the others at every line of a block of the folded values.
@pytest.mark.parametrize(("updated", "padding"), [(1000, 100), *((100, 520 + step) for step in range(0, 400, 7))])
def test_cut_markdown_fits_into_a_comment(updated: int, padding: int) -> None:
    """A report that is too long is shorter than a comment, and closes its code block and fold."""
    text = _folded(updated, padding)
    fences = [line for line in text.splitlines() if line.startswith("```")]

    assert "_Truncated: " in text
    assert len(text) < 65_536
    assert fences[::2] == ["```diff"] * len(fences[::2])
    assert fences[1::2] == ["```"] * len(fences[::2])
    assert text.count("<details>") == text.count("</details>")
    assert text.rindex("</details>") > text.rindex("```")
    assert text.index("_Truncated: ") > text.rindex("</details>")


def test_cut_markdown_was_cut_inside_and_outside_of_code_blocks() -> None:
    """Guards the test above: some of its reports end in an open code block, and some do not."""
    ends = {
        _folded(100, 520 + step).partition("\n\n</details>\n\n_Trunc")[0].endswith("\n```") for step in range(0, 400, 7)
    }

    assert ends == {True, False}


def test_short_markdown_is_not_cut() -> None:
    """A report within the limit has all values."""
    text = _folded(10, 100)

    assert "_Truncated" not in text
    assert text.count("```diff") == 10


def test_mermaid_draws_components_and_dependencies(graphs: dict[str, Graph]) -> None:
    """One box for each component, one arrow for each dependency between two of them."""
    lines = mermaid.text(graphs["dev"]).splitlines()
    boxes = {line.split("[")[0].strip() for line in lines if "[" in line}
    arrows = [line.split() for line in lines if "-->" in line]
    components = [node for node in graphs["dev"] if node.type.startswith("groundwork:")]

    assert lines[0] == "flowchart LR"
    assert len(boxes) == len(components)
    assert arrows
    assert all({source, target} <= boxes and source != target for source, _, target in arrows)
    assert len(arrows) == len({tuple(arrow) for arrow in arrows})


def test_mermaid_has_the_costs_of_components(graphs: dict[str, Graph]) -> None:
    """A range for a pool that may be empty; components without a cost have none."""
    costs = {"gpu-main.l4": Range(Decimal(0), Decimal("1731.40")), "cluster-main": Range(Decimal(9), Decimal(9))}
    drawn = mermaid.text(graphs["dev"], costs)

    assert '["gpu-main.l4<br/>GpuPool<br/>0 to 1,731.40 a month"]' in drawn
    assert '["cluster-main<br/>Cluster<br/>9 a month"]' in drawn
    assert drawn.count(" a month") == 2


def test_mandatory_violations_are_before_advisory_ones() -> None:
    """In both forms, whatever the order of URNs."""
    advice = Violation("", "budget-headroom", "advisory", "the budget is small")
    report = _report(None, AFTER, advice, VIOLATION)

    for text in (_text(report), markdown_report.text(report)):
        assert text.index("made lacks the label team") < text.index("the budget is small")


def test_replacement_has_its_reason_and_a_warning() -> None:
    """The warning is above everything else, the input that forces the replacement is before the other inputs."""
    report = _report(graph(node("a", {"location": "EU", "x": 1})), graph(node("a", {"location": "US", "x": 2})))
    text, markdown = _text(report), markdown_report.text(report)

    assert text.index("a would be replaced: its objects would be lost") < text.index("± replace a")
    assert "forced by location" in text
    assert markdown.index("> [!CAUTION]") < markdown.index("**1 to replace")
    assert "| forced by location · `x` |" in markdown


def test_consequential_replacement_names_its_cause() -> None:
    """The cause is above its consequences; a replaced provider is a cause without an input."""
    grant = dataclasses.replace(node("g"), type="gcp:storage/bucketIAMMember:BucketIAMMember")
    grant = dataclasses.replace(grant, inputs={"bucket": "b"}, property_dependencies={"bucket": (node("a").urn,)})
    report = _report(
        graph(node("a", {"name": "b", "location": "EU"}), grant),
        graph(node("a", {"name": "b", "location": "US"}), grant),
    )

    text, markdown = _text(report), markdown_report.text(report)

    assert "forced by bucket (output of a, which is replaced)" in text
    assert "forced by bucket (output of a, which is replaced)" in markdown
    assert text_report.reason_text(ReplaceReason("", "urn:x::gke")) == "because provider gke is replaced"
    assert text.index("± replace a") < text.index("± replace g")
    assert markdown.index("| `a` |") < markdown.index("| `g` |")


def test_renamed_resources_are_listed() -> None:
    """In every form, with both names."""
    report = _report(graph(node("a")), graph(node("b", aliases=(node("a").urn,))))

    assert "Renamed by alias: a → b." in _text(report)
    assert "Renamed by alias: a → b." in markdown_report.text(report)
    assert report.to_json()["renamed"] == [{"urn": node("b").urn, "from": node("a").urn}]


def test_updated_types_without_rules_are_listed() -> None:
    """Such an update may be a replacement."""
    unknown = dataclasses.replace(node("a", {"x": 1}), type="aws:s3/bucket:Bucket")
    other = dataclasses.replace(unknown, inputs={"x": 2})

    assert "rules are unknown: aws:s3/bucket:Bucket." in _text(_report(graph(unknown), graph(other)))
    assert "rules are unknown" not in _text(_report(BEFORE, AFTER))


def test_heading_has_the_baseline() -> None:
    """A git ref, a file, or the state of the stack."""
    report = _report(BEFORE, AFTER)

    assert "against HEAD~1" in _text(report)
    assert "against the stack's state" in _text(dataclasses.replace(report, against="state"))


def test_order_of_changes() -> None:
    """Deleted before retained resources, and causes before their consequences, whatever their names."""
    before = [node("a", retain_on_delete=True), node("b"), node("z", {"name": "z", "location": "EU"})]
    grant = dataclasses.replace(node("c"), type="gcp:storage/bucketIAMMember:BucketIAMMember")
    grant = dataclasses.replace(grant, inputs={"bucket": "z"}, property_dependencies={"bucket": (node("z").urn,)})
    after = [node("z", {"name": "z", "location": "US"}), grant]
    changes = between(graph(*before, grant), graph(*after))

    assert [change.node.name for change in text_report.in_order(changes)] == ["b", "a", "z", "c"]


def test_forcing_inputs_are_not_repeated_in_markdown() -> None:
    """A row has the forcing inputs as the reason, and the other inputs after it, four at most."""
    before, after = ({"location": place, **dict.fromkeys("abcde", place)} for place in ("EU", "US"))
    report = _report(graph(node("x", before)), graph(node("x", after)))

    assert "| forced by location · `a`, `b`, `c`, `d` and 1 more |" in markdown_report.text(report)
