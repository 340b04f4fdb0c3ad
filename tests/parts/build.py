"""Build programs from source with Go, in a cache outside of the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Final

from tests.parts.catalog import Part, requiring, version_of

REPORT_EVERY: Final = 15.0  # seconds between two progress lines
# Messages of Go about a wrong go.mod or go.sum: an error in this folder, not a limitation of the machine.
FAULTS: Final = ("SECURITY ERROR", "checksum mismatch", "missing go.sum entry", "updates to go.mod needed")
# Messages about the machine, during a compilation.
LIMITS: Final = ("no space left on device", "cannot allocate memory", "signal: killed")

Report = Callable[[str], None]


class Unavailable(Exception):  # noqa: N818 - a reason to skip, not an error
    """This machine cannot build a program; the message gives the reason."""


class BuildError(Exception):
    """The build failed because of the sources or of go.mod."""


def default_cache() -> Path:
    """The cache folder, shared by all checkouts of this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groundwork"


@dataclass(frozen=True)
class Builder:
    """Builds parts into a cache; `go` is the command, `report` gets progress lines.

    A program is written under a temporary name and renamed, so that it is never incomplete: an interrupted build
    resumes with the first program that is missing, and Go has the packages that it had compiled. If several processes
    need a program at once, one builds it and the others wait.
    """

    go: str
    cache: Path
    report: Report

    def built(self, part: Part) -> Path | None:
        """The program, if the cache has it. Raises `Unavailable`."""
        program = self._path(part)
        return program if program.is_file() else None

    def program(self, part: Part, seconds: float | None = None) -> Path:
        """The program, built if the cache does not have it.

        Raises `Unavailable`, also if the build takes longer than `seconds`, or `BuildError`.
        """
        program = self._path(part)
        if program.is_file():
            return program
        until = None if seconds is None else time.monotonic() + seconds
        try:
            program.parent.mkdir(parents=True, exist_ok=True)
            with _locked(program.with_name(f"{part.name}.lock")):
                if not program.is_file():
                    self._build(part, program, until)
        except OSError as problem:
            raise Unavailable(f"cannot write {program.parent}: {problem.strerror}") from None
        return program

    def _path(self, part: Part) -> Path:
        """The program's place in the cache: it depends on the module, the compiler and the flags."""
        digest = hashlib.sha256(part.package.encode())
        for name in ("go.mod", "go.sum"):
            digest.update((part.source / name).read_bytes())
        digest.update(_go(self.go, part.source, "env", "GOVERSION", "GOOS", "GOARCH").encode())
        digest.update(" ".join(_flags(part)).encode())
        return self.cache / "parts" / digest.hexdigest()[:16] / part.name

    def _build(self, part: Part, program: Path, until: float | None) -> None:
        begun = time.monotonic()
        self.report(f"building {part.name} {part.version()}, once: it is stored in {program.parent}")
        for left_over in program.parent.glob(f".{part.name}-*"):  # from a killed build
            left_over.unlink()
        packages = self._packages(part)
        handle, temporary = tempfile.mkstemp(prefix=f".{part.name}-", dir=program.parent)
        os.close(handle)
        try:
            self._compile(part, Path(temporary), packages, until)
            Path(temporary).rename(program)
        finally:
            Path(temporary).unlink(missing_ok=True)
        self.report(f"built {part.name} in {time.monotonic() - begun:.0f} s")

    def _packages(self, part: Part) -> int:
        """The number of packages of the program; downloads missing ones."""
        with _Progress(self.report, lambda seconds: f"fetching the sources of {part.name}, {seconds:.0f} s"):
            return len(_go(self.go, part.source, "list", "-deps", part.package).splitlines())

    def _compile(self, part: Part, target: Path, packages: int, until: float | None) -> None:
        compiled: list[str] = []

        def progress(seconds: float) -> str:
            # Go prints a package when it starts compiling it, and none that is in its cache.
            return f"building {part.name}, {seconds:.0f} s: {len(compiled)} of at most {packages} packages compiled"

        command = [self.go, "build", "-v", *_flags(part), "-o", str(target), part.package]
        with (
            _Progress(self.report, progress),
            subprocess.Popen(
                command,
                cwd=part.source,
                env=_environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            watch = _stop_at(process, until)
            assert process.stderr is not None
            compiled.extend(line.rstrip() for line in process.stderr)
            process.wait()
            watch.cancel()
        if process.returncode == 0:
            return
        output = "\n".join(compiled[-20:])
        if until is not None and time.monotonic() >= until:
            raise Unavailable(f"{part.name} was not built within the time limit; the next build resumes")
        if limit := next((line for line in compiled if any(words in line for words in LIMITS)), None):
            raise Unavailable(f"go build {part.package}: {limit}")
        raise BuildError(f"go build {part.package} failed:\n{output}")


@dataclass(frozen=True)
class Sources:
    """Downloads the sources of modules, such as their Helm charts; `go` is the command."""

    go: str

    @cache  # noqa: B019 - one instance in each process, and each chart is rendered many times
    def folder(self, module: str) -> Path:
        """The folder of a module, at the version that a `go.mod` requires. Raises `Unavailable`."""
        output = _go(self.go, requiring(module), "mod", "download", "-json", f"{module}@{version_of(module)}")
        return Path(json.loads(output)["Dir"])


def _go(go: str, folder: Path, *arguments: str) -> str:
    """The output of a Go command that fails only without sources, a network or a recent Go."""
    try:
        done = subprocess.run(
            [go, *arguments], cwd=folder, env=_environment(), capture_output=True, text=True, check=False
        )
    except OSError as problem:
        raise Unavailable(f"cannot run {go}: {problem.strerror}") from None
    if done.returncode != 0:
        # With -json, Go reports an error in its output.
        message = f"go {' '.join(arguments)}: {done.stderr.strip() or json.loads(done.stdout)['Error']}"
        if any(fault in message for fault in FAULTS):
            raise BuildError(message)
        raise Unavailable(_last(message))
    return done.stdout


def _flags(part: Part) -> list[str]:
    """The build flags: without debug information, and with the stamps of the part."""
    version = part.version()
    major, minor = (*version.removeprefix("v").split("."), "")[:2]
    stamps = [f"-X {name}={value.format(version=version, major=major, minor=minor)}" for name, value in part.stamps]
    return ["-trimpath", "-buildvcs=false", f"-ldflags={' '.join(['-s', '-w', *stamps])}"]


def _environment() -> dict[str, str]:
    """The environment of Go: no C compiler, no workspace, and no changes of `go.mod`."""
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}


def _last(text: str) -> str:
    return text.strip().splitlines()[-1].strip()


def _stop_at(process: subprocess.Popen[str], until: float | None) -> threading.Timer:
    """Ends the process at a time of the monotonic clock; `cancel` it when the process has ended."""
    timer = threading.Timer(
        threading.TIMEOUT_MAX if until is None else max(0.0, until - time.monotonic()), process.terminate
    )
    timer.daemon = True
    if until is not None:
        timer.start()
    return timer


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    """Hold a lock; it is released when its process ends."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


class _Progress:
    """Reports every few seconds what is running, and for how long."""

    def __init__(self, report: Report, line: Callable[[float], str]) -> None:
        self._report, self._line = report, line
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._begun = time.monotonic()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(REPORT_EVERY):
            self._report(self._line(time.monotonic() - self._begun))
