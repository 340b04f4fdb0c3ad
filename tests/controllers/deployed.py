"""Rendered charts as a test server takes them: the controllers run next to the server instead of in pods."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.charts.rendering import Manifest

# The order in which a server accepts objects.
_ORDER: Final = ("CustomResourceDefinition", "Namespace", "ServiceAccount", "Secret", "ConfigMap", "Service")
_LAST: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


@dataclass(frozen=True)
class Webhook:
    """The service of a controller's webhooks, and how the controller serves them on this machine.

    `authority` is the certificate that the API server trusts; None where the controller writes it itself.
    """

    namespace: str
    service: str
    port: int
    authority: bytes | None

    @property
    def host(self) -> str:
        """The name by which the API server calls the service."""
        return f"{self.service}.{self.namespace}.svc"


def deployed(objects: Iterable[Manifest], webhooks: Iterable[Webhook]) -> Iterator[dict[str, Any]]:
    """The objects in order, without pods; services of webhooks lead to this machine.

    Left out are what a test server cannot have: aggregated APIs, which need a certificate of the server's proxy, and
    objects of cert-manager, whose certificates the controllers make themselves here.
    """
    local = {(one.namespace, one.service): one for one in webhooks}
    for one in sorted(objects, key=_rank):
        if one["kind"] in ("Deployment", "DaemonSet", "APIService") or "cert-manager.io" in one["apiVersion"]:
            continue
        if "helm.sh/hook" in (one["metadata"].get("annotations") or {}):
            continue
        result = copy.deepcopy(dict(one))
        key = (result["metadata"].get("namespace"), result["metadata"]["name"])
        if result["kind"] == "Service" and key in local:
            # The server calls a service of this type by its name and not through the network of a cluster.
            result["spec"] = {"type": "ExternalName", "externalName": "localhost"}
        for client in _clients(result):
            service = client["service"]
            if (webhook := local.get((service["namespace"], service["name"]))) is not None:
                service["port"] = webhook.port
                if webhook.authority is not None:
                    client["caBundle"] = base64.b64encode(webhook.authority).decode()
        yield result


def _rank(one: Manifest) -> int:
    kind = one["kind"]
    return len(_ORDER) + 1 if kind in _LAST else _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _clients(one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """How the API server calls services for an object."""
    for hook in one.get("webhooks") or []:
        yield hook["clientConfig"]
    if one["kind"] == "CustomResourceDefinition":
        webhook = (one["spec"].get("conversion") or {}).get("webhook")
        if webhook:
            yield webhook["clientConfig"]
