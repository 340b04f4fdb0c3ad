"""``python -m bench``: how long plans and previews take, as ratios of durations measured in one run."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.measure import measure, ratio
from bench.teams import project_with_teams

ROOT: Final = Path(__file__).resolve().parents[1]
TEAMS: Final = (10, 50, 200)


def _tool(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "groundwork", *arguments]


def _imports(stack: str) -> list[str]:
    """A command that imports what a plan of the stack needs, and nothing else: no plan can take less."""
    listed = subprocess.run(
        [sys.executable, "-m", "bench.imports", stack], cwd=ROOT, check=True, capture_output=True, text=True
    )
    modules = json.loads(listed.stdout)
    return [sys.executable, "-c", f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"]


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print one line for each ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the shortest duration counts (default: 3)")
    rounds = parser.parse_args().rounds
    commands = {
        "imports of dev": _imports("dev"),
        "plan of dev": _tool("graph", "--stack", "dev", "--engine", "sdk"),
        "plan of prod": _tool("graph", "--stack", "prod", "--engine", "sdk"),
        "preview of prod": _tool("preview", "--stack", "prod", "--engine", "sdk"),
    }
    if shutil.which("pulumi") is not None:
        commands["plan of prod by the real engine"] = _tool("graph", "--stack", "prod", "--engine", "pulumi")
    durations = measure(commands, ROOT, rounds)
    _print(ratio(durations, "plan of dev", "imports of dev"))
    _print(ratio(durations, "preview of prod", "plan of prod"))
    if shutil.which("pulumi") is not None:
        _print(ratio(durations, "plan of prod by the real engine", "plan of prod"))
    with tempfile.TemporaryDirectory(prefix="groundwork-bench-") as folder:
        for number in TEAMS:
            project = project_with_teams(ROOT, Path(folder, str(number)), number)
            name = f"plan of dev with {number} more teams"
            grown = measure({name: _tool("-C", str(project), "graph", "--stack", "dev", "--engine", "sdk")}, ROOT, 1)
            _print(ratio({**durations, **grown}, name, "plan of dev"))


if __name__ == "__main__":
    main()
