"""The environment of plans by the Pulumi engine."""

from __future__ import annotations

import pytest

from groundwork.engines import real
from groundwork.project import Project


def test_plan_does_not_use_the_login_of_the_caller(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its state and credentials are not the caller's; the variables that say where plugins are have the same value."""
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "GOOGLE_CREDENTIALS", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, "caller's")
    for name in real.PLUGIN_VARIABLES:
        monkeypatch.setenv(name, "plugins'")

    with real._temporary_copy(project, "dev") as (_, environment):
        assert "caller's" not in environment.values()
        assert {name: environment[name] for name in real.PLUGIN_VARIABLES} == dict.fromkeys(
            real.PLUGIN_VARIABLES, "plugins'"
        )
