"""Tests of `components.google_apis`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from components.google_apis import RANGES, GoogleApis, GoogleApisArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

RESTRICTED = ["199.36.153.4", "199.36.153.5", "199.36.153.6", "199.36.153.7"]
PRIVATE = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]
DOMAINS = {"googleapis": "googleapis.com.", "gcr": "gcr.io.", "pkg-dev": "pkg.dev.", "gke-goog": "gke.goog."}


def _graph(vip: str = "restricted") -> Graph:
    args = GoogleApisArgs("ml-host", "shared", "networks/shared", vip, {"environment": "test"})
    return declare(lambda: GoogleApis("google-apis", args))


def test_google_apis_have_a_zone_with_two_records_for_each_domain() -> None:
    """The domains are those of APIs, registries and control planes."""
    zone, record = "gcp:dns/managedZone:ManagedZone", "gcp:dns/recordSet:RecordSet"

    assert declared(_graph()) == {
        **{f"google-apis-{key}": zone for key in DOMAINS},
        **{f"google-apis-{key}-{kind}": record for key in DOMAINS for kind in ("address", "names")},
    }


@pytest.mark.parametrize(("key", "domain"), DOMAINS.items())
def test_google_apis_zone_is_private_to_the_network(key: str, domain: str) -> None:
    """Other networks resolve public addresses."""
    assert inputs(_graph(), f"google-apis-{key}") == {
        "name": f"shared-{key}",
        "project": "ml-host",
        "dnsName": domain,
        "description": f"{domain} by restricted addresses",
        "visibility": "private",
        "privateVisibilityConfig": {"networks": [{"networkUrl": "networks/shared"}]},
        "labels": {"environment": "test"},
    }


@pytest.mark.parametrize(("vip", "addresses"), [("restricted", RESTRICTED), ("private", PRIVATE)])
def test_google_apis_of_googleapis_com_resolve_through_the_name_of_the_vip(vip: str, addresses: list[str]) -> None:
    """Every name of the domain is an alias of the VIP."""
    graph = _graph(vip)
    record = {"project": "ml-host", "managedZone": "shared-googleapis", "ttl": 300}

    assert inputs(graph, "google-apis-googleapis-address") == {
        "name": f"{vip}.googleapis.com.",
        "type": "A",
        "rrdatas": addresses,
        **record,
    }
    assert inputs(graph, "google-apis-googleapis-names") == {
        "name": "*.googleapis.com.",
        "type": "CNAME",
        "rrdatas": [f"{vip}.googleapis.com."],
        **record,
    }
    assert depends_on(graph, "google-apis-googleapis-address") == {"google-apis-googleapis"}


def test_google_apis_of_other_domains_resolve_to_the_addresses_directly() -> None:
    """Only googleapis.com has names for its VIPs."""
    graph = _graph()
    address, names = (inputs(graph, f"google-apis-pkg-dev-{kind}") for kind in ("address", "names"))

    assert (address["name"], address["type"], address["rrdatas"]) == ("pkg.dev.", "A", RESTRICTED)
    assert (names["name"], names["type"], names["rrdatas"]) == ("*.pkg.dev.", "CNAME", ["pkg.dev."])


@pytest.mark.parametrize("vip", ["private", "restricted"])
def test_google_apis_range_is_that_of_the_addresses(vip: str) -> None:
    """Firewall rules and network policies allow the range; records have each of its addresses."""
    addresses = inputs(_graph(vip), "google-apis-googleapis-address")["rrdatas"]

    assert [IPv4Address(address) for address in addresses] == list(IPv4Network(RANGES[vip]))
