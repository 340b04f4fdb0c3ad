"""Keys of one's own for data at rest: one for each purpose and place, made when something asks for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.project_services import ProjectServices
from stacks import labels
from stacks.settings import Settings


class Purpose(StrEnum):
    """What is encrypted; the value is the name of key and ring."""

    CLUSTERS = "clusters"
    DISKS = "disks"
    BUCKETS = "buckets"
    DATABASES = "databases"
    IMAGES = "images"
    WAREHOUSES = "warehouses"
    FILES = "files"
    SECRETS = "secrets"


# https://cloud.google.com/iam/docs/service-agents: the account that reads and writes for each service. {n} is the
# project's number.
AGENTS: Final = {
    Purpose.CLUSTERS: "service-{n}@container-engine-robot.iam.gserviceaccount.com",
    Purpose.DISKS: "service-{n}@compute-system.iam.gserviceaccount.com",
    Purpose.BUCKETS: "service-{n}@gs-project-accounts.iam.gserviceaccount.com",
    Purpose.DATABASES: "service-{n}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    Purpose.IMAGES: "service-{n}@gcp-sa-artifactregistry.iam.gserviceaccount.com",
    Purpose.WAREHOUSES: "bq-{n}@bigquery-encryption.iam.gserviceaccount.com",
    Purpose.FILES: "service-{n}@cloud-filer.iam.gserviceaccount.com",
    Purpose.SECRETS: "service-{n}@gcp-sa-secretmanager.iam.gserviceaccount.com",
}
# APIs that make their agent only when they are asked to; the others make it when they are switched on or first used.
IDENTITIES: Final = {
    Purpose.DATABASES: "sqladmin.googleapis.com",
    Purpose.IMAGES: "artifactregistry.googleapis.com",
    Purpose.SECRETS: "secretmanager.googleapis.com",
}


class Keys:
    """The keys of a stack, by purpose and place."""

    def __init__(self, settings: Settings, google: gcp.Provider, apis: ProjectServices) -> None:
        """No key is made yet."""
        self._settings = settings
        self._options = pulumi.ResourceOptions(provider=google, depends_on=[apis])
        self._made: dict[tuple[Purpose, str], EncryptionKey] = {}

    def of(self, purpose: Purpose, location: str) -> pulumi.Output[str] | None:
        """The full name of a key in a Cloud KMS location; None where Google's own keys are good enough."""
        encryption = self._settings.encryption
        if encryption is None:
            return None
        if (purpose, location) not in self._made:
            settings = self._settings
            identity = IDENTITIES.get(purpose)
            self._made[purpose, location] = EncryptionKey(
                f"key-{purpose}-{location}",
                EncryptionKeyArgs(
                    project=settings.projects.service,
                    location=location,
                    key_name=purpose.value,
                    rotation_days=encryption.rotation_days,
                    destroy_days=encryption.destroy_days,
                    users={"agent": f"serviceAccount:{AGENTS[purpose].format(n=settings.projects.service_number)}"},
                    identities=[] if identity is None else [identity],
                    labels=labels.shared(settings),
                ),
                self._options,
            )
        return self._made[purpose, location].key_id
