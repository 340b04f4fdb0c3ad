"""``python -m tests.parts``: build every part that the cache does not have, most useful first."""

from __future__ import annotations

import argparse
import shutil
import sys
import time

from tests.parts.build import Builder, BuildError, Unavailable, default_cache
from tests.parts.catalog import PARTS


def main(arguments: list[str]) -> int:
    """Build the parts; 1 if one failed to compile, 2 if this machine cannot build. A time limit is not a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.parts", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--minutes", type=float, help="end after this time; what is not built by then is skipped")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.parts if name not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}: the parts are {', '.join(PARTS)}")
    go = shutil.which("go")
    if go is None:
        _print("make parts needs Go 1.26 or later on PATH (https://go.dev/dl); the tests that need a part are skipped")
        return 2
    until = None if chosen.minutes is None else time.monotonic() + 60 * chosen.minutes
    names = chosen.parts or list(PARTS)
    missing = []
    for number, name in enumerate(names, 1):

        def report(line: str, number: int = number) -> None:
            _print(f"[{number}/{len(names)}] {line}")

        try:
            program = Builder(go, default_cache(), report).program(
                PARTS[name], None if until is None else max(0.0, until - time.monotonic())
            )
        except Unavailable as problem:
            missing.append(name)
            report(f"skipped {name}: {problem}")
        except BuildError as problem:
            _print(str(problem))
            return 1
        else:
            report(f"{name} {PARTS[name].version()}: {program}")
    if missing:
        _print(
            f"{len(names) - len(missing)} of {len(names)} parts are built; tests that need {', '.join(missing)} skip"
        )
    return 2 if missing and chosen.minutes is None else 0


def _print(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        _print("interrupted; the next run resumes")
        sys.exit(130)
