"""The controllers that tests run: their configuration from the rendered charts, their accounts and certificates."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.charts.rendering import Manifest
from tests.cluster.client import Client
from tests.controllers.certificates import Certificate, issue
from tests.controllers.deployed import Webhook
from tests.parts.running import LOOPBACK, Program, answers, free_port, run, wait_until


@dataclass(frozen=True)
class Controller:
    """A controller of a chart: where its configuration, account and webhooks are.

    `secret` is the one in which the controller stores certificates that it makes; None where it uses given ones.
    `overrides` are keys of its configuration that differ on a test machine. `certificate_sections` are those that name
    the folder of its certificates; without one, it reads them from its default folder.
    """

    part: str
    chart: str
    namespace: str
    account: str
    configuration: str
    service: str
    secret: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    certificate_sections: tuple[str, ...] = ()
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
        secret="kueue-webhook-server-cert",  # noqa: S106 - a name
        overrides={
            **_SINGLE,
            # In a cluster, cert-manager issues the certificates. With given ones, it reads others from a fixed path.
            "internalCertManagement": {
                "enable": True,
                "webhookServiceName": "kueue-webhook-service",
                "webhookSecretName": "kueue-webhook-server-cert",
            },
        },
        certificate_sections=("webhook",),
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
        overrides={**_SINGLE, "internalCertManagement": {"enable": False}},
        certificate_sections=("metrics", "webhook"),
    ),
    Controller(
        part="trainer",
        chart="trainer",
        namespace="kubeflow-system",
        account="trainer-kubeflow-trainer-controller-manager",
        configuration="trainer-kubeflow-trainer-config",
        service="trainer-kubeflow-trainer-controller-manager",
        overrides={**_SINGLE, "certManagement": {"enable": False}},
    ),
)


@dataclass(frozen=True)
class Placed:
    """A controller with the port that it serves its webhooks on."""

    controller: Controller
    port: int
    certificate: Certificate | None

    @property
    def webhook(self) -> Webhook:
        """Its service and port."""
        authority = None if self.certificate is None else self.certificate.certificate
        return Webhook(self.controller.namespace, self.controller.service, self.port, authority)


def placed() -> list[Placed]:
    """Every controller with a free port."""
    return [
        Placed(one, free_port(), issue(f"{one.service}.{one.namespace}.svc") if one.secret is None else None)
        for one in CONTROLLERS
    ]


def start(
    one: Placed, program: Path, objects: list[Manifest], kubeconfig: Path, folder: Path, stack: ExitStack
) -> Program:
    """Run a controller as its account, and wait until its webhooks respond."""
    controller = one.controller
    home = Path(tempfile.mkdtemp(prefix=f"{controller.part}-", dir=folder))
    # The default of controllers, in the folder that TMPDIR names.
    certificates = home / "k8s-webhook-server" / "serving-certs"
    certificates.mkdir(parents=True)
    if one.certificate is not None:
        (certificates / "tls.crt").write_bytes(one.certificate.certificate)
        (certificates / "tls.key").write_bytes(one.certificate.key)
    file = home / "configuration.yaml"
    file.write_text(json.dumps(_local(controller, objects, one.port, certificates)), encoding="utf-8")
    own = home / "kubeconfig"
    with closing(Client.of(kubeconfig)) as client:
        own.write_text(_as_account(kubeconfig, client, controller), encoding="utf-8")
        own.chmod(0o600)
        environment = {
            **os.environ,
            "KUBECONFIG": str(own),
            "TMPDIR": str(home),
            "POD_NAMESPACE": controller.namespace,
            "NAMESPACE": controller.namespace,
        }
        process = run(program, (f"--config={file}", *controller.arguments), home, stack, environment)
        if controller.secret is not None:
            secret = f"/api/v1/namespaces/{controller.namespace}/secrets/{controller.secret}"
            wait_until(
                f"{controller.part} has made its certificates", lambda: _mounted(client, secret, certificates), process
            )
    wait_until(f"the webhooks of {controller.part} respond", lambda: answers(one.port), process)
    return process


def _mounted(client: Client, secret: str, folder: Path) -> bool:
    """Write the data of a secret to a folder, as a kubelet does; False while it has no certificate."""
    data = client.request("GET", secret).body.get("data") or {}
    for name, value in data.items():
        (folder / name).write_bytes(base64.b64decode(value))
    return "tls.crt" in data


def _local(controller: Controller, objects: list[Manifest], port: int, certificates: Path) -> dict[str, Any]:
    """The configuration of the chart, with ports and folders of this machine."""
    changes: dict[str, dict[str, Any]] = {
        "health": {"healthProbeBindAddress": f"{LOOPBACK}:{free_port()}"},
        "metrics": {"bindAddress": f"{LOOPBACK}:{free_port()}"},
        "webhook": {"port": port},
    }
    for section in controller.certificate_sections:
        changes[section]["certDir"] = str(certificates)
    return _merged(_merged(_configuration(controller, objects), controller.overrides), changes)


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
