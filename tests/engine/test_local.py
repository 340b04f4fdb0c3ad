"""The stack on a laptop, with the real engine and the real kubernetes plugin, on a real API server."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from groundwork import manifests
from groundwork.engines import embedded, real
from groundwork.graph import Graph
from groundwork.project import Project, read_yaml
from tests.cluster import crds
from tests.cluster.client import Client
from tests.cluster.plugin import GIVEN
from tests.engine.conftest import Engine, engine_in

pytestmark = pytest.mark.usefixtures("needs_kubernetes_plugin")

LEAVES: Final = "vision"  # the team that is removed
GONE_WITHIN: Final = 120.0  # seconds
TAKE_OVER: Final = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true", "PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
LEFT: Final = "vision-raw"  # one of its mounts
SERVICE: Final = "parcels-predictor"  # one of its services


@dataclass(frozen=True)
class Laptop:
    """The stack, on a server without operators, or with nothing of them but their definitions.

    Charts are out of reach of a test.
    """

    engine: Engine

    def pulumi(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on the stack, with more in its environment; it has to succeed."""
        engine = replace(self.engine, environment={**self.engine.environment, **environment})
        done = engine.run(*arguments, "--stack", "local")
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def settings(self) -> dict[str, Any]:
        """The configuration of the stack."""
        config: dict[str, Any] = read_yaml(self.engine.project.settings_file("local"))["config"]
        return config

    def write(self, config: dict[str, Any]) -> None:
        """Write the configuration anew."""
        # JSON is YAML.
        self.engine.project.settings_file("local").write_text(json.dumps({"config": config}), encoding="utf-8")

    def resources(self) -> dict[str, dict[str, Any]]:
        """What is in the state, by URN."""
        state = json.loads(self.pulumi("stack", "export").stdout)
        return {entry["urn"]: entry for entry in state["deployment"].get("resources") or ()}


def _without(config: dict[str, Any], team: str) -> dict[str, Any]:
    """The settings without a team and what is its own."""
    config = json.loads(json.dumps(config))
    del config["groundwork:teams"][team]
    config["groundwork:mounts"] = {
        key: mount for key, mount in config["groundwork:mounts"].items() if mount["team"] != team
    }
    return config


@pytest.fixture(scope="module")
def definitions(admin_kubeconfig: Path, project: Project) -> Iterator[None]:
    """The server knows every kind that the stack declares; skips where their definitions are not at hand."""
    if not crds.FOLDER.is_dir():
        pytest.skip(crds.MISSING)
    found = [one.manifest for one in manifests.objects(embedded.plan(project, "local"))]
    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        new = crds.install(server, {(one["apiVersion"], one["kind"]) for one in found})
        yield
        if GIVEN in os.environ:
            crds.remove(server, new)


@pytest.fixture(params=["folder", "storage_class", "installed"])
def laptop(request: pytest.FixtureRequest, admin_kubeconfig: Path, tmp_path: Path) -> Iterator[Laptop]:
    """The stack on the server: in both ways that volumes are made, and with queues and the mesh.

    Afterwards nothing of it is left there.
    """
    installed = request.param == "installed"
    if installed:
        request.getfixturevalue("definitions")
    engine = engine_in(tmp_path)
    found = Laptop(replace(engine, environment={**engine.environment, "KUBECONFIG": str(admin_kubeconfig)}))
    config = found.settings()
    config["groundwork:operators"] = "installed" if installed else "none"
    config["groundwork:clusters"] = {"laptop": {}}  # the context of the given kubeconfig
    if not installed:
        del config["groundwork:teams"][LEAVES]["services"]  # for which there is no mesh
    if request.param == "storage_class":
        config["groundwork:volumes"] = {"storage_class": "nobody-provisions"}
        del config["groundwork:mounts"]["forecasting-models"]  # a volume of a class has one mount
        del config["groundwork:teams"]["forecasting"]["data"]["models"]
    found.write(config)
    assert found.engine.run("stack", "init", "local").returncode == 0
    yield found
    found.engine.run("destroy", "--yes", "--skip-preview", "--stack", "local")
    teams = [f"/api/v1/namespaces/{team}" for team in config["groundwork:teams"]]
    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        for team in teams:  # which a stack leaves behind
            server.request("DELETE", team)
        until = time.monotonic() + GONE_WITHIN
        while left := [team for team in teams if server.request("GET", team).fine]:
            assert time.monotonic() < until, left
            time.sleep(0.2)


