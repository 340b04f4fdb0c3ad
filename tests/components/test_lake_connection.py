"""Tests of `components.lake_connection`."""

from __future__ import annotations

import pulumi_gcp as gcp
import pytest

from components.lake_connection import LakeConnection, LakeConnectionArgs, _member
from groundwork.graph import Graph, Placeholder
from tests.components.declare import declare, declared, depends_on, inputs, read


def _graph() -> Graph:
    args = LakeConnectionArgs("lake", "ml-service", "europe-west4")
    return declare(lambda: read(LakeConnection("lake-features", args).member))


def test_lake_connection_has_a_separate_account() -> None:
    """A cloud resource connection has an account that Google creates."""
    graph = _graph()

    assert declared(graph)["lake-features-connection"] == "gcp:bigquery/connection:Connection"
    assert inputs(graph, "lake-features-connection") == {
        "connectionId": "lake",
        "project": "ml-service",
        "location": "europe-west4",
        "cloudResource": {},
    }


def test_lake_connection_member_is_unknown_until_the_connection_exists() -> None:
    """A preview must not show an empty member."""
    graph = _graph()

    assert inputs(graph, "reader") == {"value": Placeholder.UNKNOWN}
    assert depends_on(graph, "reader") == {"lake-features-connection"}


def test_lake_connection_member_is_the_account_of_the_connection() -> None:
    """The account is an output of the connection."""
    resource = gcp.bigquery.outputs.ConnectionCloudResource(service_account_id="bqcx-1@example.com")

    assert _member(resource) == "serviceAccount:bqcx-1@example.com"


@pytest.mark.parametrize("resource", [None, gcp.bigquery.outputs.ConnectionCloudResource()])
def test_lake_connection_without_account_is_an_error(
    resource: gcp.bigquery.outputs.ConnectionCloudResource | None,
) -> None:
    """A connection that was changed by hand cannot read the bucket."""
    with pytest.raises(ValueError, match=r"the connection has no account; it was changed outside of this code"):
        _member(resource)
