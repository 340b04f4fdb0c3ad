"""Validate settings files with the program's own settings model, in a separate process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from groundwork.errors import UserError
from groundwork.project import Project


@dataclass(frozen=True)
class Finding:
    """One problem, with the fields that the settings model reports."""

    file: str
    path: str
    message: str
    hint: str
    line: int | None

    def to_json(self) -> dict[str, Any]:
        """The form of ``check --json``."""
        return {"file": self.file, "line": self.line, "path": self.path, "message": self.message, "hint": self.hint}


def find_problems(project: Project, stacks: list[str]) -> list[Finding]:
    """Every problem in the settings of these stacks, by file and line; raises `UserError` without a settings model."""
    if not (project.root / "stacks" / "settings").is_dir():
        raise UserError(f"{project.root}: stacks/settings: no such folder", "it holds the program's settings model")
    files = [f"Pulumi.{stack}.yaml" for stack in stacks]
    done = subprocess.run(
        [sys.executable, "-m", "stacks.settings", "check", *files],
        cwd=project.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        problems = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise UserError(f"stacks/settings: the settings model failed to run: {last}") from None
    return [Finding(**problem) for problem in problems]
