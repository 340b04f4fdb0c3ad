"""``python -m tests.words.check``: every use of a word from the list, with file, line and the plain word."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
LIST: Final = Path(__file__).with_name("words.yaml")
SUFFIXES: Final = frozenset({".py", ".yaml", ".yml", ".md", ".toml"})


@dataclass(frozen=True)
class Word:
    """A pattern, and what to write instead."""

    pattern: re.Pattern[str]
    plain: str


@dataclass(frozen=True)
class AllowedLine:
    """Lines that may have a word of the list: file names by a glob pattern, lines by a regular expression."""

    file: str
    line: re.Pattern[str]
    reason: str


@dataclass(frozen=True)
class Finding:
    """One word on one line."""

    file: str
    line: int
    word: str
    plain: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.word!r} is on the word list; write: {self.plain}"


@cache
def word_list() -> tuple[tuple[Word, ...], tuple[AllowedLine, ...]]:
    """The words and the exceptions of ``words.yaml``."""
    document = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    words = tuple(Word(re.compile(entry["pattern"], re.IGNORECASE), entry["plain"]) for entry in document["words"])
    exceptions = tuple(
        AllowedLine(entry["file"], re.compile(entry["line"]), entry["reason"]) for entry in document["allowed"]
    )
    return words, exceptions


def findings(file: str, text: str) -> Iterator[Finding]:
    """Every word of the list in a text, those on excepted lines left out."""
    words, exceptions = word_list()
    allowed = [exception.line for exception in exceptions if fnmatch.fnmatch(file, exception.file)]
    for number, line in enumerate(text.splitlines(), start=1):
        if any(pattern.search(line) for pattern in allowed):
            continue
        for word in words:
            if (match := word.pattern.search(line)) is not None:
                yield Finding(file, number, match.group(0), word.plain)


def files() -> list[str]:
    """The files under version control that are checked."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return sorted(
        name for name in listed.stdout.splitlines() if Path(name).suffix in SUFFIXES and (ROOT / name).is_file()
    )


def tree() -> list[Finding]:
    """Every finding in the checkout."""
    return [found for file in files() for found in findings(file, (ROOT / file).read_text(encoding="utf-8"))]


if __name__ == "__main__":
    result = tree()
    sys.stdout.write("".join(f"{finding}\n" for finding in result))
    sys.exit(1 if result else 0)
