"""Reasons why resources of known types cannot be priced from a declaration alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

UNKNOWN_TYPE: Final = "no price rule for this type"

REASONS: Final[Mapping[str, str]] = {
    "gcp:artifactregistry/repository:Repository": "depends on stored bytes and on images that are scanned",
    "gcp:bigquery/dataset:Dataset": "depends on stored bytes and on queries",
    "gcp:bigquery/table:Table": "counted with its dataset, which depends on stored bytes and on queries",
    "gcp:compute/globalAddress:GlobalAddress": "a public address: depends on whether it is used",
    "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules": (
        "depends on the traffic that rules with host names inspect"
    ),
    "gcp:compute/subnetwork:Subnetwork": "flow logs: depend on traffic",
    "gcp:dataplex/datascan:Datascan": "depends on the bytes that it scans; no sourced price",
    "gcp:dns/policy:Policy": "depends on the queries that are logged",
    "gcp:gkebackup/backupPlan:BackupPlan": "depends on namespaces and stored bytes",
    "gcp:kms/cryptoKey:CryptoKey": "depends on key versions and operations",
    "gcp:logging/metric:Metric": "depends on what is logged",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "depends on what is logged, and on its retention",
    "gcp:monitoring/alertPolicy:AlertPolicy": "depends on the time series that its queries return",
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": "depends on how many checks run in all",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "data-access logs: depend on how often data is used",
    "gcp:pubsub/subscription:Subscription": "depends on messages",
    "gcp:pubsub/topic:Topic": "depends on messages",
    "gcp:secretmanager/secret:Secret": "depends on versions and accesses",
    "gcp:storage/anywhereCache:AnywhereCache": "depends on what is read and how often",
    "kubernetes:core/v1:PersistentVolumeClaim": "provisions a disk, whose kind depends on the storage class",
    "kubernetes:helm.sh/v3:Release": "the objects of the chart are not in the graph",
    "kubernetes:monitoring.googleapis.com/v1:PodMonitoring": "depends on the samples that it collects",
}

# Components whose children the Kubernetes provider creates. Children in a plan are priced one by one.
EXPANDED_BY_CLUSTER: Final[Mapping[str, str]] = {
    "kubernetes:helm.sh/v4:Chart": "the objects of the chart are not in the graph",
    "kubernetes:kustomize/v2:Directory": "the objects of the folder are not in the graph",
    "kubernetes:yaml/v2:ConfigFile": "the objects of the file are not in the graph",
    "kubernetes:yaml/v2:ConfigGroup": "the objects of the files are not in the graph",
}
