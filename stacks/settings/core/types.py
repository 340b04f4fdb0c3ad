"""The shapes of single values: names, places, groups.

Every shape is an annotated type, so a field's type says what it takes. The patterns follow the providers' own rules;
each names the page it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

# Who has an address there is a person: https://support.google.com/mail/answer/10313
PRIVATE_DOMAINS: Final = frozenset({"gmail.com", "googlemail.com"})
BASIC_ROLES: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer"})

Choice = Field(strict=False)  # YAML has no enumerations: a choice arrives as text


class Section(BaseModel):
    """A part of the settings: frozen, and a key it does not know is an error rather than a silent loss.

    Keys in `REMOVED` were known once: a file that still has one is told what to do.
    """

    REMOVED: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def shape(regex: str, what: str, example: str) -> Any:
    """A field whose text must match `regex`; `what` and `example` become the hint that a person reads."""
    return Field(pattern=regex, description=what, examples=[example])


def _no_basic_role(role: str) -> str:
    """Refuse owner, editor and viewer: they hold thousands of permissions that nobody reviewed."""
    if role in BASIC_ROLES:
        raise ValueError("is a basic role; grant the predefined roles that are needed instead")
    return role


def _no_word_of_yaml(text: str) -> str:
    """Refuse a text that means something else where the quotes are left out."""
    if text in {"true", "false", "null"}:
        raise ValueError("is a word of YAML; use a name")
    return text


def _of_a_group(email: str) -> str:
    """Refuse an address that can be no group's: what is bound to it would be one person's, or a program's."""
    domain = email.partition("@")[2]
    if domain.endswith("gserviceaccount.com"):
        raise ValueError("is the account of a program; a group of people is meant")
    if domain in PRIVATE_DOMAINS:
        raise ValueError("is the address of one person; a group of the organization is meant")
    return email


# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names, shortened to 40 characters
# so that names derived from a key (`<cluster>-<pool>`, `<key>-<role>`) stay inside Google's limit of 63.
Key = Annotated[
    str,
    shape(
        r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40",
        "training-a",
    ),
]

# https://cloud.google.com/resource-manager/docs/creating-managing-projects: 6 to 30 characters
ProjectId = Annotated[str, shape(r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$", "a Google Cloud project id", "acme-ml-dev")]
ProjectNumber = Annotated[str, shape(r"^[1-9][0-9]{5,19}$", "a project number, in quotes", "123456789012")]

# https://cloud.google.com/compute/docs/regions-zones
Region = Annotated[str, shape(r"^[a-z]+-[a-z]+[0-9]{1,2}$", "a Google Cloud region", "europe-west4")]
Zone = Annotated[str, shape(r"^[a-z]+-[a-z]+[0-9]{1,2}-[a-z]$", "a Google Cloud zone", "europe-west4-a")]

# https://cloud.google.com/storage/docs/buckets#naming, without dots that make a domain of it
BucketName = Annotated[
    str, shape(r"^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", "the full name of a bucket", "acme-ml-prod-models")
]

# Every part has another character than a dot, so that none leads out of the bucket or nowhere.
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

# The engine hands a text of digits over as it hands over a number, and the word true as it hands over a switch: so that
# both readings agree, neither is an environment.
Environment = Annotated[
    str,
    shape(r"^[a-z]([a-z0-9_-]{0,61}[a-z0-9])?$", "a label value: lower case, at most 63, a letter first", "dev"),
    AfterValidator(_no_word_of_yaml),
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
