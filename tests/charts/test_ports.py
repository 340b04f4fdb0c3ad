"""The control plane reaches every port on which the installed parts serve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from groundwork.graph import Graph
from tests.charts import sources
from tests.charts.conftest import RenderedOf
from tests.charts.rendering import Manifest
from tests.cloud_settings import read_file
from tests.conftest import CLOUD_STACKS, ROOT

# GKE opens these for the control plane: https://cloud.google.com/kubernetes-engine/docs/concepts/firewall-rules
ALWAYS_OPEN = {443, 10250}
KEYS = sorted((*sources.charts(), *sources.manifests()))


@pytest.mark.parametrize("stack", CLOUD_STACKS)
@pytest.mark.parametrize("key", KEYS)
def test_served_ports_are_open(key: str, stack: str, rendered_of: RenderedOf) -> None:
    """Webhooks, conversion webhooks and aggregated APIs: a closed port makes their requests time out."""
    needed = {port for _, objects in rendered_of(key) for port in _ports(objects)}
    opened = set(read_file(ROOT / f"Pulumi.{stack}.yaml").network.webhook_ports)

    assert sorted(needed - opened - ALWAYS_OPEN) == [], f"{stack}: network.webhook_ports lacks ports of {key}"


def test_stacks_have_charts_that_serve(rendered_of: RenderedOf, graphs: dict[str, Graph]) -> None:
    """The check above has something to check."""
    assert graphs
    assert {port for _, objects in rendered_of("kueue") for port in _ports(objects)} >= {9443}


def _ports(objects: list[Manifest]) -> Iterator[int]:
    """Ports of pods behind the services that the API server calls."""
    services = {
        (one["metadata"].get("namespace"), one["metadata"]["name"]): one for one in objects if one["kind"] == "Service"
    }
    for namespace, name, port in (call for one in objects for call in _called(one)):
        service = services.get((namespace, name)) or services.get((None, name))
        if service is not None:
            yield from _targets(service, port, objects)


def _called(one: Manifest) -> Iterator[tuple[str, str, int]]:
    """Namespace, name and port of the services that an object tells the API server to call."""
    references: list[Mapping[str, Any]] = []
    match one["kind"]:
        case "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration":
            references = [hook["clientConfig"]["service"] for hook in one.get("webhooks") or []]
        case "APIService":
            references = [one["spec"]["service"]] if one["spec"].get("service") else []
        case "CustomResourceDefinition":
            conversion = (one["spec"].get("conversion") or {}).get("webhook") or {}
            service = (conversion.get("clientConfig") or {}).get("service")
            references = [service] if service else []
    for service in references:
        yield service["namespace"], service["name"], service.get("port", 443)


def _targets(service: Manifest, port: int, objects: list[Manifest]) -> Iterator[int]:
    for entry in service["spec"]["ports"]:
        if entry["port"] != port:
            continue
        target = entry.get("targetPort", port)
        if isinstance(target, int):
            yield target
        else:
            yield from (
                exposed["containerPort"]
                for one in objects
                if one["kind"] == "Deployment"
                and service["spec"]["selector"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
                for container in one["spec"]["template"]["spec"]["containers"]
                for exposed in container.get("ports") or []
                if exposed.get("name") == target
            )
