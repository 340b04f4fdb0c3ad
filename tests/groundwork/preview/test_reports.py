"""Reports as a person reads them."""

from __future__ import annotations

import dataclasses
import io
from decimal import Decimal

from rich.console import Console

from groundwork.cost.estimate import Range
from groundwork.diff.compare import between
from groundwork.graph import Graph, Node, Placeholder
from groundwork.policy_client import Verdict, Violation
from groundwork.preview import markdown_report, mermaid, text_report
from groundwork.preview.planning import Report
from tests.groundwork.samples import STACK, graph, node

BEFORE = graph(node("gone"), node("changed", {"labels": {"team": "a|b"}, "token": Placeholder.SECRET, "size": 1}))
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


def test_text_lists_what_destroys_first() -> None:
    """Deletions stand above updates, updates above creations, and unchanged resources are only counted."""
    text = _text(_report(BEFORE, AFTER))

    assert text.index("delete gone") < text.index("update changed") < text.index("create made")
    assert 'labels.team: "a|b" → "c"' in text
    assert "size: 1 → (none)" in text
    assert "1 to create, 1 to update, 1 to delete, 1 unchanged" in text


def test_a_component_stands_above_what_it_is_made_of() -> None:
    """A team is read from the top: what it is, then what it has, each with who gets what."""
    team = Node("urn:pulumi:dev::sample::t::team", "groundwork:team:Team", "team", {}, STACK, custom=False)
    kind = "gcp:storage/bucketIAMMember:BucketIAMMember"
    grant = Node(f"urn:pulumi:dev::sample::t${kind}::a", kind, "a", {"role": "r", "member": "m"}, team.urn)
    report = _report(BEFORE, graph(*BEFORE, team, grant))
    text, markdown = _text(report), markdown_report.text(report)

    assert text.index("create team ") < text.index("create a ") < text.index("    r for m")
    assert markdown.index("| `team` |") < markdown.index("| `a` | storage BucketIAMMember | r for m |")


def test_what_stays_is_told_apart() -> None:
    """What the engine only forgets is no deletion to a person, and says so in every form."""
    before = graph(node("gone"), node("stays", retain_on_delete=True), node("moved", {"location": "EU"}))
    before = graph(*before, node("left", {"location": "EU"}, retain_on_delete=True))
    report = _report(before, graph(node("moved", {"location": "US"}), node("left", {"location": "US"})))
    found = report.to_json()

    assert {change["urn"].rpartition("::")[2]: change.get("kept") for change in found["changes"]} == {
        "gone": None, "stays": True, "moved": None, "left": True,
    }  # fmt: skip
    assert (found["summary"]["delete"], found["summary"]["replace"]) == (2, 2)
    for text in (_text(report), markdown_report.text(report)):
        assert "2 to replace, 1 to delete, 1 to release" in text
        assert "it stays where it is" in text
        assert "what is there now stays" in text
        assert text.index("delete") < text.index("release")
    assert "release stays" in _text(report)
    assert "| 📌 release | `stays` |" in markdown_report.text(report)


def test_text_shows_a_tree_where_all_is_new() -> None:
    """Against nothing, the tree of components is the report."""
    text = _text(_report(None, AFTER))

    assert "every resource is new" in text
    assert "└── + made  storage Bucket" in text


def test_violations_name_rule_and_resource() -> None:
    """A person finds in every form which rule is broken by which resource."""
    report = _report(None, AFTER, VIOLATION)

    for text in (_text(report), markdown_report.text(report)):
        assert "labels" in text
        assert "made lacks the label team" in text
        assert "1 violation" in text
    assert VIOLATION.urn in _text(report)


def test_advice_does_not_look_like_a_failure() -> None:
    """Only a mandatory rule stops an update, and the report's mark says which it is."""
    advice = dataclasses.replace(VIOLATION, level="advisory")

    assert "❌ policy" in markdown_report.text(_report(None, AFTER, VIOLATION))
    assert "⚠️ policy" in markdown_report.text(_report(None, AFTER, advice))


def test_no_change_is_said() -> None:
    """An empty report says that it is empty."""
    assert "No change." in _text(_report(AFTER, AFTER))
    assert "**2 unchanged**" in markdown_report.text(_report(graph(node("a")), graph(node("a"))))


def test_markdown_has_rows_that_hold_their_cells() -> None:
    """Every row of a table has as many cells as its head, whatever the values contain."""
    rows = [line for line in markdown_report.text(_report(BEFORE, AFTER)).splitlines() if line.startswith("| ")]

    assert {5} == {row.replace("\\|", "").count("|") for row in rows}


