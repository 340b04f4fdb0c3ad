"""A team's quota refuses the next GPU with a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components._common import POOL_LABEL
from stacks.settings.derived.namespace_quota import max_admitted
from tests.cloud_settings import read_file
from tests.cluster.client import Answer
from tests.cluster.layout import Layout, wait_for
from tests.cluster.plugin import Tally
from tests.cluster.pods import GPU, SAMPLES
from tests.conftest import ROOT

QUOTA = f"requests.{GPU}"
MACHINE = 8  # GPUs of the largest machine: no pod requests more
POOL = "a100-training"  # with such machines; the policy gpus-fit-machines refuses a larger pod that names no pool


def _pod(namespace: str, name: str, gpus: int) -> dict[str, Any]:
    pod = SAMPLES["gpu"].manifest(namespace)
    resources = pod["spec"]["containers"][0]["resources"]
    resources["limits"][GPU] = gpus
    pod["spec"]["nodeSelector"] = {POOL_LABEL: POOL}
    return {**pod, "metadata": {"name": name, "namespace": namespace}}


class Team:
    """A team's namespace whose GPU quota is used up."""

    def __init__(self, layout: Layout, quota: Mapping[str, Any]) -> None:
        """`quota` is its declared ResourceQuota."""
        self._client, self._quota = layout.client, quota
        self.name: str = quota["metadata"]["namespace"]
        self.gpus = int(quota["spec"]["hard"][QUOTA])

    def ask(self, name: str, gpus: int) -> Answer:
        """Create a pod with GPUs."""
        return self._client.create(_pod(self.name, name, gpus))

    def release(self, name: str) -> None:
        """Delete the pod."""
        self._client.request("DELETE", self._client.path(_pod(self.name, name, 1)), {"gracePeriodSeconds": 0})

    def used(self) -> int | None:
        """The GPUs that the server counts as used; None until it has counted."""
        status = self._client.request("GET", self._client.path(self._quota)).body.get("status", {})
        return int(status["used"][QUOTA]) if QUOTA in status.get("used", {}) else None

    def fill(self) -> list[Answer]:
        """Use up the quota, a machine at a time, and wait until the server has counted it."""
        sizes = [MACHINE] * (self.gpus // MACHINE) + [rest for rest in (self.gpus % MACHINE,) if rest]
        answers = [self.ask(f"all-{index}", size) for index, size in enumerate(sizes)]
        wait_for(f"the quota of {self.name} to be counted", self._uncounted)
        return answers

    def _uncounted(self) -> int:
        """The GPUs that the server has not counted yet.

        Its controller counts from a list that lags behind new pods, and counts again when a pod is deleted.
        """
        left = self.gpus - (self.used() or 0)
        if left > 0:
            self.ask("passing", 1)
            self.release("passing")
        return left


@pytest.fixture(scope="module")
def teams(production: Layout) -> list[Team]:
    """Every team with a GPU quota, once the server has counted its usage."""
    found = [Team(production, one) for one in production.manifests("ResourceQuota") if QUOTA in one["spec"]["hard"]]
    wait_for("quotas to be counted", lambda: [team.name for team in found if team.used() is None])
    return found


def test_quota_refuses_the_next_gpu(teams: list[Team], tally: Tally) -> None:
    """Pods are admitted up to the quota; the next one is refused with the numbers; other teams are not affected."""
    assert len(teams) > 1
    for team in teams:
        let_in = team.fill()
        refused = team.ask("one-too-many", 1)
        tally("pods checked by quotas", len(let_in) + 1)

        assert [one.message for one in let_in if not one.fine] == []
        assert refused.status == 403
        assert "exceeded quota: team" in refused.message
        assert f"requested: {QUOTA}=1, used: {QUOTA}={team.gpus}, limited: {QUOTA}={team.gpus}" in refused.message


def _worker(namespace: str, name: str, cores: int) -> dict[str, Any]:
    """A pod of a job as it is created: its template, and the container added by the mount driver."""
    pod = SAMPLES["mounted bucket"].manifest(namespace)
    resources = {"cpu": str(cores), "memory": "1Gi"}
    pod["spec"]["containers"][0]["resources"] = {"requests": resources, "limits": resources}
    return {**pod, "metadata": {"name": name, "namespace": namespace}}


def test_admitted_job_gets_all_its_pods(production: Layout, tally: Tally) -> None:
    """The queue counts pod templates without the mount driver; the namespace's quota includes its containers."""
    settings = read_file(ROOT / "Pulumi.prod.yaml")
    largest, most = settings.teams["vision"].limits.max_cpu, max_admitted(settings, "main", "vision").cpu
    assert largest is not None
    sizes = [largest] * (most // largest) + [rest for rest in (most % largest,) if rest]
    pods = [_worker("vision", f"worker-{index}", size) for index, size in enumerate(sizes)]
    try:
        answers = [production.client.create(pod) for pod in pods]
        tally("pods checked by quotas", len(answers))

        assert [one.message for one in answers if not one.fine] == []
    finally:
        for pod in pods:
            production.client.request("DELETE", production.client.path(pod), {"gracePeriodSeconds": 0})


def test_released_gpus_can_be_used_again(teams: list[Team]) -> None:
    """The GPUs of a deleted pod are available to the next one."""
    team = teams[0]
    team.fill()  # existing pods are refused as duplicates
    team.release("all-0")
    wait_for("the quota to be counted again", lambda: team.used() == team.gpus)

    assert team.ask("next", 1).fine
