"""Measure commands in turn."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Duration:
    """Elapsed seconds, and seconds of the processor in user and system mode, of a command and its children."""

    elapsed: float
    processor: float


def measure(commands: Mapping[str, Sequence[str]], folder: Path, rounds: int) -> dict[str, Duration]:
    """The shortest duration of each command, of `rounds` rounds in which each runs once.

    Commands take turns so that a busy moment of the machine hits all of them. Raises `CalledProcessError`.
    """
    durations: dict[str, list[Duration]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            durations[name].append(_once(command, folder))
    return {
        name: Duration(min(each.elapsed for each in found), min(each.processor for each in found))
        for name, found in durations.items()
    }


def _once(command: Sequence[str], folder: Path) -> Duration:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as `make` runs it
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:  # 1 is a finding of the policy pack
        sys.stderr.write(done.stdout + done.stderr)
        raise subprocess.CalledProcessError(done.returncode, list(command))
    return Duration(elapsed, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def ratio(durations: Mapping[str, Duration], name: str, base: str) -> str:
    """A line with the ratio of two commands, by the clock and by the processor."""
    this, that = durations[name], durations[base]
    seconds = f"{this.elapsed:.2f} s / {that.elapsed:.2f} s"
    elapsed, processor = this.elapsed / that.elapsed, this.processor / that.processor
    return f"{name} / {base}: {elapsed:.2f} by the clock, {processor:.2f} by the processor ({seconds})"
