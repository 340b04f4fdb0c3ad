"""Tests of `components.project_services`."""

from __future__ import annotations

from components.project_services import ProjectServices, ProjectServicesArgs
from tests.components.declare import declare, declared, inputs


def test_project_services_are_enabled_and_never_disabled() -> None:
    """Disabling an API would delete resources of others; children are named by the API."""
    args = ProjectServicesArgs("ml-service", ["container.googleapis.com", "dns.googleapis.com"])
    graph = declare(lambda: ProjectServices("apis", args))

    assert declared(graph) == {
        "apis-container": "gcp:projects/service:Service",
        "apis-dns": "gcp:projects/service:Service",
    }
    assert inputs(graph, "apis-container") == {
        "project": "ml-service",
        "service": "container.googleapis.com",
        "disableOnDestroy": False,
    }
