"""The controllers that tests run: their configuration from the rendered charts, their accounts and certificates."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.charts.rendering import Manifest
from tests.cluster.client import Client
from tests.controllers.deployed import Webhook
from tests.parts.running import Program, answers, free_port, run, wait_until

CLUSTER: Final = "test"


@dataclass(frozen=True)
class Controller:
    """A controller of a chart: where its configuration, account and webhooks are.

    `overrides` are keys of its configuration that differ on a test machine; ``{port}`` is the port of its webhooks.
    """

    part: str
    chart: str
    namespace: str
    account: str
    configuration: str
    service: str
    secret: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


_SINGLE: Final = {"leaderElection": {"leaderElect": False}}
CONTROLLERS: Final = (
    Controller(
        part="kueue",
        chart="kueue",
        namespace="kueue-system",
        account="kueue-controller-manager",
        configuration="kueue-manager-config",
        service="kueue-webhook-service",
        secret="kueue-webhook-server-cert",
        overrides={
            **_SINGLE,
            # In a cluster, cert-manager issues the certificates.
            "internalCertManagement": {
                "enable": True,
                "webhookServiceName": "kueue-webhook-service",
                "webhookSecretName": "kueue-webhook-server-cert",
            },
        },
        # Its aggregated API is not part of a test server: it needs a certificate of the server's proxy.
        arguments=("--feature-gates=VisibilityOnDemand=false",),
    ),
    Controller(
        part="jobset",
        chart="trainer",
        namespace="kubeflow-system",
        account="jobset-controller",
        configuration="jobset-controller-config",
        service="jobset-webhook-service",
        secret="jobset-webhook-server-cert",
        overrides=_SINGLE,
    ),
    Controller(
        part="trainer",
        chart="trainer",
        namespace="kubeflow-system",
        account="trainer-kubeflow-trainer-controller-manager",
        configuration="trainer-kubeflow-trainer-config",
        service="trainer-kubeflow-trainer-controller-manager",
        secret="kubeflow-trainer-webhook-cert",
        overrides=_SINGLE,
    ),
)


@dataclass(frozen=True)
class Placed:
    """A controller with the port that it serves its webhooks on."""

    controller: Controller
    port: int

    @property
    def webhook(self) -> Webhook:
        """Its service and port."""
        return Webhook(self.controller.namespace, self.controller.service, self.port)


def placed() -> list[Placed]:
    """Every controller with a free port."""
    return [Placed(one, free_port()) for one in CONTROLLERS]


def start(
    one: Placed, program: Path, objects: list[Manifest], kubeconfig: Path, folder: Path, stack: ExitStack
) -> Program:
    """Run a controller as its account, and wait until its webhooks respond."""
    controller, home = one.controller, folder / one.controller.part
    certificates = home / "k8s-webhook-server" / "serving-certs"
    certificates.mkdir(parents=True)
    configuration = _configuration(controller, objects)
    configuration = _merged(configuration, controller.overrides)
    configuration["health"] = {"healthProbeBindAddress": f"127.0.0.1:{free_port()}"}
    configuration["metrics"] = {**configuration.get("metrics", {}), "bindAddress": f"127.0.0.1:{free_port()}"}
    configuration["webhook"] = {**configuration.get("webhook", {}), "port": one.port}
    if controller.part == "trainer":
        configuration["statusServer"] = {"port": free_port()}
    file = home / "configuration.yaml"
    file.write_text(json.dumps(configuration), encoding="utf-8")
    client = Client.of(kubeconfig)
    own = home / "kubeconfig"
    own.write_text(_as_account(kubeconfig, client, controller), encoding="utf-8")
    own.chmod(0o600)
    environment = {
        **os.environ,
        "KUBECONFIG": str(own),
        "TMPDIR": str(home),
        "POD_NAMESPACE": controller.namespace,
        "POD_NAME": f"{controller.part}-0",
        "NAMESPACE": controller.namespace,
    }
    process = run(program, (f"--config={file}", *controller.arguments), home, stack, environment)
    secret = f"/api/v1/namespaces/{controller.namespace}/secrets/{controller.secret}"

    def mounted() -> bool:
        """Write the certificates as a kubelet does, once the controller has made them."""
        data = client.request("GET", secret).body.get("data") or {}
        for name, value in data.items():
            (certificates / name).write_bytes(base64.b64decode(value))
        return "tls.crt" in data

    wait_until(f"{controller.part} has made its certificates", mounted, process)
    wait_until(f"the webhooks of {controller.part} respond", lambda: answers(one.port), process)
    return process


def _configuration(controller: Controller, objects: list[Manifest]) -> dict[str, Any]:
    for one in objects:
        if one["kind"] == "ConfigMap" and one["metadata"]["name"] == controller.configuration:
            found: dict[str, Any] = yaml.safe_load(one["data"]["controller_manager_config.yaml"])
            return found
    raise LookupError(f"the chart {controller.chart} has no ConfigMap {controller.configuration}")


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def _as_account(kubeconfig: Path, client: Client, controller: Controller) -> str:
    """The kubeconfig with a token of the controller's account, whose rights are those of the chart."""
    path = f"/api/v1/namespaces/{controller.namespace}/serviceaccounts/{controller.account}/token"
    answer = client.request("POST", path, {"spec": {"expirationSeconds": 7200}})
    assert answer.fine, answer.message
    config = json.loads(kubeconfig.read_text(encoding="utf-8"))
    config["users"] = [{"name": "admin", "user": {"token": answer.body["status"]["token"]}}]
    return json.dumps(config)
