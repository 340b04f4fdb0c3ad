"""Who may be who in the clusters, and which images run there."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Section, shape

# https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac: the group has this name and no other
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
        raise ValueError("lets a whole registry in; name a repository or a folder of it")
    return pattern


# https://cloud.google.com/binary-authorization/docs/policy-yaml-reference#admissionwhitelistpatterns: a wildcard stands
# at the end, * for a folder's own images and ** for those below it too
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
    """Which images may run: Google's own for the system, those of this project, those of the charts, and these."""

    enforce: bool = Field(default=False, description="refuse others; without it they run and are logged")
    allow: Annotated[list[ImagePattern], Distinct()] = Field(
        default_factory=list, description="patterns of images that may run beside those of project and charts"
    )


class Security(Section):
    """What holds for every cluster of the stack."""

    groups: SecurityGroup | None = Field(
        default=None, description="the group whose members, themselves groups, may be named in role bindings"
    )
    images: Images = Field(default_factory=Images)
