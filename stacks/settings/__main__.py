"""``python -m stacks.settings``: check settings files, or print their JSON Schema for editors."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

from stacks.settings.core.problems import Problem, SettingsError
from stacks.settings.model.cloud import Settings
from stacks.settings.model.local import Local
from stacks.settings.reading import read_any
from stacks.settings.schema import text as schema_text


def main(arguments: list[str]) -> int:
    """Print the problems of files as JSON (`check`), or the schema (`schema`); 1 if there are problems."""
    parser = argparse.ArgumentParser(prog="python -m stacks.settings", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checker = commands.add_parser("check", help="check settings files")
    checker.add_argument("files", nargs="+", type=Path)
    schema = commands.add_parser("schema", help="print the JSON Schema of a settings file")
    schema.add_argument("--local", action="store_true", help="for stacks whose environment is local")
    chosen = parser.parse_args(arguments)
    if chosen.command == "schema":
        sys.stdout.write(schema_text(Local if chosen.local else Settings))
        return 0
    problems: list[Problem] = []
    for file in chosen.files:
        try:
            read_any(file)
        except SettingsError as error:
            problems.extend(error.problems)
    json.dump([dataclasses.asdict(problem) for problem in problems], sys.stdout)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
