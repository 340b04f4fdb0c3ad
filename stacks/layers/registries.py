"""Registries of images and packages."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components._common import GrantArgs
from components.project_services import ProjectServices
from components.registry import Registry, RegistryArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.grants import of_people_and_workloads
from stacks.layers.encryption import Keys, Purpose
from stacks.layers.identity import Jobs
from stacks.settings import Settings
from stacks.settings.model.registries import Mode
from stacks.settings.model.registries import Registry as RegistrySettings


def registries(
    settings: Settings,
    *,
    google: gcp.Provider,
    apis: ProjectServices,
    keys: Keys,
    accounts: dict[str, WorkloadAccount],
    jobs: Jobs,
) -> None:
    """Registries, virtual ones after their members. Nodes pull from all registries of the project by their account."""
    registries: dict[str, Registry] = {}
    for key, entry in sorted(settings.registries.items(), key=lambda item: (item[1].mode is Mode.VIRTUAL, item[0])):
        location = entry.location or settings.region
        registries[key] = Registry(
            f"registry-{key}",
            RegistryArgs(
                repository_id=key,
                project=settings.projects.service,
                location=location,
                package_format=entry.format.value,
                upstream=entry.upstream,
                members=entry.members,
                cleanup_days=entry.cleanup_days,
                key=keys.of(Purpose.IMAGES, location),
                labels=labels.shared(settings) if entry.team is None else labels.team(settings, entry.team),
                grants=_grants(settings, key, entry, accounts, jobs),
            ),
            pulumi.ResourceOptions(
                provider=google, depends_on=[apis, *(registries[member] for member in entry.members)]
            ),
        )


def _grants(
    settings: Settings,
    key: str,
    entry: RegistrySettings,
    accounts: dict[str, WorkloadAccount],
    jobs: Jobs,
) -> dict[str, GrantArgs]:
    """Grants on one registry, by grantee."""
    return {
        **of_people_and_workloads(settings, accounts, entry.groups, entry.workloads),
        **{f"deployer-{job}": GrantArgs(jobs.deployers[job].member, "write") for job in entry.deployers},
        **{
            f"repository-{team}": GrantArgs(job.member, "write")
            for team, job in jobs.repositories.items()
            if (repository := settings.teams[team].repository) is not None and key in repository.push
        },
    }
