"""Group membership in clusters, and allowed images."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Section, shape

# https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac: the only name of this group
SecurityGroup = Annotated[
    str,
    shape(
        r"^gke-security-groups@[a-z0-9-]+(\.[a-z0-9-]+)+$",
        "the group gke-security-groups of a domain",
        "gke-security-groups@acme.example",
    ),
]


def _named(pattern: str) -> str:
    if pattern.partition("/")[2].strip("*/") == "":
        raise ValueError("allows a complete registry; name a repository or a folder of it")
    return pattern


# https://cloud.google.com/binary-authorization/docs/policy-yaml-reference#admissionwhitelistpatterns: a wildcard is at
# the end, * for images of a folder and ** also for those below it
ImagePattern = Annotated[
    str,
    shape(
        r"^[a-z0-9.-]+(:[0-9]+)?(/[a-zA-Z0-9._-]+)*(/\*\*?|(:[\w.-]+)?(@sha256:[0-9a-f]{64})?\*?)$",
        "an image with its registry, * or ** only at the end",
        "quay.io/acme/*",
    ),
    AfterValidator(_named),
]


class Images(Section):
    """Allowed images in addition to Google's system images, those of this project and those of the charts."""

    enforce: bool = Field(default=False, description="refuse other images; false only logs them")
    allow: Annotated[list[ImagePattern], Distinct()] = Field(
        default_factory=list, description="patterns of further images"
    )


class Security(Section):
    """Security settings of every cluster of the stack."""

    groups: SecurityGroup | None = Field(
        default=None, description="the group whose member groups can be used in role bindings"
    )
    images: Images = Field(default_factory=Images)
