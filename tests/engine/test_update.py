"""Updates by the real engine, against the stand-in cloud: applied, compared, lost, destroyed, interrupted."""

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
from groundwork.project import read_yaml
from tests.engine.conftest import Engine, engine_in, engine_of
from tests.stand_in.cloud import Cloud, Thing
from tests.stand_in.kinds import refusal
from tests.stand_in.server import VARIABLE, serve

BUCKET = "gcp:storage/bucket:Bucket"
CLUSTER = "gcp:container/cluster:Cluster"
GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember"
NAMESPACE = "kubernetes:core/v1:Namespace"
POOL = "gcp:container/nodePool:NodePool"
WALL = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
SUBNET = "gcp:compute/subnetwork:Subnetwork"


@dataclass(frozen=True)
class Platform:
    """The dev stack in a cloud of its own."""

    engine: Engine
    cloud: Cloud

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on the stack."""
        return self.engine.run(*arguments, "--stack", "dev")

    def apply(self) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi up`` without a preview before it."""
        return self.pulumi("up", "--yes", "--skip-preview")

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
        """Write one section of the settings anew."""
        file = self.engine.project.settings_file("dev")
        settings = read_yaml(file)
        settings["config"][f"groundwork:{name}"] = section
        file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML

    def things(self, kind: str) -> list[Thing]:
        """What exists of one type."""
        return [thing for thing in self.cloud if thing.kind == kind]


Serve = Callable[[Engine, Cloud], Platform]


@pytest.fixture(scope="module")
def serving() -> Iterator[Serve]:
    """Puts a stack on a cloud; its servers run until the module is done."""
    with ExitStack() as servers:

        def start(engine: Engine, cloud: Cloud) -> Platform:
            environment = {**engine.environment, VARIABLE: servers.enter_context(serve(cloud))}
            return Platform(replace(engine, environment=environment), cloud)

        yield start


@pytest.fixture(scope="module")
def applied(serving: Serve, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Platform]:
    """The stack after one update of an empty cloud, and its folder: tests that change anything take a copy."""
    folder = tmp_path_factory.mktemp("applied")
    platform = serving(engine_in(folder), Cloud())
    assert platform.pulumi("stack", "init").returncode == 0
    done = platform.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, platform


@pytest.fixture
def platform(applied: tuple[Path, Platform], serving: Serve, tmp_path: Path) -> Platform:
    """A copy of the applied stack: settings, state and cloud."""
    folder, original = applied
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    return serving(engine_of(tmp_path / "copy"), original.cloud.copy())


def test_an_update_creates_what_is_declared(applied: tuple[Path, Platform], graphs: dict[str, Graph]) -> None:
    """After one update the cloud holds every custom resource of the graph, and nothing else."""
    declared = [node.urn for node in graphs["dev"] if node.custom and not node.is_provider]

    assert declared == [thing.urn for thing in applied[1].cloud]


def test_an_applied_stack_has_no_changes(platform: Platform) -> None:
    """The engine, the report on its state and the report on its export all find nothing to do."""
    done = platform.pulumi("preview", "--expect-no-changes")

    assert done.returncode == 0, done.stdout

    state = platform.preview("--engine", "pulumi")
    export = platform.preview("--engine", "sdk", "--against", str(platform.export()))

    assert (state["against"], state["changes"], export["changes"]) == ("state", [], [])
    assert state["summary"] == export["summary"]
    assert state["summary"]["same"] > len(platform.cloud)  # components and providers are in no cloud


def test_a_changed_setting_changes_nothing_else(platform: Platform) -> None:
    """Both engines name just what a setting reaches, and the real one says what of it is replaced."""
    pools = platform.section("gpu_pools")
    key = next(iter(pools))
    pools[key]["compact_placement"] = True
    platform.set("gpu_pools", pools)
    platform.set("network", {**platform.section("network"), "flow_log_sampling": 0.75})

    state = platform.preview("--engine", "pulumi")
    export = platform.preview("--engine", "sdk", "--against", str(platform.export()))

    subnets = {thing.urn: "update" for thing in platform.things(SUBNET)}
    pool = {thing.urn: "replace" for thing in platform.things(POOL) if thing.urn.endswith(f"::gpu-main.{key}-pool")}
    assert len(pool) == 1
    assert subnets
    assert {change["urn"]: change["op"] for change in state["changes"]} == {**subnets, **pool}
    assert {change["urn"]: change["diff"] for change in export["changes"]} == {
        change["urn"]: change["diff"] for change in state["changes"]
    }


