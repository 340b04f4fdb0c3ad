"""The programs are built once, whole or not at all, and a machine that cannot build them says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster import build

WriteGo = Callable[..., build.Builder]


@pytest.fixture
def go(tmp_path: Path) -> WriteGo:
    """A builder of a module whose Go is a script: it is given the command's arguments, and writes what it is told."""
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("require (\n\tk8s.io/kubernetes v1.2.3\n)\n", encoding="utf-8")
    (module / "go.sum").write_text("", encoding="utf-8")

    def write(build_step: str, list_step: str = "echo one; echo two") -> build.Builder:
        script = tmp_path / "go"
        script.write_text(
            f'#!/bin/sh\necho "$1" >> {tmp_path / "calls"}\ncase "$1" in\n'
            f"env) echo go1.99;;\nlist) {list_step};;\nbuild) {build_step};;\nesac\n",
            encoding="utf-8",
        )
        script.chmod(0o755)
        return build.Builder(str(script), tmp_path / "cache", lambda _: None, module)

    return write


WRITES = 'while [ "$1" != -o ]; do shift; done; echo built > "$2"'


def test_it_is_built_once(go: WriteGo, tmp_path: Path) -> None:
    """The second run finds what the first one made, and asks Go only which Go it is."""
    folder = go(WRITES).programs()

    assert sorted(file.name for file in folder.iterdir()) == sorted(build.PROGRAMS)

    (tmp_path / "calls").unlink()

    assert go(WRITES).programs() == folder
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["env"]


def test_another_module_is_another_folder(go: WriteGo, tmp_path: Path) -> None:
    """A changed version is built anew, beside the one that another checkout may use."""
    first = go(WRITES).programs()
    (tmp_path / "module" / "go.sum").write_text("changed", encoding="utf-8")

    assert go(WRITES).programs() != first
    assert first.is_dir()


def test_half_a_build_leaves_nothing(go: WriteGo, tmp_path: Path) -> None:
    """What does not compile is an error with Go's words, and the next run does not take the first half for all."""
    with pytest.raises(build.BuildError, match=r"(?s)go build .* failed:.*undefined: x"):
        go(f"case $* in *etcd*) {WRITES};; *) echo undefined: x >&2; exit 1;; esac").programs()

    assert [file.name for file in (tmp_path / "cache").iterdir() if file.is_dir()] == []


def test_no_network_is_a_reason_to_skip(go: WriteGo) -> None:
    """Sources that cannot be fetched say so in Go's last words."""
    with pytest.raises(build.Unavailable, match=r"no such host$"):
        go(WRITES, "echo first >&2; echo dial tcp: lookup proxy: no such host >&2; exit 1").programs()


@pytest.mark.parametrize("fault", build.FAULTS)
def test_wrong_sums_are_an_error(go: WriteGo, fault: str) -> None:
    """Sources that are not those of go.sum are never a reason to skip."""
    with pytest.raises(build.BuildError, match=fault):
        go(WRITES, f"echo verifying: {fault} >&2; exit 1").programs()


def test_a_long_build_is_told_of(go: WriteGo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever waits reads which program is being built, and how far it is."""
    monkeypatch.setattr(build, "TELL_EVERY", 0.01)
    told: list[str] = []
    builder = go(f"echo a/package >&2; while [ ! -e {tmp_path / 'go-on'} ]; do sleep 0.01; done; {WRITES}")

    def tell(line: str) -> None:
        told.append(line)
        if "1 of at most 2 packages" in line:
            (tmp_path / "go-on").touch()

    build.Builder(builder.go, builder.cache, tell, builder.module).programs()

    assert told[0].startswith("building kube-apiserver v1.2.3, once")
    assert any(line.startswith("building etcd, ") for line in told)
    assert told[-1].startswith("built in ")


def test_every_module_of_kubernetes_is_of_one_release() -> None:
    """Parts of Kubernetes with versions of their own are all replaced by those of the server's release."""
    lines = (build.MODULE / "go.mod").read_text(encoding="utf-8").splitlines()
    replaced = {line.split()[-1] for line in lines if " => " in line}

    assert replaced == {build.version().replace("v1.", "v0.", 1)}
