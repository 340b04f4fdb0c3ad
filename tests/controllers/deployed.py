"""Rendered charts as a test server takes them: the controllers run next to the server instead of in pods."""

from __future__ import annotations

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
    """The service of a controller's webhooks, and the port on which the controller serves them on this machine."""

    namespace: str
    service: str
    port: int


def deployed(objects: Iterable[Manifest], webhooks: Iterable[Webhook]) -> Iterator[dict[str, Any]]:
    """The objects in order, without pods; services of webhooks lead to this machine.

    Left out are what a test server cannot have: aggregated APIs, which need a certificate of the server's proxy, and
    objects of cert-manager, whose certificates the controllers make themselves here.
    """
    local = {(one.namespace, one.service): one.port for one in webhooks}
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
        for service in _services(result):
            if (port := local.get((service["namespace"], service["name"]))) is not None:
                service["port"] = port
        yield result


def _rank(one: Manifest) -> int:
    kind = one["kind"]
    return len(_ORDER) + 1 if kind in _LAST else _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _services(one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """References to services that the API server calls."""
    for hook in one.get("webhooks") or []:
        yield hook["clientConfig"]["service"]
    if one["kind"] == "CustomResourceDefinition":
        webhook = (one["spec"].get("conversion") or {}).get("webhook")
        if webhook:
            yield webhook["clientConfig"]["service"]
