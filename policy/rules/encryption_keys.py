"""The rule `encryption-keys`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder, Value
from policy.input_paths import values_at
from policy.rules._rule import Context, Parameters, Rule

# The inputs that name the key of each type: https://cloud.google.com/kms/docs/compatible-services
# A star is every item of a list.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "gcp:artifactregistry/repository:Repository": ("kmsKeyName",),
    "gcp:bigquery/dataset:Dataset": ("defaultEncryptionConfiguration.kmsKeyName",),
    "gcp:bigquery/table:Table": ("encryptionConfiguration.kmsKeyName",),
    "gcp:compute/disk:Disk": ("diskEncryptionKey.kmsKeySelfLink",),
    "gcp:container/cluster:Cluster": ("databaseEncryption.keyName",),
    "gcp:container/nodePool:NodePool": ("nodeConfig.bootDiskKmsKey",),
    "gcp:filestore/instance:Instance": ("kmsKeyName",),
    "gcp:gkebackup/backupPlan:BackupPlan": ("backupConfig.encryptionKey.gcpKmsEncryptionKey",),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": ("cmekSettings.kmsKeyName",),
    "gcp:secretmanager/secret:Secret": (
        "replication.auto.customerManagedEncryption.kmsKeyName",
        "replication.userManaged.replicas.*.customerManagedEncryption.kmsKeyName",
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": ("encryptionKeyName",),
    "gcp:storage/bucket:Bucket": ("encryption.defaultKmsKeyName",),
}
# https://cloud.google.com/filestore/docs/cmek: the basic tiers do not support keys.
FILESTORE: Final = "gcp:filestore/instance:Instance"
BASIC_TIERS: Final = ("BASIC_HDD", "BASIC_SSD", "STANDARD", "PREMIUM")


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for each resource that stores data without a customer-managed key."""
    paths = KEYS.get(node.type)
    if paths is None or (node.type == FILESTORE and node.inputs.get("tier") in BASIC_TIERS):
        return
    if not any(_has_key(node.inputs, path) for path in paths):
        yield f"{node.name} has no customer-managed key: set encryption, which sets {' or '.join(paths)}"


def _has_key(inputs: Mapping[str, Value], path: str) -> bool:
    """Whether there is a key, and one for each item where the path goes through a list."""
    list_path, star, rest = path.partition(".*.")
    if not star:
        return any(value is Placeholder.UNKNOWN or value for value in values_at(inputs, tuple(path.split("."))))
    items = [item for value in values_at(inputs, tuple(list_path.split("."))) for item in _items(value)]
    return bool(items) and all(item is Placeholder.UNKNOWN or _has_key(item, rest) for item in items)


def _items(value: Value) -> list[Value]:
    return [value] if isinstance(value, Placeholder) else list(value or ())


RULE: Final = Rule(
    name="encryption-keys",
    description="Stored data is encrypted with a customer-managed key",
    why="""
        Google encrypts all data at rest, with keys that Google manages. With a customer-managed key every use
        is logged, access needs a permission on the key, and destroying the key destroys every copy of the data.
        An unknown key passes: the same plan creates it.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
