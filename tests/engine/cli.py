"""The Pulumi CLI that is built from its Go module."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

GIVEN: Final = "GROUNDWORK_TEST_PULUMI"  # the path of a built CLI
MISSING: Final = f"no pulumi on PATH, and {GIVEN} does not name one"


def built_cli() -> Path | None:
    """The CLI built from its Go module; None where it is not built."""
    given = Path(os.environ.get(GIVEN, ""))
    return given.resolve() if given.is_file() else None
