"""Resource types that several modules name, and where each type has its labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ADDRESS: Final = "gcp:compute/address:Address"
BUCKET: Final = "gcp:storage/bucket:Bucket"
CLUSTER: Final = "gcp:container/cluster:Cluster"
DATABASE: Final = "gcp:sql/databaseInstance:DatabaseInstance"
DISK: Final = "gcp:compute/disk:Disk"
GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
GLOBAL_ADDRESS: Final = "gcp:compute/globalAddress:GlobalAddress"
KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
NAT: Final = "gcp:compute/routerNat:RouterNat"
POOL: Final = "gcp:container/nodePool:NodePool"
SECRET: Final = "gcp:secretmanager/secret:Secret"
SERVICE: Final = "kubernetes:core/v1:Service"
SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"
VOLUME_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
ZONE: Final = "gcp:dns/managedZone:ManagedZone"

KUBERNETES: Final = "kubernetes:"  # the beginning of every type of a Kubernetes object

# The input with the labels of each type that has any in Google Cloud.
LABEL_PATHS: Final[Mapping[str, str]] = {
    "gcp:artifactregistry/repository:Repository": "labels",
    "gcp:bigquery/dataset:Dataset": "labels",
    "gcp:bigquery/table:Table": "labels",
    ADDRESS: "labels",
    GLOBAL_ADDRESS: "labels",
    CLUSTER: "resourceLabels",
    POOL: "nodeConfig.resourceLabels",
    "gcp:dataplex/datascan:Datascan": "labels",
    ZONE: "labels",
    "gcp:filestore/instance:Instance": "labels",
    "gcp:gkebackup/backupPlan:BackupPlan": "labels",
    "gcp:gkebackup/restoreChannel:RestoreChannel": "labels",
    "gcp:gkebackup/restorePlan:RestorePlan": "labels",
    "gcp:gkehub/feature:Feature": "labels",
    KEY: "labels",
    "gcp:monitoring/alertPolicy:AlertPolicy": "userLabels",
    "gcp:monitoring/notificationChannel:NotificationChannel": "userLabels",
    "gcp:pubsub/subscription:Subscription": "labels",
    "gcp:pubsub/topic:Topic": "labels",
    SECRET: "labels",
    DATABASE: "settings.userLabels",
    BUCKET: "labels",
}
KUBERNETES_LABELS: Final = "metadata.labels"


def label_path(kind: str) -> str:
    """The path of the labels of a type; `labels` for a type of Google Cloud that is not listed."""
    return KUBERNETES_LABELS if kind.startswith(KUBERNETES) else LABEL_PATHS.get(kind, "labels")
