"""Nothing is reachable from the internet unless a later rule says how.

A bucket that anybody can read is the most common leak there is, and a machine with an address of its own the most
common way in. Unknown values count as wrong: what is public must not be decided during an update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from groundwork.graph import Node, Placeholder, at
from policy.rules._grants import grants
from policy.rules._rule import Asked, Parameters, Rule

EVERYBODY: Final = frozenset({"allUsers", "allAuthenticatedUsers"})


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each way in which the resource is public."""
    if node.type.startswith("gcp:"):
        yield from _everybody(node)
    if (special := CHECKS.get(node.type)) is not None:
        yield from special(node)


def _everybody(node: Node) -> Iterator[str]:
    """Grants to everybody, in whatever resource they stand. A member that only an update can tell is an account."""
    for grant in grants(node):
        if isinstance(grant.member, str) and grant.member in EVERYBODY:
            yield f"{node.name} grants {grant.role} to {grant.member}; grant it to a group"


def _bucket(node: Node) -> Iterator[str]:
    if node.inputs.get("publicAccessPrevention") != "enforced":
        yield f"{node.name} does not enforce publicAccessPrevention; set it to enforced"
    if node.inputs.get("uniformBucketLevelAccess") is not True:
        yield f"{node.name} lets single objects have grants of their own; set uniformBucketLevelAccess"


def _address(node: Node) -> Iterator[str]:
    if node.inputs.get("addressType") != "INTERNAL":
        yield f"{node.name} reserves a public address; set addressType to INTERNAL"


def _instance(node: Node) -> Iterator[str]:
    interfaces = node.inputs.get("networkInterfaces") or ()
    if interfaces is Placeholder.UNKNOWN or any(
        isinstance(entry, Mapping) and "accessConfigs" in entry for entry in interfaces
    ):
        yield f"{node.name} has a public address; leave accessConfigs out"


def _firewall(node: Node) -> Iterator[str]:
    ranges = node.inputs.get("sourceRanges") or ()
    open_to_all = isinstance(ranges, Placeholder) or any(
        entry in (Placeholder.UNKNOWN, "0.0.0.0/0", "::/0") for entry in ranges
    )
    if open_to_all and node.inputs.get("direction") != "EGRESS" and node.inputs.get("allows"):
        yield f"{node.name} lets the whole internet in; name the ranges that may"


def _cluster(node: Node) -> Iterator[str]:
    if at(node.inputs, "privateClusterConfig.enablePrivateNodes") is not True:
        yield f"{node.name} gives its nodes public addresses; set privateClusterConfig.enablePrivateNodes"
    if at(node.inputs, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is not False:
        yield f"{node.name} has a control plane with an address; switch ipEndpointsConfig off and use the DNS endpoint"


def _pool(node: Node) -> Iterator[str]:
    """A pool says it for itself, whatever its cluster says."""
    if at(node.inputs, "networkConfig.enablePrivateNodes") is False:
        yield f"{node.name} gives its nodes public addresses; leave networkConfig.enablePrivateNodes to the cluster"


def _dataset(node: Node) -> Iterator[str]:
    """A dataset has grants of its own, in words of its own."""
    entries = node.inputs.get("accesses") or ()
    for entry in () if isinstance(entries, Placeholder) else entries:
        found = [entry.get(key) for key in ("specialGroup", "iamMember")] if isinstance(entry, Mapping) else []
        yield from (f"{node.name} is open to {who}; grant it to a group" for who in found if who in EVERYBODY)


def _database(node: Node) -> Iterator[str]:
    if at(node.inputs, "settings.ipConfiguration.ipv4Enabled") is not False:
        yield f"{node.name} has a public address; set settings.ipConfiguration.ipv4Enabled to false"


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
    description="No bucket, machine, database or control plane is open to the internet",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