def test_markdown_can_be_found_again() -> None:
    """A bot finds its comment by the first line."""
    assert markdown_report.text(_report(None, AFTER)).startswith("<!-- groundwork-preview:dev -->\n")


def test_markdown_fits_into_a_comment() -> None:
    """However much changes, the report is shorter than a comment may be, and closes what it opens."""
    many = graph(*(node(f"n{number}", {"x": "y" * 100}) for number in range(1000)))
    text = markdown_report.text(_report(graph(*(node(f"n{number}") for number in range(1000))), many))

    assert len(text) < 65_536
    assert text.count("```") % 2 == 0
    assert text.count("<details>") == text.count("</details>")
    assert "Cut here" in text


def test_mermaid_draws_components_and_what_they_wait_for(graphs: dict[str, Graph]) -> None:
    """Each component is a box, each dependency between two of them one arrow, and no arrow leads nowhere."""
    lines = mermaid.text(graphs["dev"]).splitlines()
    boxes = {line.split("[")[0].strip() for line in lines if "[" in line}
    arrows = [line.split() for line in lines if "-->" in line]
    components = [found for found in graphs["dev"] if found.type.startswith("groundwork:")]

    assert lines[0] == "flowchart LR"
    assert len(boxes) == len(components)
    assert arrows
    assert all({source, target} <= boxes and source != target for source, _, target in arrows)
    assert len(arrows) == len({tuple(arrow) for arrow in arrows})


def test_mermaid_says_what_a_component_costs(graphs: dict[str, Graph]) -> None:
    """A pool that may be empty costs from nothing on; what costs nothing says nothing."""
    costs = {"gpu-main.l4": Range(Decimal(0), Decimal("1731.40")), "cluster-main": Range(Decimal(9), Decimal(9))}
    drawn = mermaid.text(graphs["dev"], costs)

    assert '["gpu-main.l4<br/>GpuPool<br/>0 to 1,731.40 a month"]' in drawn
    assert '["cluster-main<br/>Cluster<br/>9 a month"]' in drawn
    assert drawn.count(" a month") == 2


def test_what_stops_an_update_stands_before_advice() -> None:
    """Whatever the order of URNs, in both forms."""
    advice = Violation("", "budget-headroom", "advisory", "the budget is small")
    report = _report(None, AFTER, advice, VIOLATION)

    for text in (_text(report), markdown_report.text(report)):
        assert text.index("made lacks the label team") < text.index("the budget is small")


def test_replacements_say_why_and_losses_come_first() -> None:
    """The warning stands above everything else, the property that forces it in the first place."""
    report = _report(graph(node("a", {"location": "EU", "x": 1})), graph(node("a", {"location": "US", "x": 2})))
    text, markdown = _text(report), markdown_report.text(report)

    assert text.index("a would be replaced: its objects would be lost") < text.index("± replace a")
    assert "forced by location" in text
    assert markdown.index("> [!CAUTION]") < markdown.index("**1 to replace")
    assert "| forced by location · `x` |" in markdown


def test_what_follows_says_what_it_follows() -> None:
    """A reader sees which replacement is the cause of the others."""
    grant = dataclasses.replace(node("g"), type="gcp:storage/bucketIAMMember:BucketIAMMember")
    grant = dataclasses.replace(grant, inputs={"bucket": "b"}, property_dependencies={"bucket": (node("a").urn,)})
    report = _report(
        graph(node("a", {"name": "b", "location": "EU"}), grant),
        graph(node("a", {"name": "b", "location": "US"}), grant),
    )

    text, markdown = _text(report), markdown_report.text(report)

    assert "forced by bucket, from a, which is replaced" in text
    assert "forced by bucket, from a, which is replaced" in markdown
    assert text.index("± replace a") < text.index("± replace g")
    assert markdown.index("| `a` |") < markdown.index("| `g` |")


def test_renames_are_said() -> None:
    """An alias makes one resource of two URNs, and the reader is told."""
    report = _report(graph(node("a")), graph(node("b", aliases=(node("a").urn,))))

    assert "Renamed, by an alias: a → b." in _text(report)
    assert "Renamed, by an alias: a → b." in markdown_report.text(report)
    assert report.to_json()["renamed"] == [{"urn": node("b").urn, "from": node("a").urn}]


def test_what_nobody_wrote_down_is_named() -> None:
    """Where it is not known what replaces a type, the report says so instead of guessing."""
    unknown = dataclasses.replace(node("a", {"x": 1}), type="aws:s3/bucket:Bucket")
    other = dataclasses.replace(unknown, inputs={"x": 2})

    assert "not known of aws:s3/bucket:Bucket" in _text(_report(graph(unknown), graph(other)))
    assert "not known" not in _text(_report(BEFORE, AFTER))
