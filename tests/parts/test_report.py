"""The table of installed parts."""

from __future__ import annotations

from stacks.settings.facts.versions import load_versions
from tests.parts.report import APPLIED, CONTROLLERS, RENDERED, Outcome, table


def _row(page: str, key: str) -> list[str]:
    line = next(line for line in page.splitlines() if line.startswith(f"| `{key}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_installed_part_has_a_row() -> None:
    """A new chart or folder says whether its controller runs."""
    versions = load_versions()

    assert set(CONTROLLERS) == {*versions.charts, *versions.manifests}
    assert all(_row(table([]), key) for key in CONTROLLERS)


def test_row_has_the_outcomes_of_its_tests() -> None:
    """Passed, failed and skipped tests of a part, and one that was not in the run."""
    page = table(
        [
            Outcome(f"{RENDERED}[kueue]", "passed"),
            Outcome(f"{APPLIED}[kueue]", "failed"),
            Outcome(f"{RENDERED}[notebooks]", "skipped", "needs a folder"),
        ]
    )

    assert _row(page, "kueue") == ["`kueue`", "0.19.4", "v0.19.2", "yes", "failed", "not in this run: kueue"]
    assert _row(page, "notebooks")[3:] == ["no: needs a folder", "not in this run", "no: no module has its source"]
    assert "- 1: needs a folder" in page
    assert "| `tests/charts` | 1 | 1 | 1 |" in page


def test_run_column_has_the_outcome_of_the_stories() -> None:
    """The stories run the controllers together."""
    page = table([Outcome("tests/controllers/test_queues.py::test_x", "passed")])

    assert _row(page, "trainer")[5] == "yes: jobset and trainer"
    assert _row(page, "kserve")[5] == "no: not built yet"
