"""What may leave the network, and by which way Google's own APIs are reached."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from stacks.settings.core.addresses import NOTATION, SPECIAL, read_network
from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, Section, shape

# A destination that holds more is not one that somebody chose.
WIDEST_PREFIX: Final = 8
# https://cloud.google.com/firewall/docs/quotas: names and ranges in one rule
MOST_HOSTS: Final = 100
MOST_CIDRS: Final = 1000


class GoogleApis(StrEnum):
    """The addresses behind which the network finds Google's APIs.

    PUBLIC are those of everybody, PRIVATE serves every API inside the network, RESTRICTED only those that VPC Service
    Controls can guard: https://cloud.google.com/vpc/docs/configure-private-google-access.
    """

    PUBLIC = "public"
    PRIVATE = "private"
    RESTRICTED = "restricted"


class EgressMode(StrEnum):
    """Whether everything may be reached that is not forbidden, or nothing that is not named."""

    OPEN = "open"
    RESTRICTED = "restricted"


def _destination(value: IPv4Network) -> IPv4Network:
    if value.prefixlen < WIDEST_PREFIX:
        raise ValueError(f"lets nearly everything out; a destination is a /{WIDEST_PREFIX} or smaller")
    for block, what in SPECIAL.items():
        if value.overlaps(block):
            raise ValueError(f"{what}; name a destination that packets can reach")
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
        raise ValueError("is an address; ranges go into cidrs")
    return host


# https://cloud.google.com/firewall/docs/firewall-policies-rule-details#fqdn-objects: whole names, no wildcards
HostName = Annotated[
    str,
    shape(
        r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
        "a whole host name without wildcards",
        "ghcr.io",
    ),
    AfterValidator(_no_address),
]
Port = Annotated[int, Field(ge=1, le=65535)]


class Destinations(Section):
    """Places outside of the network that may be reached by TCP: ranges, names, or both."""

    cidrs: Annotated[list[Destination], Field(max_length=MOST_CIDRS), Distinct()] = Field(
        default_factory=list, description="ranges of addresses"
    )
    hosts: Annotated[list[HostName], Field(max_length=MOST_HOSTS), Distinct()] = Field(
        default_factory=list, description="host names, whose addresses the firewall looks up; billed by traffic"
    )
    ports: Annotated[list[Port], Field(min_length=1), Distinct()] = Field(
        default_factory=lambda: [443], description="TCP ports"
    )


class Egress(Section):
    """What may leave the network. Restricted: itself, Google's APIs, and what is named here."""

    mode: Annotated[EgressMode, Field(strict=False)] = EgressMode.OPEN
    allow: dict[Key, Destinations] = Field(
        default_factory=dict,
        description="what may be reached outside, by a name for it; teams say which of it they need",
    )
