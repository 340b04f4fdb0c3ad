"""Run a program for the duration of a test."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

STARTS_WITHIN: Final = 300.0  # seconds; an API server takes seven on two idle cores, and minutes under load
STOPS_WITHIN: Final = 10.0
LOOPBACK: Final = "127.0.0.1"


class StartError(Exception):
    """A program ended, or did not respond in time; the message has the end of its log."""


class Program:
    """A running program and its log file."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        """Use `run`."""
        self.name, self.process, self._log = name, process, log

    def check(self) -> None:
        """Raise `StartError` if it has ended."""
        if (code := self.process.poll()) is not None:
            raise StartError(f"{self.name} ended with {code}:\n{self.end_of_log()}")

    def end_of_log(self) -> str:
        """The last lines of its log."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def run(
    path: Path, flags: tuple[str, ...], folder: Path, stack: ExitStack, environment: Mapping[str, str] | None = None
) -> Program:
    """Start a program that ends with the stack; its log is in the folder."""
    return stack.enter_context(_running(path, flags, folder, environment))


@contextmanager
def _running(
    path: Path, flags: tuple[str, ...], folder: Path, environment: Mapping[str, str] | None
) -> Iterator[Program]:
    log = folder / f"{path.name}.log"
    # The program ends with this process even if that is killed and cannot clean up.
    ends_with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    with (
        log.open("wb") as out,
        subprocess.Popen([*ends_with_us, path, *flags], cwd=folder, stdout=out, stderr=out, env=environment) as process,
    ):
        try:
            yield Program(path.name, process, log)
        finally:
            process.terminate()
            try:
                process.wait(STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until(what: str, happened: Callable[[], bool], *programs: Program) -> None:
    """Poll until it has happened. Raises `StartError` if a program ends before, or it takes too long."""
    until = time.monotonic() + STARTS_WITHIN
    while not happened():
        for program in programs:
            program.check()
        if time.monotonic() > until:
            logs = "\n".join(f"{program.name}:\n{program.end_of_log()}" for program in programs)
            raise StartError(f"waited {STARTS_WITHIN:.0f} s until {what}\n{logs}")
        time.sleep(0.1)


def free_port() -> int:
    """A port of the loopback address that no program uses at the moment."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether a program listens on a port of this machine."""
    with socket.socket() as caller:
        return caller.connect_ex((LOOPBACK, port)) == 0
