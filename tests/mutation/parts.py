"""Which sources are mutated, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

MINIMUM: Final = 0.9  # share of mutants that the tests must kill in each part that has a minimum


@dataclass(frozen=True)
class Part:
    """Sources and their tests. `by_line` chooses, for each mutant, the tests that run the mutated line.

    The tests of a part that is not chosen by line all run for each mutant: they read graphs that are planned once.
    `limit` is the largest number of tests for one mutant, the most specific ones; None where most tests run most lines,
    so that any of them may be the one that notices the mutant.
    """

    sources: tuple[str, ...]
    tests: tuple[str, ...]
    by_line: bool = True
    limit: int | None = 150
    minimum: float | None = MINIMUM

    def files(self, root: Path) -> list[Path]:
        """The source files, sorted."""
        return sorted(
            file for source in self.sources for file in (root / source).rglob("*.py") if file.name != "__init__.py"
        )


PARTS: Final = {
    "components": Part(("components",), ("tests/components",)),
    "rules": Part(("policy/rules",), ("tests/policy",)),
    "checks": Part(("stacks/settings/checks",), ("tests/settings",), limit=None),
    "cost": Part(
        ("groundwork/cost", "groundwork/documents"), ("tests/groundwork/cost", "tests/groundwork/test_documents.py")
    ),
    "layers": Part(
        ("stacks/layers", "stacks/settings/derived"),
        (
            "tests/stacks",
            "tests/test_data.py",
            "tests/test_golden_urns.py",
            "tests/test_identity.py",
            "tests/test_mesh.py",
            "tests/test_network_policies.py",
            "tests/test_platform.py",
            "tests/test_services.py",
            "tests/test_teams.py",
        ),
        by_line=False,
        minimum=None,
    ),
}
