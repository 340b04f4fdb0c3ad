"""Building a part: once, completely or not at all, with a reason if it is not possible."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.parts import build, catalog
from tests.parts.catalog import PARTS, Part

WriteGo = Callable[..., build.Builder]
WRITES = 'while [ "$1" != -o ]; do shift; done; echo built > "$2"'


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Part:
    """A part whose module has one requirement."""
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("require (\n\texample.test/program v1.2.3\n)\n", encoding="utf-8")
    (module / "go.sum").write_text("", encoding="utf-8")
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    return Part("program", "example.test/program/cmd", "example.test/program", folder="module")


@pytest.fixture
def go(tmp_path: Path) -> WriteGo:
    """A builder whose Go command is a script with the given steps."""

    def write(build_step: str, list_step: str = "echo one; echo two") -> build.Builder:
        script = tmp_path / "go"
        script.write_text(
            f'#!/bin/sh\necho "$1" >> {tmp_path / "calls"}\ncase "$1" in\n'
            f"env) echo go1.99;;\nlist) {list_step};;\nbuild) {build_step};;\nesac\n",
            encoding="utf-8",
        )
        script.chmod(0o755)
        return build.Builder(str(script), tmp_path / "cache", lambda _: None)

    return write


def _programs(cache: Path) -> list[str]:
    return [file.name for file in cache.rglob("*") if file.is_file() and file.suffix != ".lock"]


def test_part_is_built_once(go: WriteGo, part: Part, tmp_path: Path) -> None:
    """The second run uses the cache, and calls Go only for its version."""
    assert go(WRITES).built(part) is None
    program = go(WRITES).program(part)

    assert program.read_text(encoding="utf-8") == "built\n"

    (tmp_path / "calls").unlink()

    assert go(WRITES).program(part) == program
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["env"]
    assert go(WRITES).built(part) == program


def test_changed_module_is_built_in_another_folder(go: WriteGo, part: Part) -> None:
    """A changed version is built again, and the program of other checkouts is retained."""
    first = go(WRITES).program(part)
    (part.source / "go.sum").write_text("changed", encoding="utf-8")

    assert go(WRITES).program(part) != first
    assert first.is_file()


def test_failed_build_leaves_no_program(go: WriteGo, part: Part, tmp_path: Path) -> None:
    """A compile error has Go's message, and the next run finds no incomplete program."""
    with pytest.raises(build.BuildError, match=r"(?s)go build .* failed:.*undefined: x"):
        go("echo undefined: x >&2; exit 1").program(part)

    assert _programs(tmp_path / "cache") == []
    assert go(WRITES).program(part).is_file()


def test_leftover_of_a_killed_build_is_removed(go: WriteGo, part: Part, tmp_path: Path) -> None:
    """A process that was killed during a build leaves a file, which the next build deletes."""
    program = go(WRITES).program(part)
    program.unlink()
    (program.parent / ".program-abc").write_text("half", encoding="utf-8")

    assert go(WRITES).program(part) == program
    assert _programs(tmp_path / "cache") == ["program"]


def test_time_limit_ends_the_build(go: WriteGo, part: Part, tmp_path: Path) -> None:
    """The reason says that the next build resumes, and nothing incomplete is left."""
    with pytest.raises(build.Unavailable, match=r"program was not built within the time limit; the next build resumes"):
        go("exec sleep 60").program(part, seconds=0.1)

    assert _programs(tmp_path / "cache") == []


@pytest.mark.parametrize("limit", build.LIMITS)
def test_limits_of_the_machine_are_a_reason_to_skip(go: WriteGo, part: Part, limit: str) -> None:
    """A full disk or too little memory is not an error of the sources."""
    with pytest.raises(build.Unavailable, match=limit):
        go(f"echo 'write x: {limit}' >&2; exit 1").program(part)


def test_cache_that_cannot_be_written_is_a_reason_to_skip(go: WriteGo, part: Part, tmp_path: Path) -> None:
    """The reason names the folder."""
    (tmp_path / "cache").write_text("a file", encoding="utf-8")

    with pytest.raises(build.Unavailable, match=rf"cannot write {tmp_path}/cache/parts/"):
        go(WRITES).program(part)


def test_missing_go_is_a_reason_to_skip(part: Part, tmp_path: Path) -> None:
    """The reason names the command."""
    with pytest.raises(build.Unavailable, match=r"cannot run /missing/go: No such file"):
        build.Builder("/missing/go", tmp_path, lambda _: None).program(part)


def test_missing_network_is_a_reason_to_skip(go: WriteGo, part: Part) -> None:
    """The reason is the last line of Go's output."""
    with pytest.raises(build.Unavailable, match=r"no such host$"):
        go(WRITES, "echo first >&2; echo dial tcp: lookup proxy: no such host >&2; exit 1").program(part)


