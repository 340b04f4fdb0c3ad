"""A running cluster of a stack: what tests create in it, wait for and end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from components._common import GPU
from groundwork import manifests
from groundwork.graph import Graph
from groundwork.manifests import Rendered
from tests.cluster.client import Client
from tests.controllers.nodes import NODE_POOL

WITHIN: Final = 120.0  # seconds; each step takes one or two on an idle machine
OUTCOME: Final = "groundwork.test/outcome"

_KUEUE: Final = "/apis/kueue.x-k8s.io/v1beta2"
_PATHS: Final = {"Job": "/apis/batch/v1", "TrainJob": "/apis/trainer.kubeflow.org/v1alpha1", "Pod": "/api/v1"}


@dataclass(frozen=True)
class Request:
    """What each pod of a job requests, and where it may run."""

    gpus: int = 0
    cpu: str = "1"
    memory: str = "1Gi"
    selector: Mapping[str, str] | None = None
    priority: str | None = None
    pods: int = 1


@dataclass
class Cluster:
    """A cluster with the objects of a stack; `stop` and `restart` are for controllers, by the names of their parts."""

    client: Client
    graph: Graph
    name: str
    stop: Callable[[str], None]
    restart: Callable[[str], None]

    def declared(self, kind: str) -> list[Rendered]:
        """The declared objects of a kind in this cluster."""
        return [
            one
            for one in manifests.objects(self.graph)
            if one.path.startswith(f"{self.name}/") and one.manifest["kind"] == kind
        ]

    def member(self, team: str) -> Client:
        """A connection as a member of a team."""
        bindings = [
            one.manifest
            for one in self.declared("RoleBinding")
            if one.manifest["metadata"]["namespace"] == team and one.manifest["metadata"]["name"].startswith("member-")
        ]
        return self.client.acting_as("member@example.test", bindings[0]["subjects"][0]["name"])

    def create_job(self, team: str, name: str, request: Request) -> None:
        """Create a Job as a member of the team."""
        answer = self.member(team).create(job(team, name, request))
        assert answer.fine, answer.message

    def queues(self, team: str) -> bool:
        """Whether Kueue adds the team's queue to a job: it does once it has read the queues after its start."""
        answer = self.member(team).create(job(team, "probe", Request()), dryRun="All")
        return "kueue.x-k8s.io/queue-name" in answer.body["metadata"].get("labels", {})

    def workload(self, team: str, owner: str) -> Mapping[str, Any]:
        """Kueue's workload of a job; empty until it exists."""
        items = self.client.request("GET", f"{_KUEUE}/namespaces/{team}/workloads").body.get("items", [])
        for one in items:
            if any(reference["name"] == owner for reference in one["metadata"].get("ownerReferences", [])):
                found: Mapping[str, Any] = one
                return found
        return {}

    def flavor(self, team: str, owner: str, resource: str = GPU) -> str | None:
        """The flavor that a job was admitted to; None while it is queued."""
        status = self.workload(team, owner).get("status", {})
        if not condition(status, "Admitted"):
            return None
        assignments = status["admission"]["podSetAssignments"]
        flavor: str | None = assignments[0]["flavors"].get(resource)
        return flavor

    def pods(self, team: str, owner: str) -> list[Mapping[str, Any]]:
        """The pods of a job that have not ended, by the label that controllers give them."""
        path = f"/api/v1/namespaces/{team}/pods"
        items = self.client.request("GET", path).body.get("items", [])
        return [
            one
            for one in items
            if one["status"].get("phase") in ("Pending", "Running")
            and "deletionTimestamp" not in one["metadata"]
            and owner
            in (
                one["metadata"]["name"],
                one["metadata"].get("labels", {}).get("batch.kubernetes.io/job-name"),
                one["metadata"].get("labels", {}).get("jobset.sigs.k8s.io/jobset-name"),
            )
        ]

    def pools(self, team: str, owner: str) -> list[str]:
        """The node pools on which the pods of a job run."""
        names = [one["spec"].get("nodeName") for one in self.pods(team, owner)]
        nodes = [self.client.request("GET", f"/api/v1/nodes/{name}") for name in names if name]
        return [node.body["metadata"]["labels"][NODE_POOL] for node in nodes if node.fine]

    def finish(self, team: str, owner: str, outcome: str = "Succeeded") -> None:
        """End the pods of a job with an outcome."""
        for one in self.pods(team, owner):
            path = f"/api/v1/namespaces/{team}/pods/{one['metadata']['name']}"
            patch = {"metadata": {"annotations": {OUTCOME: outcome}}}
            answer = self.client.request("PATCH", path, patch, "application/merge-patch+json")
            assert answer.fine, answer.message

    def reason(self, team: str, owner: str) -> str:
        """The conditions of a workload, its flavors and where its pods are, for assertions."""
        status = self.workload(team, owner).get("status", {})
        conditions = [f"{one['type']}={one['status']}: {one['message']}" for one in status.get("conditions", [])]
        flavors = [one["flavors"] for one in status.get("admission", {}).get("podSetAssignments", [])]
        pods = [
            (one["spec"].get("nodeName"), [c.get("message") for c in one["status"].get("conditions", [])])
            for one in self.pods(team, owner)
        ]
        return "; ".join([*conditions, f"flavors {flavors}", f"pods {pods}"])

    @contextmanager
    def jobs(self, *owned: tuple[str, str], kind: str = "Job") -> Iterator[None]:
        """Delete the given jobs, as (team, name), at the end of the block, and wait until their quota is free."""
        try:
            yield
        finally:
            for team, name in owned:
                path = f"{_PATHS[kind]}/namespaces/{team}/{kind.lower()}s/{name}"
                self.client.request("DELETE", path, {"propagationPolicy": "Background"})
            for team, name in owned:
                eventually(f"{name} is deleted", partial(self._absent, team, name))

    def _absent(self, team: str, name: str) -> bool:
        return not self.workload(team, name) and not self.pods(team, name)


def job(team: str, name: str, request: Request) -> dict[str, Any]:
    """A Job whose pods the level `restricted` admits."""
    labels = {} if request.priority is None else {"kueue.x-k8s.io/priority-class": request.priority}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": team, "labels": labels},
        "spec": {
            "suspend": True,
            "parallelism": request.pods,
            "completions": request.pods,
            "backoffLimit": 0,
            "template": {"spec": pod_spec(request)},
        },
    }


def pod_spec(request: Request) -> dict[str, Any]:
    """The spec of a pod that the level `restricted` admits."""
    resources: dict[str, str] = {"cpu": request.cpu, "memory": request.memory}
    if request.gpus:
        resources[GPU] = str(request.gpus)
    return {
        "serviceAccountName": "workload",
        "restartPolicy": "Never",
        "nodeSelector": dict(request.selector or {}),
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "main",
                "image": "example.test/train:1",
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                "resources": {"requests": resources, "limits": resources},
            }
        ],
    }


def condition(status: Mapping[str, Any], kind: str) -> bool:
    """Whether a condition is true."""
    return any(one["type"] == kind and one["status"] == "True" for one in status.get("conditions", []))


def eventually(what: str, happened: Callable[[], object], explain: Callable[[], object] = str) -> None:
    """Poll until it happens; fails with an explanation."""
    until = time.monotonic() + WITHIN
    while not happened():
        assert time.monotonic() < until, f"not within {WITHIN:.0f} s: {what}; {explain()}"
        time.sleep(0.2)


def never(what: str, happened: Callable[[], object], seconds: float = 5.0) -> None:
    """Poll for a while; fails if it happens."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert not happened(), f"happened: {what}"
        time.sleep(0.2)
