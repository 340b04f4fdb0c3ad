"""Tests of ids, computed outputs and deletion protection."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.wire import SECRET, SIGNATURE, UNKNOWN_STRING
from tests.stand_in import kinds

CLUSTER = "gcp:container/cluster:Cluster"
BUCKET = "gcp:storage/bucket:Bucket"
ENDPOINT = "controlPlaneEndpointsConfig"


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        (CLUSTER, {"project": "p", "location": "l", "name": "main", "network": "n"}, "p/l/main"),
        ("gcp:container/nodePool:NodePool", {"project": "p", "cluster": "main", "name": "l4"}, "p/main/l4"),
        ("gcp:projects/iAMMember:IAMMember", {"role": "r", "member": "m", "project": "p"}, "m/p/r"),
        ("gcp:serviceaccount/account:Account", {"accountId": "ml", "project": "p"}, "p/ml"),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "s", "namespace": "n"}}, "n/s"),
        ("kubernetes:helm.sh/v3:Release", {"name": "r", "namespace": "n"}, "n/r"),
    ],
)
def test_identity_is_independent_of_the_urn(kind: str, inputs: dict[str, Any], expected: str) -> None:
    """Two declarations of the same resource have the same id."""
    assert kinds.identity(kind, "urn:pulumi:dev::p::t::one", inputs) == expected
    assert kinds.identity(kind, "urn:pulumi:dev::p::t::two", inputs) == expected


def test_identity_without_a_name_is_unique() -> None:
    """Names that the cloud generates differ, within a stack and between stacks."""
    kind = "gcp:monitoring/alertPolicy:AlertPolicy"
    urns = ["urn:pulumi:dev::p::t::one", "urn:pulumi:dev::p::t::two", "urn:pulumi:dr::p::t::one"]

    assert len({kinds.identity(kind, urn, {"project": "p"}) for urn in urns}) == len(urns)


def test_outputs_have_inputs_and_computed_values() -> None:
    """Computed values are the same on every run, and use the provider's project by default."""
    inputs = {"name": "main", "location": "europe-west4", ENDPOINT: {"dnsEndpointConfig": {"allow": True}}}
    outputs = kinds.outputs(CLUSTER, "p/europe-west4/main", inputs, {"project": "p"})
    dns = outputs[ENDPOINT]["dnsEndpointConfig"]

    assert dns["allow"]
    assert dns["endpoint"].startswith("gke-")
    assert dns["endpoint"].endswith(".europe-west4.gke.goog")
    assert outputs["selfLink"].endswith("/projects/p/locations/europe-west4/clusters/main")
    assert inputs[ENDPOINT] == {"dnsEndpointConfig": {"allow": True}}
    assert outputs == kinds.outputs(CLUSTER, "p/europe-west4/main", inputs, {"project": "p"})


def test_computed_outputs_are_unknown_in_a_preview() -> None:
    """Without an id, or with an unknown input, a computed output is unknown."""
    for resource_id, name in (("", "b"), ("b", UNKNOWN_STRING)):
        assert kinds.outputs(BUCKET, resource_id, {"name": name}, {})["url"] == UNKNOWN_STRING
    unknown = {"name": "main", ENDPOINT: UNKNOWN_STRING}
    assert kinds.outputs(CLUSTER, "", unknown, {})[ENDPOINT] == UNKNOWN_STRING


def test_outputs_keep_secrets_wrapped() -> None:
    """A secret input stays secret, with the computed values in it."""
    wrapped = {SIGNATURE: SECRET, "value": {"dnsEndpointConfig": {}}}
    outputs = kinds.outputs(CLUSTER, "main", {"name": {SIGNATURE: SECRET, "value": "main"}, ENDPOINT: wrapped}, {})

    assert outputs["name"] == {SIGNATURE: SECRET, "value": "main"}
    assert outputs[ENDPOINT][SIGNATURE] == SECRET
    assert outputs[ENDPOINT]["value"]["dnsEndpointConfig"]["endpoint"]


@pytest.mark.parametrize(
    ("kind", "properties", "refused"),
    [
        (CLUSTER, {"deletionProtection": True}, True),
        (CLUSTER, {}, True),
        (CLUSTER, {"deletionProtection": False}, False),
        (BUCKET, {}, False),
    ],
)
def test_protected_resource_is_not_deleted(kind: str, properties: dict[str, Any], refused: bool) -> None:  # noqa: FBT001 - a row of the table
    """Deletion protection is on by default."""
    assert (kinds.refusal(kind, properties) is not None) == refused


def test_place_is_the_api_server() -> None:
    """Each cluster has its API server; Google Cloud is one place."""
    config = '{"clusters": [{"cluster": {"server": "https://gke-1.gke.goog"}}]}'

    assert kinds.place("kubernetes", {"kubeconfig": config}) == "gke-1.gke.goog"
    assert kinds.place("kubernetes", {"kubeconfig": "apiVersion: v1"}) not in ("", "gke-1.gke.goog")
    assert kinds.place("kubernetes", {"kubeconfig": UNKNOWN_STRING}) == ""
    assert kinds.place("gcp", {"project": "p"}) == ""
