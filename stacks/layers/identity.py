"""Federation of GitHub Actions, and audit logs of sensitive data."""

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
from stacks.settings.checks.identity_checks import subject as job_subject
from stacks.settings.model.data_classes import DataClass
from stacks.settings.model.teams import repository_account_id


@dataclass(frozen=True)
class Jobs:
    """Accounts that GitHub Actions jobs impersonate: deployers by key, and those of teams' repositories by team."""

    deployers: dict[str, Deployer]
    repositories: dict[str, Deployer]


def jobs(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> Jobs:
    """Accounts that GitHub Actions jobs impersonate."""
    github = settings.github
    if github is None:
        return Jobs({}, {})
    subjects = {key: job_subject(github.organization, entry) for key, entry in github.deployers.items()}
    teams = {
        key: job_subject(github.organization, team.repository.deployer)
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
                    account_id=repository_account_id(team),
                    display_name=f"GitHub Actions of team {team}",
                    federated_member=federation.member(subject),
                    projects=projects,
                    roles={"service": {CLUSTER_VIEWER: None}},
                ),
                options,
            )
            for team, subject in teams.items()
        },
    )


def audit(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> None:
    """Audit logs of access to sensitive data, where the stack owns such data."""
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
    """The services that hold sensitive data of this stack; buckets of another stack are audited there."""
    kinds = {
        "bigquery": any(entry.data_class is DataClass.SENSITIVE for entry in settings.warehouses.values()),
        "secretmanager": bool(settings.secrets),
        "storage": any(
            entry.data_class is DataClass.SENSITIVE and entry.existing_name is None
            for entry in settings.buckets.values()
        ),
    }
    return [f"{service}.googleapis.com" for service, holds in kinds.items() if holds]
