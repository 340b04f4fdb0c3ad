"""Building the programs: once, completely or not at all, with a reason if it is not possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster import build

WriteGo = Callable[..., build.Builder]


@pytest.fixture
def go(tmp_path: Path) -> WriteGo:
    """A builder whose Go command is a script with the given steps."""
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


def test_programs_are_built_once(go: WriteGo, tmp_path: Path) -> None:
    """The second run uses the cache, and calls Go only for its version."""
    folder = go(WRITES).programs()

    assert sorted(file.name for file in folder.iterdir()) == sorted(build.PROGRAMS)

    (tmp_path / "calls").unlink()

    assert go(WRITES).programs() == folder
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["env"]


def test_changed_module_is_built_in_another_folder(go: WriteGo, tmp_path: Path) -> None:
    """A changed version is built again, and the folder of other checkouts is retained."""
    first = go(WRITES).programs()
    (tmp_path / "module" / "go.sum").write_text("changed", encoding="utf-8")

    assert go(WRITES).programs() != first
    assert first.is_dir()


def test_failed_build_leaves_no_folder(go: WriteGo, tmp_path: Path) -> None:
    """A compile error has Go's message, and the next run finds no incomplete folder."""
    with pytest.raises(build.BuildError, match=r"(?s)go build .* failed:.*undefined: x"):
        go(f"case $* in *etcd*) {WRITES};; *) echo undefined: x >&2; exit 1;; esac").programs()

    assert [file.name for file in (tmp_path / "cache").iterdir() if file.is_dir()] == []


def test_missing_network_is_a_reason_to_skip(go: WriteGo) -> None:
    """The reason is the last line of Go's output."""
    with pytest.raises(build.Unavailable, match=r"no such host$"):
        go(WRITES, "echo first >&2; echo dial tcp: lookup proxy: no such host >&2; exit 1").programs()


@pytest.mark.parametrize("fault", build.FAULTS)
def test_wrong_checksums_are_an_error(go: WriteGo, fault: str) -> None:
    """Sources that differ from go.sum are never a reason to skip."""
    with pytest.raises(build.BuildError, match=fault):
        go(WRITES, f"echo verifying: {fault} >&2; exit 1").programs()


def test_long_build_reports_progress(go: WriteGo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The progress lines name the program and the number of compiled packages."""
    monkeypatch.setattr(build, "REPORT_EVERY", 0.01)
    lines: list[str] = []
    builder = go(f"echo a/package >&2; while [ ! -e {tmp_path / 'go-on'} ]; do sleep 0.01; done; {WRITES}")

    def report(line: str) -> None:
        lines.append(line)
        if "1 of at most 2 packages" in line:
            (tmp_path / "go-on").touch()

    build.Builder(builder.go, builder.cache, report, builder.module).programs()

    assert lines[0].startswith("building kube-apiserver v1.2.3, once")
    assert any(line.startswith("building etcd, ") for line in lines)
    assert lines[-1].startswith("built in ")


def test_kubernetes_modules_have_one_release() -> None:
    """Separately versioned modules of Kubernetes are all replaced by those of the server's release."""
    lines = (build.MODULE / "go.mod").read_text(encoding="utf-8").splitlines()
    replaced = {line.split()[-1] for line in lines if " => " in line}

    assert replaced == {build.version().replace("v1.", "v0.", 1)}
