"""An API server and what it needs, built from source by Go and kept in a cache outside of the checkout."""

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
# The names that they are started by, and the packages of `server/go.mod` that they are built from.
PROGRAMS: Final = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
}
TELL_EVERY: Final = 15.0  # seconds between two lines about a build
# What Go says where go.mod and go.sum are wrong: a fault of this folder, not of the machine.
FAULTS: Final = ("SECURITY ERROR", "checksum mismatch", "missing go.sum entry", "updates to go.mod needed")

Tell = Callable[[str], None]


class Unavailable(Exception):  # noqa: N818 - a reason to skip, not an error
    """This machine cannot build a server; the message says why."""


class BuildError(Exception):
    """It could build one, and what is to be built is wrong."""


def default_cache() -> Path:
    """Where built programs are kept: beside the caches of other tools, shared by every checkout."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "groundwork"


def version(module: Path = MODULE) -> str:
    """The version of Kubernetes that is built, ``v1.34.4``."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise BuildError(f"{module / 'go.mod'}: requires no k8s.io/kubernetes")
    return found[1]


@dataclass(frozen=True)
class Builder:
    """Builds the programs of a Go module into a cache; `go` is the command, `tell` hears about what takes long."""

    go: str
    cache: Path
    tell: Tell
    module: Path = MODULE

    def programs(self) -> Path:
        """The folder with the programs, which are built unless they are there.

        Several processes may ask at once: one builds, the others wait for it. The folder is written beside and renamed,
        so that it is whole wherever it is found. Raises `Unavailable` or `BuildError`.
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
        """What decides the bytes of the programs: the module, the compiler, and what it compiles for."""
        digest = hashlib.sha256()
        for name in ("go.mod", "go.sum"):
            digest.update((self.module / name).read_bytes())
        digest.update(self._go("env", "GOVERSION", "GOOS", "GOARCH").encode())
        digest.update(" ".join(_flags("any")).encode())
        return digest.hexdigest()[:16]

    def _build(self, folder: Path) -> None:
        begun = time.monotonic()
        self.tell(f"building kube-apiserver {version(self.module)}, once: it is kept in {folder}")
        for left_over in self.cache.glob(f".{folder.name}-*"):  # of a build that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=self.cache) as temporary:
            new = Path(temporary, "new")
            new.mkdir()
            sizes = {name: self._packages(package) for name, package in PROGRAMS.items()}
            for name, package in PROGRAMS.items():
                self._compile(name, package, new / name, sizes[name])
            new.rename(folder)
        self.tell(f"built in {time.monotonic() - begun:.0f} s")

    def _packages(self, package: str) -> int:
        """How many packages the program is made of; fetches those that this machine has not got."""
        with _Told(self.tell, lambda seconds: f"fetching the sources of {package}, {seconds:.0f} s"):
            return len(self._go("list", "-deps", package).splitlines())

    def _compile(self, name: str, package: str, target: Path, packages: int) -> None:
        compiled: list[str] = []

        def say(seconds: float) -> str:
            # Go names a package when it begins with it, and none that its own cache holds.
            return f"building {name}, {seconds:.0f} s: {len(compiled)} of at most {packages} packages compiled"

        command = [self.go, "build", "-v", *_flags(version(self.module)), "-o", str(target), package]
        with (
            _Told(self.tell, say),
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
        """What Go answers to what it can only fail at where sources, a network or a newer Go are missing."""
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
    """How the programs are built: without what debuggers need, and with the version that the server says it is."""
    stamp = "k8s.io/component-base/version.git"
    major, _, rest = kubernetes.removeprefix("v").partition(".")
    minor = rest.partition(".")[0]
    stamps = {"Version": kubernetes, "Major": major, "Minor": minor}
    linker = " ".join(["-s", "-w", *(f"-X {stamp}{name}={value}" for name, value in stamps.items())])
    return ["-trimpath", "-buildvcs=false", f"-ldflags={linker}"]


def _environment() -> dict[str, str]:
    """No C compiler, no workspace of the caller's, and nothing written beside `go.mod`."""
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly"}


def _last(text: str) -> str:
    return text.strip().splitlines()[-1].strip()


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    """One process at a time; the lock goes with the process that holds it."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


class _Told:
    """Says every few seconds what is under way, and for how long."""

    def __init__(self, tell: Tell, say: Callable[[float], str]) -> None:
        self._tell, self._say = tell, say
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._begun = time.monotonic()
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(TELL_EVERY):
            self._tell(self._say(time.monotonic() - self._begun))
