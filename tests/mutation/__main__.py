"""``python -m tests.mutation PART``: mutate a part of the source, and list the mutants that no test notices."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from pathlib import Path
from typing import Final

from tests.mutation.operators import Mutant, mutants
from tests.mutation.parts import PARTS, Part
from tests.mutation.run import BaselineError, Result, run

ROOT: Final = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Run the mutants of one part; 1 where fewer are killed than the part's minimum, 2 where the tests fail alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("files", nargs="*", help="only mutants of these source files")
    parser.add_argument("--sample", type=int, metavar="N", help="only N mutants, chosen at random with a fixed seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many mutants run at once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the survivors here as JSON")
    chosen = parser.parse_args(arguments)
    part = PARTS[chosen.part]
    found = _chosen(part, chosen.files, chosen.sample)
    results: list[Result] = []

    def done(result: Result) -> None:
        results.append(result)
        if not result.killed:
            sys.stdout.write(f"survived: {result.mutant}\n")
            sys.stdout.flush()

    try:
        run(ROOT, part, found, chosen.jobs, done)
    except BaselineError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    survivors = [result.mutant for result in results if not result.killed]
    killed = len(results) - len(survivors)
    share = killed / len(results) if results else 1.0
    sys.stdout.write(f"{chosen.part}: {killed} of {len(results)} mutants killed ({share:.1%})\n")
    if chosen.json is not None:
        document = sorted(str(mutant) for mutant in survivors)
        chosen.json.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return 1 if part.minimum is not None and share < part.minimum else 0


def _chosen(part: Part, files: list[str], sample: int | None) -> list[Mutant]:
    found = [
        mutant
        for file in part.files(ROOT)
        if not files or str(file.relative_to(ROOT)) in files
        for mutant in mutants(str(file.relative_to(ROOT)), file.read_bytes())
    ]
    return found if sample is None or sample >= len(found) else random.Random(0).sample(found, sample)  # noqa: S311


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
