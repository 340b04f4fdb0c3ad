"""Secrets and their mounts."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.project_services import ProjectServices
from components.secret import RotationArgs, Secret, SecretArgs
from components.secret_mount import SecretMount, SecretMountArgs
from components.secret_rotation import SecretRotation, SecretRotationArgs
from components.team_namespace import TeamNamespace
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.grants import of_people_and_workloads
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings

PROVIDER_CLASS = "secrets"  # the name of the SecretProviderClass in every namespace, which pods use in their volumes


def secrets(
    settings: Settings,
    *,
    google: gcp.Provider,
    apis: ProjectServices,
    keys: Keys,
    accounts: dict[str, WorkloadAccount],
) -> dict[str, Secret]:
    """Secrets by key, without values, with the grants of people and of workloads."""
    options = pulumi.ResourceOptions(provider=google, depends_on=[apis])
    topic: pulumi.Output[str] | None = None
    if any(entry.rotation is not None for entry in settings.secrets.values()):
        rotation = SecretRotationArgs(
            project=settings.projects.service,
            project_number=settings.projects.service_number,
            region=settings.region,
            labels=labels.shared(settings),
        )
        topic = SecretRotation("secret-rotation", rotation, options).topic
    return {
        key: Secret(
            f"secret-{key}",
            SecretArgs(
                secret_id=key,
                project=settings.projects.service,
                keys={region: keys.of(Purpose.SECRETS, region) for region in entry.regions or [settings.region]},
                destroy_days=entry.destroy_days,
                rotation=None
                if entry.rotation is None or topic is None
                else RotationArgs(days=entry.rotation.days, first=entry.rotation.first, topic=topic),
                grants=of_people_and_workloads(settings, accounts, entry.groups, entry.workloads),
                labels=labels.team(settings, entry.team),
            ),
            options,
        )
        for key, entry in settings.secrets.items()
    }


def mounts(
    settings: Settings,
    *,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    secrets: dict[str, Secret],
) -> None:
    """In each namespace the secrets that its workloads may read."""
    for (cluster, team), namespace in namespaces.items():
        readable = [
            key
            for key, entry in settings.secrets.items()
            if (grant := entry.workloads.get(team)) is not None and grant.access == "read"
        ]
        if not readable:
            continue
        SecretMount(
            f"secrets-{cluster}.{team}",  # keys contain no dots, so names are unique
            SecretMountArgs(
                class_name=PROVIDER_CLASS,
                namespace=team,
                project=settings.projects.service,
                secrets=readable,
                labels=labels.team(settings, team),
            ),
            pulumi.ResourceOptions(
                provider=kubernetes[cluster], depends_on=[namespace, *(secrets[key] for key in readable)]
            ),
        )