def test_pools_that_had_one_cluster_keep_their_machines(platform: Platform) -> None:
    """A pool's name got its cluster into it: the engine knows what had the old name, children too."""
    before = [thing.urn for thing in platform.things(POOL)]
    state = platform.export()
    text, moved = re.subn(r"::gpu-main\.", "::gpu-", state.read_text(encoding="utf-8"))
    state.write_text(text, encoding="utf-8")
    assert moved
    assert platform.pulumi("stack", "import", "--file", str(state)).returncode == 0

    done = platform.pulumi("preview", "--expect-no-changes")

    assert done.returncode == 0, done.stdout
    assert platform.apply().returncode == 0
    assert [thing.urn for thing in platform.things(POOL)] == before
    assert not re.search(r"::gpu-(?!main\.)", platform.export().read_text(encoding="utf-8"))


def test_what_was_deleted_by_hand_is_found_and_made_again(platform: Platform) -> None:
    """A refresh notices what went missing behind the engine's back; the next update brings back that and no more."""
    before = list(platform.cloud)
    grant, *_ = platform.things(GRANT)
    platform.cloud.lose(grant.urn)

    done = platform.pulumi("refresh", "--yes", "--skip-preview")

    assert done.returncode == 0, done.stdout
    assert re.search(rf"{re.escape(_name(grant))} +deleted", done.stdout), done.stdout
    assert "- 1 deleted" in done.stdout

    done = platform.apply()

    assert "+ 1 created" in done.stdout
    assert list(platform.cloud) == before


def test_a_lost_cluster_takes_its_objects_along(platform: Platform) -> None:
    """Where a cluster is gone, the engine says that nothing answers, rather than that its objects were deleted."""
    cluster, *_ = platform.things(CLUSTER)
    platform.cloud.lose(cluster.urn)

    done = platform.pulumi("refresh", "--yes", "--skip-preview")

    assert not any(thing.kind.startswith("kubernetes:") for thing in platform.cloud)
    assert done.returncode != 0
    assert "unreachable" in done.stdout


def test_nothing_protected_is_destroyed(platform: Platform) -> None:
    """`pulumi destroy` names every protected bucket and deletes nothing; then all goes but namespaces of teams."""
    before = list(platform.cloud)

    done = platform.pulumi("destroy", "--yes")

    assert done.returncode != 0
    for bucket in platform.things(BUCKET):
        assert f'{bucket.urn}" cannot be deleted' in done.stdout.replace("\n", " ")
    assert list(platform.cloud) == before

    # What the cloud itself protects goes by hand, as an operator would delete it, and the engine then finds it gone.
    for thing in before:
        if refusal(thing.kind, thing.outputs):
            platform.cloud.lose(thing.urn)
    assert platform.pulumi("state", "unprotect", "--all", "--yes").returncode == 0
    done = platform.pulumi("destroy", "--yes", "--skip-preview", "--refresh")

    assert done.returncode == 0, done.stdout
    # A namespace goes by a runbook, with what the team left in it, and is closed until then.
    assert {thing.kind for thing in platform.cloud} == {NAMESPACE, WALL}
    assert {thing.id for thing in platform.things(NAMESPACE)} == set(platform.section("teams"))
    assert len(platform.things(WALL)) == len(platform.things(NAMESPACE))


def test_an_interrupted_update_goes_on_where_it_stopped(
    applied: tuple[Path, Platform], serving: Serve, tmp_path: Path
) -> None:
    """The engine names what the cloud refused; the next update makes the rest, and nothing exists twice."""
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


def _name(thing: Thing) -> str:
    return thing.urn.rpartition("::")[2]
