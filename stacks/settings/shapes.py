"""The shapes of single values: names, places, address ranges, groups.

Every shape is an annotated type, so a field's type says what it takes. The patterns follow the providers' own rules;
each names the page it comes from.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

BASIC_ROLES: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer"})


class Section(BaseModel):
    """A part of the settings: frozen, and a key it does not know is an error rather than a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _pattern(regex: str, what: str, example: str) -> Any:
    """A field whose text must match `regex`; `what` and `example` become the hint that a person reads."""
    return Field(pattern=regex, json_schema_extra={"description": what, "examples": [example]})


def _network(value: object) -> IPv4Network:
    """Read one CIDR; host bits must be zero, since a range that is silently rounded is not the range that was meant."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str) or "/" not in value:
        raise ValueError("must be an IPv4 range in CIDR notation such as 10.0.0.0/20")
    try:
        return IPv4Network(value)
    except ValueError as error:
        try:
            rounded = IPv4Network(value, strict=False)
        except ValueError:
            raise ValueError("must be an IPv4 range in CIDR notation such as 10.0.0.0/20") from error
        raise ValueError(f"has host bits set; the range that contains it is {rounded}") from error


def _private(value: IPv4Network) -> IPv4Network:
    """Accept only ranges that are not routed on the internet (RFC 1918, RFC 6598 and the other private blocks)."""
    if value.is_global:
        raise ValueError("is public address space; use a private range (RFC 1918 or RFC 6598)")
    return value


def _no_basic_role(role: str) -> str:
    """Refuse owner, editor and viewer: they hold thousands of permissions that nobody reviewed."""
    if role in BASIC_ROLES:
        raise ValueError(f"{role} is a basic role; grant the predefined roles that are needed instead")
    return role


Cidr = Annotated[
    IPv4Network,
    BeforeValidator(_network),
    AfterValidator(_private),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\.\d+\.\d+\.\d+/\d+$", "examples": ["10.0.0.0/20"]}),
]

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names, shortened to 40 characters
# so that names derived from a key (`<cluster>-<pool>`, `<key>-<role>`) stay inside Google's limit of 63.
Key = Annotated[
    str,
    _pattern(r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", "lower-case letters, digits and hyphens, at most 40", "training-a"),
]

# https://cloud.google.com/resource-manager/docs/creating-managing-projects: 6 to 30 characters
ProjectId = Annotated[str, _pattern(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$", "a Google Cloud project id", "acme-ml-dev")]
ProjectNumber = Annotated[str, _pattern(r"^[1-9][0-9]{5,19}$", "a project number, in quotes", "123456789012")]

# https://cloud.google.com/compute/docs/regions-zones
Region = Annotated[str, _pattern(r"^[a-z]+-[a-z]+[0-9]{1,2}$", "a Google Cloud region", "europe-west4")]
Zone = Annotated[str, _pattern(r"^[a-z]+-[a-z]+[0-9]{1,2}-[a-z]$", "a Google Cloud zone", "europe-west4-a")]

# https://cloud.google.com/storage/docs/locations: a region, a multi-region or a predefined dual-region.
BucketLocation = Annotated[
    str,
    _pattern(
        r"^([A-Z]+-[A-Z]+[0-9]{1,2}|EU|US|ASIA|EUR[0-9]+|NAM[0-9]+|ASIA[0-9]+)$",
        "a bucket location in capitals: a region, EU, US, ASIA, or a dual-region",
        "EUROPE-WEST4",
    ),
]

GroupEmail = Annotated[
    str,
    _pattern(r"^[a-z0-9][a-z0-9._-]*@[a-z0-9-]+(\.[a-z0-9-]+)+$", "the e-mail address of a group", "ml@acme.example"),
]

# https://cloud.google.com/resource-manager/docs/labels-overview#requirements
LabelValue = Annotated[
    str, _pattern(r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$", "a label value: lower case, at most 63", "cc-4420")
]

# https://cloud.google.com/compute/docs/machine-resource
MachineType = Annotated[str, _pattern(r"^[a-z][a-z0-9]*-[a-z0-9-]+$", "a machine type", "e2-standard-4")]

Role = Annotated[
    str,
    _pattern(
        r"^(roles|projects/[a-z0-9-]+/roles|organizations/[0-9]+/roles)/[A-Za-z0-9._]+$", "a role", "roles/viewer"
    ),
    AfterValidator(_no_basic_role),
]
