"""Tests of `components.file_share`."""

from __future__ import annotations

import dataclasses
from typing import Any

import pulumi_gcp as gcp
import pytest

from components.file_share import FileShare, FileShareArgs, FileShareNetworkArgs, _address
from groundwork.graph import Graph, Placeholder
from tests.components.declare import declare, declared, depends_on, inputs, protected, read

SHARE = FileShareArgs(
    instance_name="home",
    project="ml-service",
    location="europe-west4-a",
    tier="ZONAL",
    capacity_gib=1024,
    protocol="NFS_V4_1",
    network=FileShareNetworkArgs("networks/shared", "private-services", ["10.0.0.0/20"]),
    key=None,
    deletion_protection=True,
    labels={"environment": "test"},
)


def _graph(**changes: Any) -> Graph:
    return declare(lambda: read(FileShare("share-home", dataclasses.replace(SHARE, **changes)).address))


def _instance(**changes: Any) -> dict[str, Any]:
    return inputs(_graph(**changes), "share-home-instance")


def test_file_share_is_an_instance_of_its_tier() -> None:
    """The location is a zone or a region, by the tier."""
    instance = _instance()

    assert declared(_graph())["share-home-instance"] == "gcp:filestore/instance:Instance"
    assert {key: instance[key] for key in ("name", "project", "location", "tier", "protocol", "labels")} == {
        "name": "home",
        "project": "ml-service",
        "location": "europe-west4-a",
        "tier": "ZONAL",
        "protocol": "NFS_V4_1",
        "labels": {"environment": "test"},
    }


def test_file_share_is_writable_for_client_ranges_without_root_squash() -> None:
    """Kubernetes sets the group of folders as root."""
    assert _instance()["fileShares"] == {
        "name": "share",
        "capacityGb": 1024,
        "nfsExportOptions": [{"ipRanges": ["10.0.0.0/20"], "accessMode": "READ_WRITE", "squashMode": "NO_ROOT_SQUASH"}],
    }


def test_file_share_address_is_from_the_reserved_range_of_the_shared_vpc() -> None:
    """Private service access is the only connect mode for a service project."""
    assert _instance()["networks"] == [
        {
            "network": "networks/shared",
            "modes": ["MODE_IPV4"],
            "connectMode": "PRIVATE_SERVICE_ACCESS",
            "reservedIpRange": "private-services",
        }
    ]


def test_file_share_with_deletion_protection_is_protected_in_the_cloud_and_in_the_state() -> None:
    """The reason is shown to whoever tries to delete the instance."""
    instance = _instance()

    assert instance["deletionProtectionEnabled"] is True
    assert instance["deletionProtectionReason"] == "files that teams keep"
    assert protected(_graph()) == {"share-home-instance"}


def test_file_share_without_deletion_protection_has_no_reason() -> None:
    """An instance of a test environment can be deleted in one step."""
    instance = _instance(deletion_protection=False)

    assert instance["deletionProtectionEnabled"] is False
    assert "deletionProtectionReason" not in instance
    assert protected(_graph(deletion_protection=False)) == set()


def test_file_share_key_encrypts_the_files() -> None:
    """Without a key Google manages one."""
    assert _instance(key="projects/p/key")["kmsKeyName"] == "projects/p/key"
    assert "kmsKeyName" not in _instance()


def test_file_share_address_is_unknown_until_the_instance_exists() -> None:
    """A preview must not show an empty address."""
    graph = _graph()

    assert inputs(graph, "reader") == {"value": Placeholder.UNKNOWN}
    assert depends_on(graph, "reader") == {"share-home-instance"}


def _network(*addresses: str) -> gcp.filestore.outputs.InstanceNetwork:
    return gcp.filestore.outputs.InstanceNetwork(modes=["MODE_IPV4"], network="n", ip_addresses=list(addresses))


def test_file_share_address_is_the_first_of_the_first_network() -> None:
    """An instance has one network."""
    assert _address([_network("10.1.0.2", "10.1.0.3"), _network("10.2.0.2")]) == "10.1.0.2"


@pytest.mark.parametrize("networks", [[], [_network()]])
def test_file_share_without_address_is_an_error(networks: list[gcp.filestore.outputs.InstanceNetwork]) -> None:
    """An instance whose networks were changed by hand cannot be mounted."""
    with pytest.raises(ValueError, match=r"the share has no address in the network; its networks were changed"):
        _address(networks)
