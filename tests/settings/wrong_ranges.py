"""Faults in address ranges."""

from __future__ import annotations

from typing import Final

from stacks.settings.core.problems import PREFIX
from tests.settings.samples import MAIN, SUBNET, Wrong

RANGES: Final = {
    "range without prefix": Wrong(
        "network.private_services",
        "10.64.32.0",
        "'10.64.32.0' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range of IPv6": Wrong(
        "network.private_services",
        "fd00::/64",
        "'fd00::/64' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range with host bits": Wrong(
        "network.private_services",
        "10.64.33.0/20",
        "'10.64.33.0/20' has host bits set; the range that contains it is 10.64.32.0/20",
    ),
    "public range": Wrong(
        "network.private_services",
        "8.8.8.0/24",
        "'8.8.8.0/24' is public address space; use a private range (RFC 1918 or RFC 6598)",
    ),
    "range that contains a subnet": Wrong(
        "network.private_services",
        "10.64.0.0/20",
        "10.64.0.0/20 overlaps 10.64.0.0/22",
        f"the other range is {PREFIX}{SUBNET}.cidr",
    ),
    "control plane range inside of the pod range": Wrong(
        "clusters.main.control_plane_cidr",
        "10.68.0.16/28",
        "10.68.0.16/28 overlaps 10.68.0.0/16",
        f"the other range is {PREFIX}{SUBNET}.secondary.pods",
    ),
    "secondary ranges overlap": Wrong(
        f"{SUBNET}.secondary.services",
        "10.68.16.0/20",
        "10.68.16.0/20 overlaps 10.68.0.0/16",
        f"the other range is {PREFIX}{SUBNET}.secondary.pods",
    ),
    "control planes overlap": Wrong(
        "clusters.second",
        {**MAIN, "service_range": "services-green"},
        "172.16.64.0/28 overlaps 172.16.64.0/28",
        f"the other range is {PREFIX}clusters.main.control_plane_cidr",
        at="clusters.second.control_plane_cidr",
    ),
    "control plane too large": Wrong(
        "clusters.main.control_plane_cidr",
        "172.16.64.0/24",
        "'172.16.64.0/24' must be a /28, the only size that GKE accepts",
    ),
    "range without a value": Wrong(
        "network.private_services", None, "is empty; must be an IPv4 range in CIDR notation such as 10.0.0.0/20"
    ),
    "list in place of a range": Wrong(
        "network.private_services", ["10.64.32.0/20"], "must be an IPv4 range in CIDR notation such as 10.0.0.0/20"
    ),
    "range with a netmask": Wrong(
        "network.private_services",
        "10.64.32.0/255.255.240.0",
        "'10.64.32.0/255.255.240.0' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range with a wildcard": Wrong(
        "network.private_services",
        "10.64.32.0/0.0.15.255",
        "'10.64.32.0/0.0.15.255' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range without a prefix length": Wrong(
        "network.private_services",
        "10.64.32.0/",
        "'10.64.32.0/' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range with a prefix length above 32": Wrong(
        "network.private_services",
        "10.64.32.0/33",
        "'10.64.32.0/33' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range in digits that are not ASCII": Wrong(
        "network.private_services",
        "10.64.32.0/\u0662\u0660",
        "'10.64.32.0/٢٠' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range with an invalid address": Wrong(
        "network.private_services",
        "10.64.256.0/20",
        "'10.64.256.0/20' must be an IPv4 range in CIDR notation such as 10.0.0.0/20",
    ),
    "range of all addresses of the internet": Wrong(
        "network.private_services",
        "0.0.0.0/0",
        "'0.0.0.0/0' is public address space; use a private range (RFC 1918 or RFC 6598)",
    ),
    "subnet too small": Wrong(
        f"{SUBNET}.cidr", "10.64.0.0/30", "'10.64.0.0/30' is too small; a subnet's range is a /29 or larger"
    ),
    "secondary range too small": Wrong(
        f"{SUBNET}.secondary.services",
        "10.64.16.0/30",
        "'10.64.16.0/30' is too small; a subnet's range is a /29 or larger",
    ),
}