@pytest.mark.parametrize("fault", build.FAULTS)
def test_wrong_checksums_are_an_error(go: WriteGo, part: Part, fault: str) -> None:
    """Sources that differ from go.sum are never a reason to skip."""
    with pytest.raises(build.BuildError, match=fault):
        go(WRITES, f"echo verifying: {fault} >&2; exit 1").program(part)


@pytest.mark.usefixtures("part")
def test_sources_of_a_module_are_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each chart is rendered many times from the same folder."""
    monkeypatch.setattr(catalog, "MODULES", ("module",))
    script = tmp_path / "go"
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path / "calls"}\necho \'{{"Dir": "/sources"}}\'\n', encoding="utf-8"
    )
    script.chmod(0o755)
    sources = build.Sources(str(script))

    assert [sources.folder("example.test/program") for _ in range(2)] == [Path("/sources")] * 2
    assert (tmp_path / "calls").read_text(encoding="utf-8").splitlines() == [
        "mod download -json example.test/program@v1.2.3"
    ]


@pytest.mark.usefixtures("part")
def test_sources_that_are_not_served_are_a_reason_to_skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With -json, Go writes the error to its output, and the reason is that error and not a brace."""
    monkeypatch.setattr(catalog, "MODULES", ("module",))
    script = tmp_path / "go"
    script.write_text('#!/bin/sh\necho \'{\n"Error": "program@v1.2.3: no such host"\n}\'\nexit 1\n', encoding="utf-8")
    script.chmod(0o755)

    with pytest.raises(build.Unavailable, match=r"program@v1\.2\.3: no such host$"):
        build.Sources(str(script)).folder("example.test/program")


def test_long_build_reports_progress(go: WriteGo, part: Part, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The progress lines name the program and the number of compiled packages."""
    monkeypatch.setattr(build, "REPORT_EVERY", 0.01)
    lines: list[str] = []
    builder = go(f"echo a/package >&2; while [ ! -e {tmp_path / 'go-on'} ]; do sleep 0.01; done; {WRITES}")

    def report(line: str) -> None:
        lines.append(line)
        if "1 of at most 2 packages" in line:
            (tmp_path / "go-on").touch()

    build.Builder(builder.go, builder.cache, report).program(part)

    assert lines[0].startswith("building program v1.2.3, once")
    assert any(line.startswith("building program, ") for line in lines)
    assert lines[-1].startswith("built program in ")


@pytest.mark.parametrize("name", PARTS)
def test_part_has_a_version_in_its_module(name: str) -> None:
    """The module of each part requires it, at an exact version."""
    assert PARTS[name].version().startswith("v")
    assert PARTS[name].package in (PARTS[name].source / "go.mod").read_text(encoding="utf-8")


@pytest.mark.usefixtures("part")
def test_unknown_module_is_reported() -> None:
    """The message names the file and the module."""
    other = Part("other", "example.test/other", "example.test/other", folder="module")

    with pytest.raises(LookupError, match=r"module/go.mod: does not require example\.test/other"):
        other.version()


def test_kubernetes_modules_have_one_release() -> None:
    """Separately versioned modules of Kubernetes are all replaced by those of the server's release."""
    server = PARTS["kube-apiserver"]
    lines = (server.source / "go.mod").read_text(encoding="utf-8").splitlines()
    replaced = {line.split()[-1] for line in lines if " => " in line}

    assert replaced == {server.version().replace("v1.", "v0.", 1)}


def test_command_without_go_says_what_to_install(tmp_path: Path) -> None:
    """`make parts` on a machine without Go has one message and the exit code 2."""
    done = _command({**os.environ, "PATH": str(tmp_path)})

    assert done.returncode == 2
    assert done.stderr.strip() == (
        "make parts needs Go 1.26 or later on PATH (https://go.dev/dl); the tests that need a part are skipped"
    )


def test_command_with_an_unknown_part_lists_the_parts() -> None:
    """The message has the names."""
    done = _command(dict(os.environ), "nothing")

    assert done.returncode == 2
    assert f"no part nothing: the parts are {', '.join(PARTS)}" in done.stderr


def test_interrupted_command_says_that_the_next_run_resumes(go: WriteGo, tmp_path: Path) -> None:
    """Ctrl-C ends the build and leaves no traceback."""
    go(f"touch {tmp_path}/started; exec sleep 60")
    environment = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.parts", "helm"],
        cwd=catalog.FOLDER.parents[1],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while not (tmp_path / "started").exists():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert errors.splitlines()[-1] == "interrupted; the next run resumes"
    assert "Traceback" not in errors
    assert not [name for name in _programs(tmp_path / "cache") if "helm" in name]


def _command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.parts", *arguments],
        cwd=catalog.FOLDER.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
