"""Tests of `components.catalog_agent`."""

from __future__ import annotations

import pytest

from components.catalog_agent import CatalogAgent, CatalogAgentArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, read

MEMBER = "serviceAccount:service-123456789012@gcp-sa-dataplex.iam.gserviceaccount.com"


def _graph(*, publishes: bool) -> Graph:
    args = CatalogAgentArgs("ml-service", "123456789012", publishes)
    return declare(lambda: read(CatalogAgent("catalog", args).member))


@pytest.mark.parametrize("publishes", [True, False])
def test_catalog_agent_is_the_service_agent_of_dataplex(*, publishes: bool) -> None:
    """Enabling the API does not create the agent, so it is declared."""
    assert inputs(_graph(publishes=publishes), "catalog-identity") == {
        "project": "ml-service",
        "service": "dataplex.googleapis.com",
    }


def test_catalog_agent_member_is_known_and_readers_wait_for_the_agent() -> None:
    """IAM rejects grants to an agent that does not exist."""
    graph = _graph(publishes=False)

    assert inputs(graph, "reader") == {"value": MEMBER}
    assert depends_on(graph, "reader") == {"catalog-identity"}


def test_catalog_agent_may_publish_tables_where_discovery_is_used() -> None:
    """The role is granted after the agent exists."""
    graph = _graph(publishes=True)

    assert inputs(graph, "catalog-publisher") == {
        "project": "ml-service",
        "role": "roles/dataplex.discoveryPublishingServiceAgent",
        "member": MEMBER,
    }
    assert depends_on(graph, "catalog-publisher") == {"catalog-identity"}


def test_catalog_agent_without_discovery_has_no_role() -> None:
    """Only the agent is declared."""
    assert set(declared(_graph(publishes=False))) == {"catalog-identity", "reader"}
