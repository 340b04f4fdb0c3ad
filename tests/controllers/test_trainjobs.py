"""A TrainJob becomes a JobSet with a workload, waits for quota, runs on the pool that it names, and finishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from components._common import POOL_LABEL as POOL
from tests.charts.conftest import RenderedOf
from tests.controllers.cluster import OUTCOME, Cluster, Request, condition, eventually, pod_spec
from tests.controllers.conftest import ClusterOf

API = "trainer.kubeflow.org/v1alpha1"
PATH = f"/apis/{API}/namespaces/vision"
RUNTIME = "tests"
# Machines of the runtimes that the folder trainer-runtimes installs; each has a replicated job for its nodes.
INSTALLED = (
    "deepspeed-distributed",
    "jax-distributed",
    "mlx-distributed",
    "torch-distributed",
    "xgboost-distributed",
)


@pytest.fixture
def cluster(cluster_of: ClusterOf) -> Iterator[Cluster]:
    """The cluster of dev with a runtime of team vision, whose pods the level `restricted` admits."""
    running = cluster_of("dev/main")
    node = {
        "name": "node",
        "template": {
            "metadata": {"labels": {"trainer.kubeflow.org/trainjob-ancestor-step": "trainer"}},
            "spec": {"backoffLimit": 0, "template": {"spec": _node(Request(gpus=1))}},
        },
    }
    runtime = {
        "apiVersion": API,
        "kind": "TrainingRuntime",
        "metadata": {"name": RUNTIME, "namespace": "vision", "labels": {"trainer.kubeflow.org/framework": "torch"}},
        "spec": {
            "mlPolicy": {"numNodes": 1, "torch": {}},
            "template": {"spec": {"replicatedJobs": [node]}},
        },
    }
    answer = running.client.create(runtime)
    assert answer.fine, answer.message
    yield running
    running.client.request("DELETE", f"{PATH}/trainingruntimes/{RUNTIME}")


def _node(request: Request) -> dict[str, Any]:
    spec = pod_spec(request)
    spec["containers"][0]["name"] = "node"
    return spec


def _train_job(name: str, runtime: dict[str, str], pool: str, machines: int = 1) -> dict[str, Any]:
    patch = {"name": "node", "template": {"spec": {"template": {"spec": {"nodeSelector": {POOL: pool}}}}}}
    manager = {
        "manager": "example.test/tests",
        "trainingRuntimeSpec": {"template": {"spec": {"replicatedJobs": [patch]}}},
    }
    return {
        "apiVersion": API,
        "kind": "TrainJob",
        "metadata": {"name": name, "namespace": "vision"},
        "spec": {"runtimeRef": runtime, "trainer": {"numNodes": machines}, "runtimePatches": [manager]},
    }


def _status(cluster: Cluster, name: str) -> dict[str, Any]:
    body = cluster.client.request("GET", f"{PATH}/trainjobs/{name}").body
    status: dict[str, Any] = body.get("status") or {}
    return status


@pytest.mark.parametrize("pool", ["a100", "l4", "l4-shared"])
def test_train_job_runs_on_its_pool_and_completes(cluster: Cluster, pool: str) -> None:
    """Queue, JobSet, pods and status work together, for a member of the team."""
    name = f"train-{pool}"
    with cluster.jobs(("vision", name), kind="TrainJob"):
        answer = cluster.member("vision").create(_train_job(name, {"name": RUNTIME, "kind": "TrainingRuntime"}, pool))
        assert answer.fine, answer.message

        eventually("admitted", lambda: cluster.flavor("vision", name) == pool, lambda: cluster.reason("vision", name))
        eventually("scheduled", lambda: cluster.pools("vision", name) == [pool], lambda: cluster.reason("vision", name))

        cluster.finish("vision", name)
        eventually("complete", lambda: condition(_status(cluster, name), "Complete"), lambda: _status(cluster, name))


def test_train_job_of_several_machines_starts_completely(cluster: Cluster) -> None:
    """Both pods of a job of two machines are admitted together."""
    with cluster.jobs(("vision", "two"), kind="TrainJob"):
        runtime = {"name": RUNTIME, "kind": "TrainingRuntime"}
        answer = cluster.member("vision").create(_train_job("two", runtime, "l4", machines=2))
        assert answer.fine, answer.message

        eventually(
            "scheduled", lambda: cluster.pools("vision", "two") == ["l4", "l4"], lambda: cluster.reason("vision", "two")
        )


def test_failed_train_job_reports_the_failure(cluster: Cluster) -> None:
    """Its pods fail, and its status says so."""
    with cluster.jobs(("vision", "broken"), kind="TrainJob"):
        runtime = {"name": RUNTIME, "kind": "TrainingRuntime"}
        assert cluster.member("vision").create(_train_job("broken", runtime, "a100")).fine
        eventually("it runs", lambda: cluster.pools("vision", "broken") == ["a100"])

        cluster.finish("vision", "broken", outcome="Failed")

        eventually("it failed", lambda: condition(_status(cluster, "broken"), "Failed"))
    assert OUTCOME.startswith("groundwork.test/")


@pytest.mark.parametrize("runtime", INSTALLED)
def test_installed_runtime_is_accepted_by_trainer(cluster_of: ClusterOf, rendered_of: RenderedOf, runtime: str) -> None:
    """The runtimes of the folder pass Trainer's webhook, and members can read them."""
    cluster = cluster_of("dev/main")
    manifest = next(one for one in rendered_of("trainer-runtimes")[0][1] if one["metadata"]["name"] == runtime)
    path = f"/apis/{API}/clustertrainingruntimes/{runtime}"
    assert cluster.client.create(manifest).fine
    try:
        assert cluster.member("vision").request("GET", path).fine
    finally:
        cluster.client.request("DELETE", path)
