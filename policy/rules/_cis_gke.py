"""Checks of resources against the rows of the CIS GKE Benchmark, which are data (``policy/cis_gke.toml``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node
from policy import cis
from policy.rules._rule import Check, Context, Parameters

PAGE: Final = "docs/cis-gke.md"


def check_of(level: cis.Level) -> Check[Parameters]:
    """The check of all rows of one level."""

    def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
        """One message for each input that does not meet a row."""
        for row in cis.load().at(level):
            for test in row.checks:
                if test.concerns(node) and not test.passes(node):
                    yield f"{node.name} does not meet {label(row)}: required: {test}"

    return check


def label(row: cis.Row) -> str:
    """A row as messages name it."""
    return f"{cis.NAME} {row.id} ({row.title}; {PAGE})"
