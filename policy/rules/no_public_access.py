"""The rule `no-public-access`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder, at
from policy.rules._grants import grants
from policy.rules._rule import Context, Parameters, Rule

PUBLIC_MEMBERS: Final = frozenset({"allUsers", "allAuthenticatedUsers"})


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for each input that makes the resource public."""
    if node.type.startswith("gcp:"):
        yield from _public_grants(node)
    if (special := CHECKS.get(node.type)) is not None:
        yield from special(node)


def _public_grants(node: Node) -> Iterator[str]:
    """Grants to everyone, in any IAM resource. An unknown member is a service account."""
    for grant in grants(node):
        if isinstance(grant.member, str) and grant.member in PUBLIC_MEMBERS:
            yield f"{node.name} grants {grant.role} to {grant.member}: grant it to a group (setting groups)"


def _bucket(node: Node) -> Iterator[str]:
    if node.inputs.get("publicAccessPrevention") != "enforced":
        yield f"{node.name} can be made public: set publicAccessPrevention to enforced in its component"
    if node.inputs.get("uniformBucketLevelAccess") is not True:
        yield f"{node.name} allows grants on single objects: set uniformBucketLevelAccess to true in its component"


def _address(node: Node) -> Iterator[str]:
    if node.inputs.get("addressType") != "INTERNAL":
        yield f"{node.name} reserves a public address: set addressType to INTERNAL (gateway.kind: internal)"


def _instance(node: Node) -> Iterator[str]:
    interfaces = node.inputs.get("networkInterfaces") or ()
    if interfaces is Placeholder.UNKNOWN or any(
        isinstance(entry, Mapping) and "accessConfigs" in entry for entry in interfaces
    ):
        yield f"{node.name} has a public address: remove accessConfigs"


def _firewall(node: Node) -> Iterator[str]:
    ranges = node.inputs.get("sourceRanges") or ()
    open_to_all = isinstance(ranges, Placeholder) or any(
        entry in (Placeholder.UNKNOWN, "0.0.0.0/0", "::/0") for entry in ranges
    )
    if open_to_all and node.inputs.get("direction") != "EGRESS" and node.inputs.get("allows"):
        yield f"{node.name} allows ingress from the whole internet: list the allowed ranges in sourceRanges"


def _cluster(node: Node) -> Iterator[str]:
    if at(node.inputs, "privateClusterConfig.enablePrivateNodes") is not True:
        yield f"{node.name} gives its nodes public addresses: set privateClusterConfig.enablePrivateNodes to true"
    if at(node.inputs, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is not False:
        yield f"the control plane of {node.name} has an IP endpoint: set ipEndpointsConfig.enabled to false"


def _pool(node: Node) -> Iterator[str]:
    """The value of a pool overrides that of its cluster."""
    if at(node.inputs, "networkConfig.enablePrivateNodes") is False:
        yield f"{node.name} gives its nodes public addresses: remove networkConfig.enablePrivateNodes"


def _dataset(node: Node) -> Iterator[str]:
    """Access entries of a dataset, which are not IAM resources."""
    entries = node.inputs.get("accesses") or ()
    for entry in () if isinstance(entries, Placeholder) else entries:
        members = [entry.get(key) for key in ("specialGroup", "iamMember")] if isinstance(entry, Mapping) else []
        for member in members:
            if member in PUBLIC_MEMBERS:
                yield f"{node.name} grants access to {member}: grant it to a group (setting groups)"


def _database(node: Node) -> Iterator[str]:
    if at(node.inputs, "settings.ipConfiguration.ipv4Enabled") is not False:
        yield f"{node.name} has a public address: set settings.ipConfiguration.ipv4Enabled to false"


CHECKS: Final[Mapping[str, Callable[[Node], Iterator[str]]]] = {
    "gcp:bigquery/dataset:Dataset": _dataset,
    "gcp:compute/address:Address": _address,
    "gcp:compute/firewall:Firewall": _firewall,
    "gcp:compute/globalAddress:GlobalAddress": _address,
    "gcp:compute/instance:Instance": _instance,
    "gcp:compute/instanceTemplate:InstanceTemplate": _instance,
    "gcp:container/cluster:Cluster": _cluster,
    "gcp:container/nodePool:NodePool": _pool,
    "gcp:sql/databaseInstance:DatabaseInstance": _database,
    "gcp:storage/bucket:Bucket": _bucket,
}

RULE: Final = Rule(
    name="no-public-access",
    description="No bucket, machine, database or control plane is reachable from the internet",
    why="""
        Public buckets are the most common leak, and machines with public addresses the most common entry point.
        Unknown values count as violations: access from the internet must not be decided during an update.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
