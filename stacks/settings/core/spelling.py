"""Suggestions for a word that is not among the known ones."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`; None where none is similar."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is not known: the closest known one, or all of them where none is similar."""
    words = sorted(known)
    if not words:
        return "there is none"
    similar = closest(word, words)
    return f"known here: {', '.join(words)}" if similar is None else f"did you mean {similar}?"
