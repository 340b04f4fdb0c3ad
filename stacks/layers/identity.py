"""Who comes from outside of the cloud, and the log of who used sensitive data."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.audit_log import AuditLog, AuditLogArgs
from components.deployer import Deployer, DeployerArgs
from components.github_federation import GithubFederation, GithubFederationArgs
from components.project_services import ProjectServices
from stacks import grants
from stacks.layers.foundation import CLUSTER_VIEWER
from stacks.settings import Settings
from stacks.settings.checks.identity_checks import subject
from stacks.settings.model.data_classes import DataClass


@dataclass(frozen=True)
class Jobs:
    """The accounts that jobs of GitHub Actions act as: by key of their own, and of the teams' repositories by team."""

    deployers: dict[str, Deployer]
    repositories: dict[str, Deployer]


def jobs(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> Jobs:
    """The accounts that jobs of GitHub Actions act as."""
    github = settings.github
    if github is None:
        return Jobs({}, {})
    subjects = {key: subject(github.organization, entry) for key, entry in github.deployers.items()}
    teams = {
        key: subject(github.organization, team.repository.deployer)
        for key, team in settings.teams.items()
        if team.repository is not None
    }
    federation = GithubFederation(
        "github",
        GithubFederationArgs(
            project=settings.projects.service,
            project_number=settings.projects.service_number,
            organization_id=github.organization_id,
            subjects=sorted(set(subjects.values())),
            pull_request_subjects=sorted(
                {subjects[key] for key, entry in github.deployers.items() if entry.pull_requests}
            ),
            teams=teams,
        ),
        pulumi.ResourceOptions(provider=google, depends_on=[apis]),
    )
    projects = {"service": settings.projects.service, "host": settings.projects.host}
    options = pulumi.ResourceOptions(provider=google, depends_on=[federation])
    return Jobs(
        {
            key: Deployer(
                f"deployer-{key}",
                DeployerArgs(
                    project=settings.projects.service,
                    account_id=f"ci-{key}",
                    display_name=f"GitHub Actions ({key})",
                    federated_member=federation.member(subjects[key]),
                    projects=projects,
                    roles={"service": grants.roles(entry.roles), "host": grants.roles(entry.host_roles)},
                ),
                options,
            )
            for key, entry in github.deployers.items()
        },
        {
            team: Deployer(
                f"repository-{team}",
                DeployerArgs(
                    project=settings.projects.service,
                    account_id=repository_account(team),
                    display_name=f"GitHub Actions of team {team}",
                    federated_member=federation.member(found),
                    projects=projects,
                    roles={"service": {CLUSTER_VIEWER: None}},
                ),
                options,
            )
            for team, found in teams.items()
        },
    )


def repository_account(team: str) -> str:
    """The id of the account that jobs of a team's repository act as."""
    return f"cd-{team}"


def audit(settings: Settings, google: gcp.Provider, apis: ProjectServices) -> None:
    """The log of who used sensitive data, where the stack has such data of its own."""
    services = _audited(settings)
    if not services:
        return
    entry = settings.audit
    AuditLog(
        "audit",
        AuditLogArgs(
            project=settings.projects.service,
            location=settings.region,
            services=services,
            retention_days=entry.retention_days,
            locked=entry.locked,
            readers={
                f"group-{group}": grants.of_member(f"group:{settings.groups[group].email}", grant)
                for group, grant in entry.readers.items()
            },
        ),
        pulumi.ResourceOptions(provider=google, depends_on=[apis]),
    )


def _audited(settings: Settings) -> list[str]:
    """The services that hold something sensitive; a bucket of another stack is that stack's to watch."""
    kinds = {
        "bigquery": any(entry.data_class is DataClass.SENSITIVE for entry in settings.warehouses.values()),
        "secretmanager": bool(settings.secrets),
        "storage": any(
            entry.data_class is DataClass.SENSITIVE and entry.existing_name is None
            for entry in settings.buckets.values()
        ),
    }
    return [f"{service}.googleapis.com" for service, holds in kinds.items() if holds]
