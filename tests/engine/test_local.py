"""The local stack with the Pulumi engine and the kubernetes plugin, on an API server."""

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
from groundwork.project import Project
from groundwork.yaml_files import read_yaml
from tests.cluster import crds
from tests.cluster.client import Client
from tests.cluster.plugin import GIVEN
from tests.engine.conftest import Engine, engine_in

pytestmark = pytest.mark.usefixtures("needs_kubernetes_plugin")

REMOVED: Final = "vision"  # the team that is removed
DELETION_SECONDS: Final = 120.0
TAKE_OVER: Final = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true", "PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
MOUNT: Final = "vision-raw"  # one of its mounts
SERVICE: Final = "parcels-predictor"  # one of its services


@dataclass(frozen=True)
class Laptop:
    """The stack, on a server without operators, or with their custom resource definitions only.

    Charts are not available to the tests.
    """

    engine: Engine

    def pulumi(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on the stack, with more environment variables; it has to succeed."""
        engine = replace(self.engine, environment={**self.engine.environment, **environment})
        done = engine.run(*arguments, "--stack", "local")
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def settings(self) -> dict[str, Any]:
        """The configuration of the stack."""
        config: dict[str, Any] = read_yaml(self.engine.project.settings_file("local"))["config"]
        return config

    def write(self, config: dict[str, Any]) -> None:
        """Replace the configuration."""
        # JSON is YAML.
        self.engine.project.settings_file("local").write_text(json.dumps({"config": config}), encoding="utf-8")

    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources in the state, by URN."""
        state = json.loads(self.pulumi("stack", "export").stdout)
        return {entry["urn"]: entry for entry in state["deployment"].get("resources") or ()}


def _without(config: dict[str, Any], team: str) -> dict[str, Any]:
    """The settings without a team and its mounts."""
    config = json.loads(json.dumps(config))
    del config["groundwork:teams"][team]
    config["groundwork:mounts"] = {
        key: mount for key, mount in config["groundwork:mounts"].items() if mount["team"] != team
    }
    return config


@pytest.fixture(scope="module")
def definitions(admin_kubeconfig: Path, project: Project) -> Iterator[None]:
    """The definitions of all kinds that the stack declares; skips where they are not available."""
    if not crds.FOLDER.is_dir():
        pytest.skip(crds.MISSING)
    objects = [rendered.manifest for rendered in manifests.objects(embedded.plan(project, "local"))]
    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        new = crds.install(server, {(manifest["apiVersion"], manifest["kind"]) for manifest in objects})
        yield
        if GIVEN in os.environ:
            crds.remove(server, new)


@pytest.fixture(params=["folder", "storage_class", "installed"])
def laptop(request: pytest.FixtureRequest, admin_kubeconfig: Path, tmp_path: Path) -> Iterator[Laptop]:
    """The stack on the server: with both kinds of volumes, and with queues and the mesh.

    Its objects are deleted afterwards.
    """
    installed = request.param == "installed"
    if installed:
        request.getfixturevalue("definitions")
    engine = engine_in(tmp_path)
    stack = Laptop(replace(engine, environment={**engine.environment, "KUBECONFIG": str(admin_kubeconfig)}))
    config = stack.settings()
    config["groundwork:operators"] = "installed" if installed else "none"
    config["groundwork:clusters"] = {"laptop": {}}  # the context of the given kubeconfig
    if not installed:
        del config["groundwork:teams"][REMOVED]["services"]  # which need the mesh
    if request.param == "storage_class":
        config["groundwork:volumes"] = {"storage_class": "without-provisioner"}
        del config["groundwork:mounts"]["forecasting-models"]  # a volume of a class has one mount
        del config["groundwork:teams"]["forecasting"]["data"]["models"]
    stack.write(config)
    assert stack.engine.run("stack", "init", "local").returncode == 0
    yield stack
    stack.engine.run("destroy", "--yes", "--skip-preview", "--stack", "local")
    teams = [f"/api/v1/namespaces/{team}" for team in config["groundwork:teams"]]
    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        for team in teams:  # retained by the stack
            server.request("DELETE", team)
        until = time.monotonic() + DELETION_SECONDS
        while remaining := [team for team in teams if server.request("GET", team).fine]:
            assert time.monotonic() < until, remaining
            time.sleep(0.2)


def test_local_stack_is_created_updated_and_destroyed(laptop: Laptop, admin_kubeconfig: Path) -> None:
    """An update without later changes; a team is removed with its data retained, and added again; all is deleted."""
    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        _create_update_and_destroy(laptop, lambda path: bool(server.request("GET", f"/api/v1/namespaces/{path}").fine))


def _create_update_and_destroy(laptop: Laptop, exists: Callable[[str], bool]) -> None:
    laptop.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policy")
    before = laptop.resources()

    laptop.pulumi("preview", "--expect-no-changes")
    laptop.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    settings = laptop.settings()
    laptop.write(_without(settings, REMOVED))
    laptop.pulumi("up", "--yes", "--skip-preview")
    removed = set(before) - set(laptop.resources())

    # The stack no longer has its objects, and the namespace with its contents is retained.
    assert removed
    assert all(f".{REMOVED}" in urn.rpartition("::")[2] or f"::mount-laptop.{REMOVED}-" in urn for urn in removed)
    assert exists(REMOVED)
    assert not exists(f"{REMOVED}/serviceaccounts/workload")
    provisioned = laptop.settings()["groundwork:volumes"].get("storage_class") is not None
    # Files of a folder do not need a claim to be retained.
    assert exists(f"{REMOVED}/persistentvolumeclaims/{MOUNT}") == provisioned

    # The retained objects exist already: runbooks/remove-a-team.md takes them over in this update.
    laptop.write(settings)
    laptop.pulumi("up", "--yes", "--skip-preview", **TAKE_OVER)
    laptop.pulumi("up", "--yes", "--skip-preview")
    assert set(laptop.resources()) == set(before)
    laptop.pulumi("preview", "--expect-no-changes")

    laptop.pulumi("destroy", "--yes", "--skip-preview")
    assert [urn for urn, entry in laptop.resources().items() if entry["custom"]] == []


@pytest.mark.parametrize("laptop", ["installed"], indirect=True)
def test_fault_injection_begins_and_ends(laptop: Laptop, admin_kubeconfig: Path) -> None:
    """A fault is in the cluster, with its reason, from one update to the next."""
    path = f"/apis/networking.istio.io/v1/namespaces/{REMOVED}/virtualservices/service-{SERVICE}"

    def has_fault(server: Client) -> bool:
        laptop.pulumi("up", "--yes", "--skip-preview")
        virtual_service = server.request("GET", path).body
        has_reason = "groundwork.dev/fault-reason" in (virtual_service["metadata"].get("annotations") or {})
        assert has_reason == ("fault" in virtual_service["spec"]["http"][0])
        return has_reason

    with contextlib.closing(Client.of(admin_kubeconfig)) as server:
        before = laptop.settings()
        assert not has_fault(server)

        during = json.loads(json.dumps(before))
        fault = {"abort_percent": 1, "until": "2026-12-18", "reason": "forecasts without images"}
        during["groundwork:teams"][REMOVED]["services"][SERVICE]["fault"] = fault
        laptop.write(during)
        assert has_fault(server)

        laptop.write(before)
        assert not has_fault(server)
    laptop.pulumi("preview", "--expect-no-changes")


def test_engines_agree(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded engine plans without a cluster what the Pulumi engine plans with one."""
    monkeypatch.setenv("KUBECONFIG", laptop.engine.environment["KUBECONFIG"])
    planned: Graph = embedded.plan(laptop.engine.project, "local")

    assert list(planned.nodes) == list(real.plan(laptop.engine.project, "local").nodes)


@pytest.mark.parametrize("laptop", ["folder"], indirect=True)
def test_missing_context_is_named(laptop: Laptop) -> None:
    """The error has the context of a cluster that does not exist, and nothing is created."""
    config = laptop.settings()
    config["groundwork:clusters"] = {"laptop": {"context": "kind-nowhere"}}
    laptop.write(config)

    done = laptop.engine.run("up", "--yes", "--skip-preview", "--stack", "local")

    assert done.returncode != 0
    assert 'context "kind-nowhere" does not exist' in done.stdout + done.stderr
    created = {entry["type"].partition(":")[0] for entry in laptop.resources().values() if entry["custom"]}
    assert created <= {"pulumi"}
