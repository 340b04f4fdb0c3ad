"""`pulumi preview` with the policy pack, and previews against a stack's state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundwork.engines import real
from groundwork.errors import ProgramError
from groundwork.preview import planning
from groundwork.project import Project
from tests.conftest import CLOUD_STACKS, WriteProgram
from tests.engine.conftest import Engine

pytestmark = pytest.mark.usefixtures("providers")


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_pulumi_preview_passes_with_the_pack(engine: Engine, stack: str) -> None:
    """Every stack previews without an error or violation."""
    engine.run("stack", "init", stack)

    done = engine.run("preview", "--stack", stack, "--policy-pack", "policy")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "❌" not in done.stdout
    assert " groundwork@" in done.stdout
    assert "error:" not in done.stdout


def test_missing_label_fails_both_previews(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pulumi preview` and `groundwork preview` report the same rule and resource."""
    settings = engine.project.root / "Pulumi.dev.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("      data_class: raw\n", ""), encoding="utf-8")
    engine.run("stack", "init", "dev")

    done = engine.run("preview", "--stack", "dev", "--policy-pack", "policy")

    assert done.returncode != 0
    assert "[mandatory]  labels" in done.stdout
    assert "data-parcel-images-raw-bucket has no data-class in labels" in done.stdout

    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    report = planning.preview(engine.project, "dev", "pulumi", None)

    assert [(violation.rule, violation.urn.rpartition("::")[2]) for violation in report.verdict.mandatory] == [
        ("labels", "data-parcel-images-raw-bucket")
    ]


def test_preview_of_a_stack_with_state(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The baseline is the state, and the providers decide about replacements."""
    engine.run("stack", "init", "dev")
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)

    report = planning.preview(engine.project, "dev", "pulumi", None)

    assert (report.against, report.decides_replacements) == ("state", True)
    assert {"create"} == {change.op.value for change in report.changes}


def test_unreadable_state_of_another_stack_does_not_matter(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stacks of the project are found or missing as before."""
    engine.run("stack", "init", "dev")
    next(Path(engine.environment["PULUMI_BACKEND_URL"].removeprefix("file://")).rglob("dev.json")).with_name(
        "other.json"
    ).write_text("{", encoding="utf-8")
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)

    assert real.has_state(engine.project, "dev")
    assert not real.has_state(engine.project, "prod")


def test_preview_without_a_login_has_no_baseline(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A plan does not need a login, and writes no state."""
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))

    report = planning.preview(engine.project, "dev", "pulumi", None)

    assert report.against is None
    assert list((tmp_path / "state").iterdir()) == []


def test_failing_program_has_the_same_message_from_both_engines(engine: Engine) -> None:
    """The line and the exception, without a traceback."""
    program = engine.project.root / "__main__.py"
    program.write_text("def fail():\n    raise KeyError('missing')\n\n\nfail()\n", encoding="utf-8")

    for name in ("sdk", "pulumi"):
        with pytest.raises(ProgramError) as caught:
            planning.plan(engine.project, "dev", name)

        assert caught.value.message == "__main__.py:2: the program failed: KeyError: 'missing'"


def test_secrets_are_masked_by_both_engines(write_program: WriteProgram, project: Project) -> None:
    """Neither engine shows a secret value."""
    sample = write_program("""
        import pulumi
        import pulumi_kubernetes as k8s
        provider = k8s.Provider("p", kubeconfig=pulumi.Output.secret("hunter2"))
        opts = pulumi.ResourceOptions(provider=provider)
        k8s.core.v1.Secret("s", metadata={"name": "s"}, string_data={"password": "hunter2"}, opts=opts)
    """)
    (sample.root / "Pulumi.yaml").write_text(
        "name: sample\nruntime: {name: python, options: {toolchain: pip, virtualenv: .venv}}\n", encoding="utf-8"
    )
    (sample.root / ".venv").symlink_to(project.root / ".venv")

    for engine_name in ("sdk", "pulumi"):
        document = json.dumps(planning.plan(sample, "dev", engine_name).to_json())

        assert "hunter2" not in document
        assert "[secret]" in document
