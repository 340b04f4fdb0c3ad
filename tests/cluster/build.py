"""Build an API server, etcd and a controller manager from source with Go, in a cache outside of the checkout."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

MODULE: Final = Path(__file__).parent / "server"
# Program name to Go package of `server/go.mod`.
PROGRAMS: Final = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
}
REPORT_EVERY: Final = 15.0  # seconds between two progress lines
# Messages of Go about a wrong go.mod or go.sum: an error in this folder, not a limitation of the machine.
FAULTS: Final = ("SECURITY ERROR", "checksum mismatch", "missing go.sum entry", "updates to go.mod needed")

Report = Callable[[str], None]


class Unavailable(Exception):  # noqa: N818 - a reason to skip, not an error
    """This machine cannot build a server; the message gives the reason."""


class BuildError(Exception):
    """The build failed because of the sources or of go.mod."""


def default_cache() -> Path:
    """The cache folder, shared by all checkouts of this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groundwork"


def version(module: Path = MODULE) -> str:
    """The Kubernetes version to build, such as ``v1.34.4``."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise BuildError(f"{module / 'go.mod'}: requires no k8s.io/kubernetes")
    return found[1]


@dataclass(frozen=True)
class Builder:
    """Builds the programs of a Go module into a cache; `go` is the command, `report` gets progress lines."""

    go: str
    cache: Path
    report: Report
    module: Path = MODULE

    def programs(self) -> Path:
        """The folder with the programs; builds them if they are missing.

        If several processes call it at once, one builds and the others wait. The folder is written under a temporary
        name and renamed, so that it is never incomplete. Raises `Unavailable` or `BuildError`.
        """
        folder = self.cache / f"kubernetes-{self._key()}"
        if folder.is_dir():
            return folder
        self.cache.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_suffix(".lock")):
            if not folder.is_dir():
                self._build(folder)
        return folder

    def _key(self) -> str:
        """The cache key: a hash of the module, the compiler and its target platform."""
        digest = hashlib.sha256()
        for name in ("go.mod", "go.sum"):
            digest.update((self.module / name).read_bytes())
        digest.update(self._go("env", "GOVERSION", "GOOS", "GOARCH").encode())
        digest.update(" ".join(_flags("any")).encode())
        return digest.hexdigest()[:16]

    def _build(self, folder: Path) -> None:
        begun = time.monotonic()
        self.report(f"building kube-apiserver {version(self.module)}, once: it is stored in {folder}")
        for left_over in self.cache.glob(f".{folder.name}-*"):  # from a killed build
            shutil.rmtree(left_over, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=self.cache) as temporary:
            new = Path(temporary, "new")
            new.mkdir()
            sizes = {name: self._packages(package) for name, package in PROGRAMS.items()}
            for name, package in PROGRAMS.items():
                self._compile(name, package, new / name, sizes[name])
            new.rename(folder)
        self.report(f"built in {time.monotonic() - begun:.0f} s")

    def _packages(self, package: str) -> int:
        """The number of packages of the program; downloads missing ones."""
        with _Progress(self.report, lambda seconds: f"fetching the sources of {package}, {seconds:.0f} s"):
            return len(self._go("list", "-deps", package).splitlines())

    def _compile(self, name: str, package: str, target: Path, packages: int) -> None:
        compiled: list[str] = []

        def progress(seconds: float) -> str:
            # Go prints a package when it starts compiling it, and none that is in its cache.
            return f"building {name}, {seconds:.0f} s: {len(compiled)} of at most {packages} packages compiled"

        command = [self.go, "build", "-v", *_flags(version(self.module)), "-o", str(target), package]
        with (
            _Progress(self.report, progress),
            subprocess.Popen(
                command,
                cwd=self.module,
                env=_environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stderr is not None
            compiled.extend(line.rstrip() for line in process.stderr)
        if process.returncode != 0:
            raise BuildError(f"go build {package} failed:\n" + "\n".join(compiled[-20:]))

    def _go(self, *arguments: str) -> str:
        """The output of a Go command that fails only without sources, a network or a recent Go."""
        done = subprocess.run(
            [self.go, *arguments], cwd=self.module, env=_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            message = f"go {' '.join(arguments)}: {done.stderr.strip()}"
            if any(fault in message for fault in FAULTS):
                raise BuildError(message)
            raise Unavailable(_last(message))
        return done.stdout


def _flags(kubernetes: str) -> list[str]:
    """The build flags: without debug information, and with the version that the server reports."""
    stamp = "k8s.io/component-base/version.git"
    major, _, rest = kubernetes.removeprefix("v").partition(".")
    minor = rest.partition(".")[0]
    stamps = {"Version": kubernetes, "Major": major, "Minor": minor}
    linker = " ".join(["-s", "-w", *(f"-X {stamp}{name}={value}" for name, value in stamps.items())])
    return ["-trimpath", "-buildvcs=false", f"-ldflags={linker}"]


def _environment() -> dict[str, str]:
    """The environment of Go: no C compiler, no workspace, and no changes of `go.mod`."""
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}


def _last(text: str) -> str:
    return text.strip().splitlines()[-1].strip()


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
