"""Customer-managed encryption keys: one for each purpose and location, created on first use."""

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
    """What a key encrypts; the value is the name of the key and of its ring."""

    CLUSTERS = "clusters"
    DISKS = "disks"
    BUCKETS = "buckets"
    DATABASES = "databases"
    IMAGES = "images"
    WAREHOUSES = "warehouses"
    FILES = "files"
    SECRETS = "secrets"


# https://cloud.google.com/iam/docs/service-agents: the service agent that uses the key. {n} is the project number.
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
# APIs whose service agent has to be created explicitly; other APIs create it when they are enabled or first used.
IDENTITIES: Final = {
    Purpose.DATABASES: "sqladmin.googleapis.com",
    Purpose.IMAGES: "artifactregistry.googleapis.com",
    Purpose.SECRETS: "secretmanager.googleapis.com",
}


class Keys:
    """The keys of a stack, by purpose and location."""

    def __init__(self, settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> None:
        """Create no key yet."""
        self._settings = settings
        self._options = pulumi.ResourceOptions(provider=google, depends_on=[apis])
        self._keys: dict[tuple[Purpose, str], EncryptionKey] = {}

    def of(self, purpose: Purpose, location: str) -> pulumi.Output[str] | None:
        """The full name of a key in a Cloud KMS location; None where the settings leave encryption to Google's keys."""
        encryption = self._settings.encryption
        if encryption is None:
            return None
        if (purpose, location) not in self._keys:
            settings = self._settings
            identity = IDENTITIES.get(purpose)
            self._keys[purpose, location] = EncryptionKey(
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
        return self._keys[purpose, location].key_id
