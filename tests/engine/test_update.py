"""Updates by the Pulumi engine on the stand-in: applied, compared, drifted, destroyed, interrupted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from groundwork.graph import Graph
from groundwork.yaml_files import read_yaml
from tests.engine.conftest import STATE_AT_THE_END, Engine, engine_in, engine_of
from tests.stand_in.cloud import Cloud, CloudResource
from tests.stand_in.kinds import refusal
from tests.stand_in.server import VARIABLE, serve

BUCKET = "gcp:storage/bucket:Bucket"
CLUSTER = "gcp:container/cluster:Cluster"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
NAMESPACE = "kubernetes:core/v1:Namespace"
POOL = "gcp:container/nodePool:NodePool"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
SUBNET = "gcp:compute/subnetwork:Subnetwork"


@dataclass(frozen=True)
class Platform:
    """The dev stack in a separate cloud."""

    engine: Engine
    cloud: Cloud

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on the stack."""
        return self.engine.run(*arguments, "--stack", "dev")

    def apply(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi up`` without a preview before it."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def preview(self, *arguments: str) -> dict[str, Any]:
        """The report of ``groundwork preview``."""
        done = subprocess.run(
            [sys.executable, "-m", "groundwork", "-C", str(self.engine.project.root), "preview", "--stack", "dev",
             *arguments, "--json"],
            env=dict(self.engine.environment), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def export(self) -> Path:
        """A file of ``pulumi stack export``."""
        file = self.engine.project.root / "export.json"
        assert self.pulumi("stack", "export", "--file", str(file)).returncode == 0
        return file

    def section(self, name: str) -> Any:
        """One section of the settings."""
        return read_yaml(self.engine.project.settings_file("dev"))["config"][f"groundwork:{name}"]

    def set(self, name: str, section: Any) -> None:
        """Replace one section of the settings."""
        file = self.engine.project.settings_file("dev")
        settings = read_yaml(file)
        settings["config"][f"groundwork:{name}"] = section
        file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML

    def resources(self, kind: str) -> list[CloudResource]:
        """The resources of one type in the cloud."""
        return [resource for resource in self.cloud if resource.kind == kind]


Serve = Callable[[Engine, Cloud], Platform]


@pytest.fixture(scope="module")
def serving() -> Iterator[Serve]:
    """Starts servers of a cloud for a stack, which run until the end of the module."""
    with ExitStack() as servers:

        def start(engine: Engine, cloud: Cloud) -> Platform:
            environment = {**engine.environment, **STATE_AT_THE_END, VARIABLE: servers.enter_context(serve(cloud))}
            return Platform(replace(engine, environment=environment), cloud)

        yield start


@pytest.fixture(scope="module")
def applied(serving: Serve, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Platform]:
    """The stack after one update of an empty cloud, and its folder; tests that change it use a copy."""
    folder = tmp_path_factory.mktemp("applied")
    platform = serving(engine_in(folder), Cloud())
    assert platform.pulumi("stack", "init").returncode == 0
    done = platform.apply("--policy-pack", "policy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " groundwork@" in done.stdout
    assert "[mandatory]" not in done.stdout
    # The engine counts components and providers, too.
    created = re.search(r"\+ (\d+) created", done.stdout)
    assert created is not None
    assert int(created[1]) > len(platform.cloud)
    return folder, platform


@pytest.fixture
def platform(applied: tuple[Path, Platform], serving: Serve, tmp_path: Path) -> Platform:
    """A copy of the applied stack: settings, state and cloud."""
    folder, original = applied
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    return serving(engine_of(tmp_path / "copy"), original.cloud.copy())


def test_update_creates_the_declared_resources(applied: tuple[Path, Platform], graphs: dict[str, Graph]) -> None:
    """After an update, the cloud has the custom resources of the graph."""
    declared = [node.urn for node in graphs["dev"] if node.custom and not node.is_provider]

    assert declared == [resource.urn for resource in applied[1].cloud]


def test_applied_stack_has_no_changes(platform: Platform) -> None:
    """Neither a preview, nor a refresh, nor the reports against the state and its export have a change."""
    done = platform.pulumi("preview", "--expect-no-changes")

    assert done.returncode == 0, done.stdout

    done = platform.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")

    assert done.returncode == 0, done.stdout

    state = platform.preview("--engine", "pulumi")
    export = platform.preview("--engine", "sdk", "--against", str(platform.export()))

    assert (state["against"], state["changes"], export["changes"]) == ("state", [], [])
    assert state["summary"] == export["summary"]
    assert state["summary"]["same"] > len(platform.cloud)  # components and providers are not in the cloud


def test_changed_setting_changes_nothing_else(platform: Platform) -> None:
    """Both engines report only the resources of the settings, and the Pulumi engine their replacements."""
    pools = platform.section("gpu_pools")
    key = next(iter(pools))
    pools[key]["compact_placement"] = True
    platform.set("gpu_pools", pools)
    platform.set("network", {**platform.section("network"), "flow_log_sampling": 0.75})

    state = platform.preview("--engine", "pulumi")
    export = platform.preview("--engine", "sdk", "--against", str(platform.export()))

    subnets = {resource.urn: "update" for resource in platform.resources(SUBNET)}
    pool = {
        resource.urn: "replace"
        for resource in platform.resources(POOL)
        if resource.urn.endswith(f"::gpu-main.{key}-pool")
    }
    assert len(pool) == 1
    assert subnets
    assert {change["urn"]: change["op"] for change in state["changes"]} == {**subnets, **pool}
    assert {change["urn"]: change["diff"] for change in export["changes"]} == {
        change["urn"]: change["diff"] for change in state["changes"]
    }


def test_pools_with_old_names_are_renamed(platform: Platform) -> None:
    """Names of pools have the name of the cluster now: aliases find the old names, of children too."""
    before = [resource.urn for resource in platform.resources(POOL)]
    state = platform.export()
    text, moved = re.subn(r"::gpu-main\.", "::gpu-", state.read_text(encoding="utf-8"))
    state.write_text(text, encoding="utf-8")
    assert moved
    assert platform.pulumi("stack", "import", "--file", str(state)).returncode == 0

    done = platform.pulumi("preview", "--expect-no-changes")

    assert done.returncode == 0, done.stdout
    assert platform.apply().returncode == 0
    assert [resource.urn for resource in platform.resources(POOL)] == before
    assert not re.search(r"::gpu-(?!main\.|requests-)", platform.export().read_text(encoding="utf-8"))


def test_deleted_grant_is_created_again(platform: Platform) -> None:
    """A refresh detects a deletion outside of the engine, and the next update creates that resource only."""
    before = list(platform.cloud)
    grant, *_ = platform.resources(GRANT)
    platform.cloud.lose(grant.urn)

    done = platform.pulumi("refresh", "--yes", "--skip-preview")

    assert done.returncode == 0, done.stdout
    assert re.search(rf"{re.escape(_name(grant))} +deleted", done.stdout), done.stdout
    assert "- 1 deleted" in done.stdout

    done = platform.apply()

    assert "+ 1 created" in done.stdout
    assert list(platform.cloud) == before


def test_refresh_fails_for_a_deleted_cluster(platform: Platform) -> None:
    """The engine reports an unreachable cluster, and not that its objects were deleted."""
    cluster, *_ = platform.resources(CLUSTER)
    platform.cloud.lose(cluster.urn)

    done = platform.pulumi("refresh", "--yes", "--skip-preview")

    assert not any(resource.kind.startswith("kubernetes:") for resource in platform.cloud)
    assert done.returncode != 0
    assert "unreachable" in done.stdout


def test_destroy_refuses_protected_resources(platform: Platform) -> None:
    """`pulumi destroy` reports every protected bucket and deletes nothing; unprotected, it retains namespaces."""
    before = list(platform.cloud)

    done = platform.pulumi("destroy", "--yes")

    assert done.returncode != 0
    for bucket in platform.resources(BUCKET):
        assert f'{bucket.urn}" cannot be deleted' in done.stdout.replace("\n", " ")
    assert list(platform.cloud) == before

    # Resources with deletion protection are deleted outside of the engine, as an operator would do.
    for resource in before:
        if refusal(resource.kind, resource.outputs):
            platform.cloud.lose(resource.urn)
    assert platform.pulumi("state", "unprotect", "--all", "--yes").returncode == 0
    done = platform.pulumi("destroy", "--yes", "--skip-preview", "--refresh")

    assert done.returncode == 0, done.stdout
    # Namespaces are retained with their contents and their default-deny policy; a runbook deletes them.
    assert {resource.kind for resource in platform.cloud} == {NAMESPACE, POLICY}
    assert {resource.id for resource in platform.resources(NAMESPACE)} == set(platform.section("teams"))
    assert len(platform.resources(POLICY)) == len(platform.resources(NAMESPACE))


def test_interrupted_update_continues(applied: tuple[Path, Platform], serving: Serve, tmp_path: Path) -> None:
    """The engine reports the refused resource; the next update creates the missing resources."""
    platform = serving(engine_in(tmp_path), Cloud())
    platform.pulumi("stack", "init")
    platform.cloud.fail_create(CLUSTER, message="Insufficient regional quota to satisfy request")

    done = platform.apply()

    assert done.returncode != 0
    assert re.search(r"cluster-\w+-cluster.*\*\*creating failed\*\*", done.stdout), done.stdout
    assert "Insufficient regional quota to satisfy request" in done.stdout
    assert 0 < len(platform.cloud) < len(applied[1].cloud)

    done = platform.apply()

    assert done.returncode == 0, done.stdout
    assert list(platform.cloud) == list(applied[1].cloud)


def _name(resource: CloudResource) -> str:
    return resource.urn.rpartition("::")[2]