def test_a_laptop_comes_changes_and_goes(laptop: Laptop, admin_kubeconfig: Path) -> None:
    """An update, nothing to do after it, a team that leaves its data behind and comes back, and an end."""
    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        _comes_changes_and_goes(laptop, lambda path: bool(server.request("GET", f"/api/v1/namespaces/{path}").fine))


def _comes_changes_and_goes(laptop: Laptop, there: Callable[[str], bool]) -> None:
    laptop.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policy")
    before = laptop.resources()

    laptop.pulumi("preview", "--expect-no-changes")
    laptop.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    whole = laptop.settings()
    laptop.write(_without(whole, LEAVES))
    laptop.pulumi("up", "--yes", "--skip-preview")
    gone = set(before) - set(laptop.resources())

    # Its objects are no longer the stack's, and the namespace with what is in it stays.
    assert gone
    assert all(f".{LEAVES}" in urn.rpartition("::")[2] or f"::mount-laptop.{LEAVES}-" in urn for urn in gone)
    assert there(LEAVES)
    assert not there(f"{LEAVES}/serviceaccounts/workload")
    provisioned = laptop.settings()["groundwork:volumes"].get("storage_class") is not None
    assert there(f"{LEAVES}/persistentvolumeclaims/{LEFT}") == provisioned  # files of a folder need no claim to stay

    # What stayed is there already: runbooks/remove-a-team.md takes it over in this one update.
    laptop.write(whole)
    laptop.pulumi("up", "--yes", "--skip-preview", **TAKE_OVER)
    laptop.pulumi("up", "--yes", "--skip-preview")
    assert set(laptop.resources()) == set(before)
    laptop.pulumi("preview", "--expect-no-changes")

    laptop.pulumi("destroy", "--yes", "--skip-preview")
    assert [urn for urn, entry in laptop.resources().items() if entry["custom"]] == []


@pytest.mark.parametrize("laptop", ["installed"], indirect=True)
def test_an_experiment_begins_and_ends(laptop: Laptop, admin_kubeconfig: Path) -> None:
    """A fault is in the cluster with its reason from one update to the next, and then nothing of it is left."""
    path = f"/apis/networking.istio.io/v1/namespaces/{LEAVES}/virtualservices/service-{SERVICE}"

    def fails(server: Client) -> bool:
        laptop.pulumi("up", "--yes", "--skip-preview")
        found = server.request("GET", path).body
        told = "groundwork.dev/fault-reason" in (found["metadata"].get("annotations") or {})
        assert told == ("fault" in found["spec"]["http"][0])
        return told

    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        before = laptop.settings()
        assert not fails(server)

        during = json.loads(json.dumps(before))
        fault = {"abort_percent": 1, "until": "2026-12-18", "reason": "forecasts go on without pictures"}
        during["groundwork:teams"][LEAVES]["services"][SERVICE]["fault"] = fault
        laptop.write(during)
        assert fails(server)

        laptop.write(before)
        assert not fails(server)
    laptop.pulumi("preview", "--expect-no-changes")


def test_the_engines_agree(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the embedded engine plans without a cluster, the real one plans with one."""
    monkeypatch.setenv("KUBECONFIG", laptop.engine.environment["KUBECONFIG"])
    alone: Graph = embedded.plan(laptop.engine.project, "local")

    assert list(alone.nodes) == list(real.plan(laptop.engine.project, "local").nodes)


@pytest.mark.parametrize("laptop", ["folder"], indirect=True)
def test_a_cluster_that_is_not_there_is_named(laptop: Laptop) -> None:
    """Whoever has not made the cluster is told which context is missing."""
    config = laptop.settings()
    config["groundwork:clusters"] = {"laptop": {"context": "kind-nowhere"}}
    laptop.write(config)

    done = laptop.engine.run("up", "--yes", "--skip-preview", "--stack", "local")

    assert done.returncode != 0
    assert 'context "kind-nowhere" does not exist' in done.stdout + done.stderr
    made = {entry["type"].partition(":")[0] for entry in laptop.resources().values() if entry["custom"]}
    assert made <= {"pulumi"}
