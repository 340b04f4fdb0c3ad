"""What is stored is encrypted with a key of our own.

Google encrypts everything anyway, with keys that nobody can take away from it. With a key of one's own, whoever holds
the data has to ask for the key, each use is in a log, and destroying the key deletes every copy at once. A key that
only an update can tell is a key that the same plan makes, so it passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder, Value
from policy import cis
from policy.rules._rule import Asked, Parameters, Rule

# Where each type names its key. https://cloud.google.com/kms/docs/compatible-services; * is every item of a list.
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
# https://cloud.google.com/filestore/docs/cmek: the basic tiers take no key.
WITHOUT: Final = {"gcp:filestore/instance:Instance": ("tier", ("BASIC_HDD", "BASIC_SSD", "STANDARD", "PREMIUM"))}


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each resource that stores something under a key that is not ours."""
    paths = KEYS.get(node.type)
    if paths is None or _cannot(node):
        return
    if not any(_keyed(node.inputs, path) for path in paths):
        yield f"{node.name} has no key of ours; set {' or '.join(paths)}"


def _cannot(node: Node) -> bool:
    field, values = WITHOUT.get(node.type, ("", ()))
    return node.inputs.get(field) in values


def _keyed(inputs: Mapping[str, Value], path: str) -> bool:
    """Whether there is a key, and one for each item where the path goes through a list."""
    list_path, star, rest = path.partition(".*.")
    if not star:
        return any(value is Placeholder.UNKNOWN or value for value in cis.found(inputs, tuple(path.split("."))))
    items = [item for found in cis.found(inputs, tuple(list_path.split("."))) for item in _items(found)]
    return bool(items) and all(item is Placeholder.UNKNOWN or _keyed(item, rest) for item in items)


def _items(value: Value) -> list[Value]:
    return [value] if isinstance(value, Placeholder) else list(value or ())


RULE: Final = Rule(
    name="encryption-keys",
    description="What is stored is encrypted with a key of our own",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
