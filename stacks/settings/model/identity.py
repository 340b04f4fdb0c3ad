"""Who comes from outside of the cloud, and what is written down of who read what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Key, Section, shape
from stacks.settings.model.grants import ReadGrant, RoleGrants

# https://docs.github.com/en/enterprise-cloud@latest/admin/identity-and-access-management/iam-configuration-reference/username-considerations-for-external-authentication
Organization = Annotated[
    str, shape(r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$", "the name of an organization on GitHub", "acme-ml")
]
# A name that its owner gives up can be taken by somebody else; a number cannot.
OrganizationId = Annotated[
    str, shape(r"^[1-9][0-9]{0,14}$", "the number of an organization on GitHub, in quotes", "48210934")
]
Repository = Annotated[
    str, shape(r"^[A-Za-z0-9._-]{1,100}$", "a repository's name without its organization", "ml-platform")
]
# https://git-scm.com/docs/git-check-ref-format, without what would need quoting
Branch = Annotated[
    str, shape(r"^[A-Za-z0-9_]([A-Za-z0-9._/-]{0,98}[A-Za-z0-9_])?$", "a branch, written out in full", "main")
]
GithubEnvironment = Annotated[
    str, shape(r"^[A-Za-z0-9_-]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$", "an environment of a repository", "prod")
]


class Deployer(Section):
    """Jobs of one branch or of one environment of a repository, and what they may do in the projects."""

    repository: Repository
    branch: Branch | None = Field(default=None, description="the branch whose jobs are meant")
    environment: GithubEnvironment | None = Field(
        default=None, description="the environment whose jobs are meant, for what must be approved first"
    )
    pull_requests: bool = Field(
        default=False, description="whether jobs of pull requests are meant too, once the environment let them in"
    )
    roles: RoleGrants = Field(default_factory=list, description="roles on the service project")
    host_roles: RoleGrants = Field(default_factory=list, description="roles on the host project")


class Github(Section):
    """GitHub Actions as an identity provider, for the repositories of one organization and no other."""

    organization: Organization
    organization_id: OrganizationId
    deployers: Annotated[dict[Key, Deployer], Field(min_length=1)]


class Audit(Section):
    """What is kept of who read and wrote sensitive data; it is written where the stack has such data of its own."""

    # https://cloud.google.com/logging/docs/buckets#custom-retention
    retention_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=400, description="days for which an access can be looked up"
    )
    locked: bool = Field(default=False, description="nobody can shorten the retention or delete the log any more")
    readers: dict[Key, ReadGrant] = Field(default_factory=dict, description="who may look accesses up, by group")
