"""Identities from outside of the cloud, and the audit log of access to sensitive data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.core.types import Key, Section, shape
from stacks.settings.model.grants import ReadGrant, RoleGrants

# https://docs.github.com/en/enterprise-cloud@latest/admin/identity-and-access-management/iam-configuration-reference/username-considerations-for-external-authentication
Organization = Annotated[
    str, shape(r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$", "the name of an organization on GitHub", "acme-ml")
]
# A name can be reused by others after its owner gives it up; a number cannot.
OrganizationId = Annotated[
    str, shape(r"^[1-9][0-9]{0,14}$", "the number of an organization on GitHub, in quotes", "48210934")
]
Repository = Annotated[
    str, shape(r"^[A-Za-z0-9._-]{1,100}$", "a repository's name without its organization", "ml-platform")
]
# https://git-scm.com/docs/git-check-ref-format, without characters that need quoting
Branch = Annotated[
    str, shape(r"^[A-Za-z0-9_]([A-Za-z0-9._/-]{0,98}[A-Za-z0-9_])?$", "the full name of a branch", "main")
]
GithubEnvironment = Annotated[
    str, shape(r"^[A-Za-z0-9_-]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$", "an environment of a repository", "prod")
]


class Deployer(Section):
    """Jobs of one branch or of one environment of a repository, and their roles in the projects."""

    repository: Repository
    branch: Branch | None = Field(default=None, description="the branch of the jobs")
    environment: GithubEnvironment | None = Field(
        default=None, description="the environment of the jobs, for deployments that need an approval"
    )
    pull_requests: bool = Field(
        default=False, description="include jobs of pull requests, after the environment has approved them"
    )
    roles: RoleGrants = Field(default_factory=list, description="roles on the service project")
    host_roles: RoleGrants = Field(default_factory=list, description="roles on the host project")


class Github(Section):
    """GitHub Actions as an identity provider, for the repositories of one organization only."""

    organization: Organization
    organization_id: OrganizationId
    deployers: Annotated[dict[Key, Deployer], Field(min_length=1)]


class Audit(Section):
    """The audit log of access to sensitive data, in stacks that own such data."""

    # https://cloud.google.com/logging/docs/buckets#custom-retention
    retention_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=400, description="days for which entries are retained"
    )
    locked: bool = Field(
        default=False,
        description="lock the retention permanently: it cannot be shortened, and the log cannot be deleted",
    )
    readers: dict[Key, ReadGrant] = Field(default_factory=dict, description="groups that may read the log")
