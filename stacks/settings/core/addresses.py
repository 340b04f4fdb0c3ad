"""Types of address ranges: private ones, in CIDR notation, of a size that suits their use."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

# https://cloud.google.com/vpc/docs/subnets#valid-ranges, without those for documentation or restricted use
USABLE: Final = tuple(
    IPv4Network(block)
    for block in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
# https://www.iana.org/assignments/iana-ipv4-special-registry
SPECIAL: Final = {
    IPv4Network("0.0.0.0/8"): "is reserved for this network",
    IPv4Network("127.0.0.0/8"): "is loopback space",
    IPv4Network("169.254.0.0/16"): "is link-local space",
    IPv4Network("192.0.2.0/24"): "is documentation space",
    IPv4Network("198.51.100.0/24"): "is documentation space",
    IPv4Network("203.0.113.0/24"): "is documentation space",
    IPv4Network("224.0.0.0/4"): "is multicast space",
}
# https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing: the only size that GKE accepts
CONTROL_PLANE_PREFIX: Final = 28
# https://cloud.google.com/load-balancing/docs/proxy-only-subnets: at least 64 addresses
SMALLEST_PROXY_PREFIX: Final = 26
# https://cloud.google.com/vpc/docs/subnets#ipv4-ranges: for primary and secondary ranges
SMALLEST_SUBNET_PREFIX: Final = 29

NOTATION: Final = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$"
EXPECTED: Final = "must be an IPv4 range in CIDR notation such as 10.0.0.0/20"


def read_network(value: object) -> IPv4Network:
    """Read one CIDR; host bits must be zero, since a range that is rounded silently may not be the intended one."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str) or re.fullmatch(NOTATION, value) is None:
        raise ValueError(EXPECTED)
    try:
        rounded = IPv4Network(value, strict=False)
    except ValueError as error:
        raise ValueError(EXPECTED) from error
    if str(rounded.network_address) != value.partition("/")[0]:
        raise ValueError(f"has host bits set; the range that contains it is {rounded}")
    return rounded


def _private(value: IPv4Network) -> IPv4Network:
    """Accept only ranges that are not routed on the internet and that a VPC supports."""
    if any(value.subnet_of(block) for block in USABLE):
        return value
    what = next((what for block, what in SPECIAL.items() if value.subnet_of(block)), "is public address space")
    raise ValueError(f"{what}; use a private range (RFC 1918 or RFC 6598)")


def _control_plane(value: IPv4Network) -> IPv4Network:
    if value.prefixlen != CONTROL_PLANE_PREFIX:
        raise ValueError(f"must be a /{CONTROL_PLANE_PREFIX}, the only size that GKE accepts")
    return value


def _subnet(value: IPv4Network) -> IPv4Network:
    if value.prefixlen > SMALLEST_SUBNET_PREFIX:
        raise ValueError(f"is too small; a subnet's range is a /{SMALLEST_SUBNET_PREFIX} or larger")
    return value


def _proxies(value: IPv4Network) -> IPv4Network:
    if value.prefixlen > SMALLEST_PROXY_PREFIX:
        raise ValueError(f"is too small; the range of proxies is a /{SMALLEST_PROXY_PREFIX} or larger")
    return value


Cidr = Annotated[
    IPv4Network,
    BeforeValidator(read_network),
    AfterValidator(_private),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": NOTATION, "examples": ["10.0.0.0/20"]}),
]
SubnetCidr = Annotated[Cidr, AfterValidator(_subnet)]
ControlPlaneCidr = Annotated[Cidr, AfterValidator(_control_plane)]
ProxyCidr = Annotated[Cidr, AfterValidator(_proxies)]
