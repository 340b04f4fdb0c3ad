"""Every meter that a usage file may declare, by type of resource. The keys are a contract: usage files name them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from groundwork.cost.book_models import MONTH_HOURS
from groundwork.cost.metered import Meter
from groundwork.cost.resource_types import BUCKET, CLUSTER, DATABASE, GATEWAY, KEY, NAT, SECRET, SUBNETWORK, ZONE

TIB: Final = Decimal(1024)
THOUSANDTH: Final = Decimal("0.001")
TEN_THOUSANDTH: Final = Decimal("0.0001")
MILLIONTH: Final = Decimal("0.000001")
HOURS: Final = Decimal(MONTH_HOURS)

EGRESS: Final = Meter(
    "egress_gib",
    "transfer to the internet",
    ((TIB, "egress-first-tib"), (10 * TIB, "egress-to-10-tib"), (None, "egress-above-10-tib")),
)
SAMPLES: Final = Meter(
    "samples_millions",
    "Prometheus samples",
    ((Decimal(50_000), "samples-first"), (Decimal(250_000), "samples-second"), (None, "samples-third")),
)
LOGS: Final = Meter.of("logs_gib", "logs", "logs")

# Meters by the keys that they had in earlier files.
RENAMED: Final[Mapping[str, str]] = {"kept_gib": "retained_gib"}

METERS: Final[Mapping[str, tuple[Meter, ...]]] = {
    "gcp:artifactregistry/repository:Repository": (Meter.of("stored_gib", "stored", "registry-storage"),),
    "gcp:bigquery/dataset:Dataset": (
        Meter.of("stored_gib", "stored", "bigquery-storage"),
        Meter.of("long_term_gib", "stored and not modified for 90 days", "bigquery-long-term"),
        Meter.of("scanned_tib", "scanned by queries", "bigquery-query"),
    ),
    SUBNETWORK: (Meter.of("flow_logs_gib", "flow logs", "logs-network"),),
    "gcp:gkebackup/backupPlan:BackupPlan": (
        Meter.of("namespaces", "protected namespaces", "gke-backup-namespace"),
        Meter.of("stored_gib", "backups", "gke-backup-storage"),
    ),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (
        Meter.of("retained_gib", "retained beyond 30 days", "logs-kept"),
    ),
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": (LOGS,),
    "gcp:pubsub/subscription:Subscription": (Meter.of("delivered_tib", "delivered", "messages"),),
    "gcp:pubsub/topic:Topic": (Meter.of("published_tib", "published", "messages"),),
    "gcp:storage/anywhereCache:AnywhereCache": (
        Meter.of("stored_gib", "cached", "gcs-cache-storage", HOURS),
        Meter.of("ingested_gib", "ingested", "gcs-cache-ingest"),
        Meter.of("read_gib", "read", "gcs-cache-read"),
        Meter.of("operations", "operations", "gcs-cache-operations", THOUSANDTH),
    ),
    "kubernetes:monitoring.googleapis.com/v1:PodMonitoring": (SAMPLES,),
    # The types below also have a fixed price or a specific rule.
    BUCKET: (
        Meter.of("stored_gib", "stored", "gcs-standard"),  # replaced by the item of the storage class and location
        Meter.of("nearline_gib", "stored as Nearline", "gcs-nearline"),
        Meter.of("coldline_gib", "stored as Coldline", "gcs-coldline"),
        Meter.of("archive_gib", "stored as Archive", "gcs-archive"),
        Meter.of("retrieved_nearline_gib", "read from Nearline", "gcs-nearline-retrieval"),
        Meter.of("retrieved_coldline_gib", "read from Coldline", "gcs-coldline-retrieval"),
        Meter.of("retrieved_archive_gib", "read from Archive", "gcs-archive-retrieval"),
        Meter.of("class_a_operations", "class A operations", "gcs-class-a", THOUSANDTH),
        Meter.of("class_b_operations", "class B operations", "gcs-class-b", THOUSANDTH),
        EGRESS,
    ),
    CLUSTER: (
        LOGS,
        SAMPLES,
        Meter.of("pods_vcpu", "vCPUs that pods of Autopilot request", "gke-autopilot-vcpu", HOURS),
        Meter.of("pods_gib", "memory that pods of Autopilot request", "gke-autopilot-gib", HOURS),
    ),
    DATABASE: (Meter.of("backups_gib", "backups", "sql-backup"),),
    GATEWAY: (Meter.of("data_gib", "processed", "load-balancer-data"), EGRESS),
    KEY: (
        Meter.of("versions", "versions", "kms-version"),
        Meter.of("operations", "operations", "kms-operations", TEN_THOUSANDTH),
    ),
    NAT: (Meter.of("data_gib", "through the gateway", "nat-data"), EGRESS),
    SECRET: (
        Meter.of("versions", "versions", "secret-version"),
        Meter.of("accesses", "accesses", "secret-accesses", TEN_THOUSANDTH),
    ),
    ZONE: (Meter.of("queries", "queries", "dns-queries", MILLIONTH),),
}
