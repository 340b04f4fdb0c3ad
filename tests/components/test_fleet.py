"""Tests of `components.fleet`."""

from __future__ import annotations

import pytest

from components.fleet import Fleet, FleetArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

FLEET = FleetArgs(
    project="ml-service",
    project_number="123456789012",
    host_project="ml-host",
    config_membership="projects/ml-service/locations/europe-west4/memberships/ml",
    labels={"environment": "test"},
)
FEATURE = "gcp:gkehub/feature:Feature"
BINDING = "gcp:projects/iAMMember:IAMMember"


def _graph() -> Graph:
    return declare(lambda: Fleet("fleet", FLEET))


def test_fleet_has_multi_cluster_services_and_gateways() -> None:
    """Features are global; gateways need Services."""
    graph = _graph()
    feature = {"project": "ml-service", "location": "global", "labels": {"environment": "test"}}

    assert declared(graph) == {
        "fleet-services": FEATURE,
        "fleet-gateway": FEATURE,
        "fleet-importer": BINDING,
        "fleet-importer-host": BINDING,
        "fleet-services-host": BINDING,
        "fleet-controller": BINDING,
    }
    assert inputs(graph, "fleet-services") == {"name": "multiclusterservicediscovery", **feature}
    assert inputs(graph, "fleet-gateway") == {
        "name": "multiclusteringress",
        "spec": {"multiclusteringress": {"configMembership": FLEET.config_membership}},
        **feature,
    }
    assert depends_on(graph, "fleet-gateway") == {"fleet-services"}


@pytest.mark.parametrize(
    ("name", "project", "role", "member"),
    [
        (
            "importer",
            "ml-service",
            "roles/compute.networkViewer",
            "serviceAccount:ml-service.svc.id.goog[gke-mcs/gke-mcs-importer]",
        ),
        (
            "importer-host",
            "ml-host",
            "roles/compute.networkViewer",
            "serviceAccount:ml-service.svc.id.goog[gke-mcs/gke-mcs-importer]",
        ),
        (
            "services-host",
            "ml-host",
            "roles/multiclusterservicediscovery.serviceAgent",
            "serviceAccount:service-123456789012@gcp-sa-mcsd.iam.gserviceaccount.com",
        ),
        (
            "controller",
            "ml-service",
            "roles/container.admin",
            "serviceAccount:service-123456789012@gcp-sa-multiclusteringress.iam.gserviceaccount.com",
        ),
    ],
)
def test_fleet_agents_have_their_roles_after_the_features(name: str, project: str, role: str, member: str) -> None:
    """Agents are created with the features, so their roles wait for both."""
    graph = _graph()

    assert inputs(graph, f"fleet-{name}") == {"project": project, "role": role, "member": member}
    assert depends_on(graph, f"fleet-{name}") == {"fleet-services", "fleet-gateway"}
