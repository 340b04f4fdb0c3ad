"""``python -m groundwork.diff.replacements``: refresh the table from the gcp plugin on PATH."""

from __future__ import annotations

from datetime import UTC, datetime

from groundwork.diff.replacements import refresh, table
from groundwork.diff.replacements.plugin import running


def main() -> None:
    """Replace the table with a new one for the same types."""
    with running("gcp") as plugin:
        plugin.configure({"project": "any"})
        document = refresh.table(plugin, table.document()["covers"], datetime.now(UTC).date())
    table.FILE.write_text(refresh.text(document), encoding="utf-8")


if __name__ == "__main__":
    main()
