"""Egress of the network, and the addresses of Google's APIs."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from stacks.settings.core.addresses import NOTATION, SPECIAL, read_network
from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, Section, shape

# A larger range is hardly an intended destination.
WIDEST_PREFIX: Final = 8
# https://cloud.google.com/firewall/docs/quotas: names and ranges in one rule
MAX_HOSTS: Final = 100
MAX_CIDRS: Final = 1000


class GoogleApis(StrEnum):
    """The addresses by which the network reaches Google's APIs.

    PUBLIC are the public ones, PRIVATE serves every API inside the network, RESTRICTED only those that support VPC
    Service Controls: https://cloud.google.com/vpc/docs/configure-private-google-access.
    """

    PUBLIC = "public"
    PRIVATE = "private"
    RESTRICTED = "restricted"


class EgressMode(StrEnum):
    """Whether all egress is allowed, or only that to named destinations."""

    OPEN = "open"
    RESTRICTED = "restricted"


def _destination(value: IPv4Network) -> IPv4Network:
    if value.prefixlen < WIDEST_PREFIX:
        raise ValueError(f"allows nearly all egress; a destination is a /{WIDEST_PREFIX} or smaller")
    for block, what in SPECIAL.items():
        if value.overlaps(block):
            raise ValueError(f"{what}; use a routable destination")
    return value


Destination = Annotated[
    IPv4Network,
    BeforeValidator(read_network),
    AfterValidator(_destination),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": NOTATION, "examples": ["198.51.100.0/24"]}),
]


def _no_address(host: str) -> str:
    if re.fullmatch(r"[0-9.]+", host):
        raise ValueError("is an address; put ranges in cidrs")
    return host


# https://cloud.google.com/firewall/docs/firewall-policies-rule-details#fqdn-objects: full names without wildcards
HostName = Annotated[
    str,
    shape(
        r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
        "a full host name without wildcards",
        "ghcr.io",
    ),
    AfterValidator(_no_address),
]
Port = Annotated[int, Field(ge=1, le=65535)]


class Destinations(Section):
    """Destinations outside of the network that are allowed by TCP: ranges, names, or both."""

    cidrs: Annotated[list[Destination], Field(max_length=MAX_CIDRS), Distinct()] = Field(
        default_factory=list, description="ranges of addresses"
    )
    hosts: Annotated[list[HostName], Field(max_length=MAX_HOSTS), Distinct()] = Field(
        default_factory=list, description="host names, which the firewall resolves; billed by traffic"
    )
    ports: Annotated[list[Port], Field(min_length=1), Distinct()] = Field(
        default_factory=lambda: [443], description="TCP ports"
    )


class Egress(Section):
    """Egress. Restricted allows the network itself, Google's APIs and the destinations that are named here."""

    mode: Annotated[EgressMode, Field(strict=False)] = EgressMode.OPEN
    allow: dict[Key, Destinations] = Field(
        default_factory=dict,
        description="allowed destinations, by a name to which teams refer",
    )
