"""Types of single values: names, locations, groups.

Each is an annotated type with a pattern that follows the provider's rules, on the page that is named above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stacks.settings.core.unknown import NotKnown

# Addresses of persons: https://support.google.com/mail/answer/10313
PRIVATE_DOMAINS: Final = frozenset({"gmail.com", "googlemail.com"})
BASIC_ROLES: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer"})

Choice = Field(strict=False)  # YAML has no enumerations: a choice arrives as text


class Section(BaseModel):
    """A part of the settings: frozen, and an unknown key is an error, since it would be ignored silently.

    `REMOVED` has the keys of earlier versions, with what to do about them. `DECIDES` has the fields on whose value the
    defaults of others depend, with those others.
    """

    REMOVED: ClassVar[Mapping[str, str]] = {}
    DECIDES: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @classmethod
    def with_defaults(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The raw values, which may not be valid, with the defaults that depend on them."""
        return values

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, values: Any) -> Any:
        return cls.with_defaults(values) if isinstance(values, Mapping) else values

    if not TYPE_CHECKING:  # a type checker is to refuse the attributes that do not exist

        def __getattr__(self, name: str) -> Any:
            """Only called for a value that is not there: a field of settings that are not valid is not known."""
            if name in type(self).model_fields:
                raise NotKnown(name)
            return super().__getattr__(name)


def shape(regex: str, what: str, example: str) -> Any:
    """A text that must match `regex`; `what` and `example` become the hint of its problems."""
    return Field(pattern=regex, description=what, examples=[example])


def _no_basic_role(role: str) -> str:
    """Refuse owner, editor and viewer, which contain thousands of permissions."""
    if role in BASIC_ROLES:
        raise ValueError("is a basic role; grant the predefined roles that are needed")
    return role


def _no_reserved_word(text: str) -> str:
    """Refuse a text that means something else without quotes."""
    if text in {"true", "false", "null"}:
        raise ValueError("is a reserved word in YAML; use a name")
    return text


def _of_a_group(email: str) -> str:
    """Refuse an address that cannot be that of a group of the organization."""
    domain = email.partition("@")[2]
    if domain.endswith("gserviceaccount.com"):
        raise ValueError("is a service account; use the address of a group of people")
    if domain in PRIVATE_DOMAINS:
        raise ValueError("is the address of a person; use the address of a group of the organization")
    return email


# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names, shortened to 40 characters
# so that names derived from a key (`<cluster>-<pool>`, `<key>-<role>`) do not exceed Google's limit of 63.
KEY_PATTERN: Final = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
Key = Annotated[
    str,
    shape(
        KEY_PATTERN,
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40",
        "training-a",
    ),
]

# https://cloud.google.com/resource-manager/docs/creating-managing-projects: 6 to 30 characters
ProjectId = Annotated[str, shape(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$", "a Google Cloud project id", "acme-ml-dev")]
ProjectNumber = Annotated[str, shape(r"^[1-9][0-9]{5,19}$", "a project number, in quotes", "123456789012")]

# https://cloud.google.com/compute/docs/regions-zones
Region = Annotated[str, shape(r"^[a-z]+-[a-z]+[0-9]{1,2}$", "a Google Cloud region", "europe-west4")]
ZONE_PATTERN: Final = r"^[a-z]+-[a-z]+[0-9]{1,2}-[a-z]$"
Zone = Annotated[str, shape(ZONE_PATTERN, "a Google Cloud zone", "europe-west4-a")]

# https://cloud.google.com/storage/docs/buckets#naming, without the dots of a domain name
BucketName = Annotated[
    str, shape(r"^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", "the full name of a bucket", "acme-ml-prod-models")
]

# Every part has a character that is not a dot, so that no part is . or ..
Folder = Annotated[
    str,
    shape(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*(/\.*[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
        "a folder without a slash at its ends and without . or .. in it",
        "vision/train",
    ),
]

# https://cloud.google.com/storage/docs/locations: a region, a multi-region or a predefined dual-region.
BucketLocation = Annotated[
    str,
    shape(
        r"^([A-Z]+-[A-Z]+[0-9]{1,2}|EU|US|ASIA|EUR[0-9]+|NAM[0-9]+|ASIA[0-9]+)$",
        "a bucket location in capitals: a region, EU, US, ASIA, or a dual-region",
        "EUROPE-WEST4",
    ),
]

BucketRegion = Annotated[str, shape(r"^[A-Z]+-[A-Z]+[0-9]{1,2}$", "a region in capitals", "EUROPE-WEST4")]

GroupEmail = Annotated[
    str,
    shape(r"^[a-z0-9][a-z0-9._-]*@[a-z0-9-]+(\.[a-z0-9-]+)+$", "the e-mail address of a group", "ml@acme.example"),
    AfterValidator(_of_a_group),
]

# https://cloud.google.com/resource-manager/docs/labels-overview#requirements
LabelValue = Annotated[
    str, shape(r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$", "a label value: lower case, at most 63", "cc-4420")
]

# Pulumi passes a text of digits on like a number, and the text true like a boolean: so that the file and the program
# read the same value, neither is an environment.
Environment = Annotated[
    str,
    shape(r"^[a-z]([a-z0-9_-]{0,61}[a-z0-9])?$", "a label value: lower case, at most 63, a letter first", "dev"),
    AfterValidator(_no_reserved_word),
]

# https://cloud.google.com/compute/docs/machine-resource
MachineType = Annotated[str, shape(r"^[a-z][a-z0-9]*-[a-z0-9-]+$", "a machine type", "e2-standard-4")]

Role = Annotated[
    str,
    shape(
        r"^(roles|projects/[a-z0-9-]+/roles|organizations/[0-9]+/roles)/[A-Za-z0-9._]+$",
        "a role",
        "roles/monitoring.viewer",
    ),
    AfterValidator(_no_basic_role),
]


def is_key(text: str) -> bool:
    """Whether a text is a valid key of an entry."""
    return re.fullmatch(KEY_PATTERN.removesuffix("$"), text) is not None


def is_zone(location: str) -> bool:
    """Whether a location is a zone and not a region."""
    return re.fullmatch(ZONE_PATTERN.removesuffix("$"), location) is not None
