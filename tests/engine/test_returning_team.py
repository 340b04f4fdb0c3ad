"""A team is removed and added again, with the Pulumi engine and provider on an API server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.client import Client
from tests.cluster.layout import remove
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("needs_plugins")

TEAM = "returning"
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": TEAM}}
POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default-deny", "namespace": TEAM},
}
LEFT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "left", "namespace": TEAM}, "data": {"by": "it"}}

# Only the component and the provider of the platform: the rest would need a cloud.
PROGRAM = """
import os
import pulumi
import pulumi_kubernetes as k8s
from components.team_namespace import QuotaArgs, TeamNamespace, TeamNamespaceArgs

provider = k8s.Provider("cluster", kubeconfig=os.environ["CLUSTER"], enable_server_side_apply=True)
if owner := pulumi.Config().get("owner"):
    quota = QuotaArgs(cpu=1, memory_gib=1, gpus=1, storage_gib=1, counts={"pods": 7})
    args = TeamNamespaceArgs("returning", "ml@example.iam.gserviceaccount.com", quota, {"team": "x", "owner": owner})
    TeamNamespace("team", args, pulumi.ResourceOptions(providers=[provider]))
"""
PROJECT = {"name": "returning", "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}}


@dataclass(frozen=True)
class Stack:
    """A separate project with one team or none."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``pulumi`` on the stack, with more environment variables."""
        return subprocess.run(
            ["pulumi", *arguments, "--stack", "dev", "--non-interactive"],
            cwd=self.folder, env={**self.environment, **variables}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def up(self, owner: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """An update with a team of this owner, or without the team if `owner` is empty."""
        config = {"config": {"returning:owner": owner}}
        (self.folder / "Pulumi.dev.yaml").write_text(json.dumps(config), encoding="utf-8")
        return self.run("up", "--yes", "--skip-preview", **variables)


@pytest.fixture
def client(admin_kubeconfig: Path) -> Iterator[Client]:
    """The cluster as administrator; the namespace of the test is deleted afterwards."""
    with closing(Client.of(admin_kubeconfig)) as connection:
        yield connection
        if connection.answers(connection.path(NAMESPACE)):
            remove(connection, [NAMESPACE])


@pytest.fixture
def stack(admin_kubeconfig: Path, tmp_path: Path) -> Stack:
    """An empty stack with a provider of that cluster."""
    folder, state = tmp_path / "project", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    for name in (".venv", "components"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(json.dumps(PROJECT), encoding="utf-8")
    environment = {
        **os.environ,
        "CLUSTER": admin_kubeconfig.read_text(encoding="utf-8"),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    stack = Stack(folder, environment)
    assert stack.run("stack", "init").returncode == 0
    return stack


@pytest.fixture
def variables() -> dict[str, str]:
    """The environment variables of the runbook for the update that takes the namespace over."""
    text = (ROOT / "runbooks" / "remove-a-team.md").read_text(encoding="utf-8")
    return dict(re.findall(r"(PULUMI_K8S_\w+)=(\w+)", text))


def test_returning_team_takes_over_its_namespace(stack: Stack, client: Client, variables: dict[str, str]) -> None:
    """The retained namespace blocks a normal update, and is taken over by the step of the runbook."""

    def namespace() -> Mapping[str, Any]:
        metadata: Mapping[str, Any] = client.request("GET", client.path(NAMESPACE)).body["metadata"]
        return metadata

    assert stack.up("first-owner").returncode == 0
    before = namespace()
    assert client.create(LEFT).fine

    removed = stack.up("")

    assert removed.returncode == 0, removed.stdout
    assert "[retain]" in removed.stdout
    assert namespace()["uid"] == before["uid"]
    assert client.answers(client.path(POLICY))

    refused = stack.up("other-owner")

    assert refused.returncode != 0
    assert f'namespaces "{TEAM}" already exists' in refused.stdout

    back = stack.up("other-owner", **variables)

    assert back.returncode == 0, back.stdout
    assert namespace()["uid"] == before["uid"]
    assert namespace()["labels"] == {**before["labels"], "owner": "other-owner"}
    assert client.answers(client.path(LEFT))

    # The two options are in the state until an update without them, which changes nothing else.
    after = stack.up("other-owner")

    assert "~ 1 updated" in after.stdout, after.stdout
    assert stack.run("preview", "--expect-no-changes").returncode == 0
