"""Texts of an input that differ and that its provider treats as equal.

Source: DiffSuppressFunc and StateFunc in google-beta/services of hashicorp/terraform-provider-google-beta 7.45, of
inputs that replace the resource (read in November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from groundwork.diff.replacements.paths import matches, parse
from groundwork.diff.replacements.table import KUBERNETES
from groundwork.graph import Placeholder

Relation = Callable[[str, str], bool]

_SENSITIVE: Final = ("principal:", "principalSet:", "principalHierarchy:", "allUsers", "allAuthenticatedUsers")


def _last(text: str) -> str:
    return text.rpartition("/")[2]


def _name_or_link(before: str, after: str) -> bool:
    """CompareSelfLinkOrResourceName: links with and without their server, or a name and the link to it.

    A state has the link, whichever form the program uses.
    """
    if "/" in before and "/" in after:
        return before.partition("projects/")[2] == after.partition("projects/")[2] != ""
    return _last(before) == _last(after)


def _name(before: str, after: str) -> bool:
    """CompareResourceNames: names, with or without a path."""
    return _last(before) == _last(after)


def _case(before: str, after: str) -> bool:
    """CaseDiffSuppress, and a StateFunc that converts to upper case."""
    return before.lower() == after.lower()


def _member(before: str, after: str) -> bool:
    """iamMemberCaseDiffSuppress: email addresses are case-insensitive, principals of a pool are not."""
    return not any(text.startswith(_SENSITIVE) for text in (before, after)) and _case(before, after)


def _number(before: str, after: str) -> bool:
    """ProjectNumberDiffSuppress: the project's number instead of its id."""
    return re.sub(r"projects/\d+", "projects/=", before) == re.sub(r"projects/[^/]+", "projects/=", after)


def _default(value: str) -> Relation:
    """EmptyOrDefaultStringSuppress: an empty text instead of the default."""
    return lambda before, after: {before, after} == {"", value}


def _size(before: str, after: str) -> bool:
    """CidrOrSizeDiffSuppress: the size of a range instead of the range."""
    return after.startswith("/") and before.endswith(after)


def _dot(before: str, after: str) -> bool:
    """AbsoluteDomainSuppress: a domain with or without the trailing dot."""
    return before.rstrip(".") == after.rstrip(".")


# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity: sizes with a binary suffix
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def _bytes(before: str, after: str) -> bool:
    """Quantities in different units: the API server normalizes 1024Gi to 1Ti, and so does the provider."""
    sizes = [re.fullmatch(r"(\d+)([KMGTPE]i)", text) for text in (before, after)]
    return None not in sizes and len({int(size[1]) * 1024 ** _BINARY[size[2]] for size in sizes if size}) == 1


# Of all IAM member types.
_IAM: Final[Mapping[str, Relation]] = {"member": _member}

# Of all Kubernetes objects.
# Source: canonicalNamespace in provider/pkg/provider/util.go of pulumi/pulumi-kubernetes 4.33.
_KUBERNETES: Final[Mapping[str, Relation]] = {"metadata.namespace": _default("default")}
_SECRET: Final = "kubernetes:core/v1:Secret"

RELATIONS: Final[Mapping[str, Mapping[str, Relation]]] = {
    "gcp:artifactregistry/repository:Repository": {"format": _case},
    "gcp:bigquery/dataset:Dataset": {"location": _case},
    "gcp:binaryauthorization/attestor:Attestor": {"attestationAuthorityNote.noteReference": _name_or_link},
    "gcp:certificatemanager/certificate:Certificate": {
        "managed.dnsAuthorizations[*]": _number,
        "managed.issuanceConfig": _name,
        "scope": _default("DEFAULT"),
    },
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": {"map": _name_or_link},
    "gcp:compute/address:Address": {
        "ipVersion": _default("IPV4"),
        "network": _name_or_link,
        "region": _name_or_link,
        "subnetwork": _name_or_link,
    },
    "gcp:compute/globalAddress:GlobalAddress": {
        "addressType": _default("EXTERNAL"),
        "ipVersion": _default("IPV4"),
        "network": _name_or_link,
    },
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": {"managed.domains[*]": _dot},
    "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation": {
        "attachmentTarget": _name_or_link,
        "firewallPolicy": _name_or_link,
    },
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule": {"firewallPolicy": _name},
    "gcp:compute/resourcePolicy:ResourcePolicy": {"region": _name_or_link},
    "gcp:compute/route:Route": {
        "network": _name_or_link,
        "nextHopGateway": _name_or_link,
        "nextHopIlb": _name_or_link,
        "nextHopInstance": _name_or_link,
        "nextHopVpnTunnel": _name_or_link,
    },
    "gcp:compute/router:Router": {"network": _name_or_link, "region": _name_or_link},
    "gcp:compute/routerNat:RouterNat": {"region": _name_or_link, "router": _name_or_link},
    "gcp:compute/subnetwork:Subnetwork": {
        "network": _name_or_link,
        "region": _name_or_link,
        "reservedInternalRange": _name_or_link,
    },
    "gcp:compute/subnetworkIAMMember:SubnetworkIAMMember": {"subnetwork": _name_or_link},
    "gcp:container/cluster:Cluster": {
        "datapathProvider": _default("DATAPATH_PROVIDER_UNSPECIFIED"),
        "ipAllocationPolicy.clusterIpv4CidrBlock": _size,
        "ipAllocationPolicy.servicesIpv4CidrBlock": _size,
        "network": _name_or_link,
        "nodeConfig.guestAccelerators[*].type": _name_or_link,
        "subnetwork": _name_or_link,
    },
    "gcp:container/nodePool:NodePool": {
        "networkConfig.podIpv4CidrBlock": _size,
        "networkConfig.subnetwork": _name_or_link,
        "nodeConfig.guestAccelerators[*].type": _name_or_link,
    },
    "gcp:dataplex/aspectType:AspectType": {"dataClassification": _default("DATA_CLASSIFICATION_UNSPECIFIED")},
    "gcp:dns/managedZone:ManagedZone": {"visibility": _case},
    "gcp:dns/recordSet:RecordSet": {"managedZone": _name_or_link},
    "gcp:filestore/instance:Instance": {"networks[*].network": _name_or_link},
    "gcp:gkehub/feature:Feature": {"name": _name_or_link},
    "gcp:gkehub/featureMembership:FeatureMembership": {"feature": _name_or_link, "membership": _name_or_link},
    "gcp:logging/logView:LogView": {"bucket": _name, "name": _name},
    "gcp:orgpolicy/policy:Policy": {"name": _name, "parent": _name_or_link},
    "gcp:projects/service:Service": {"project": _name},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {"secretId": _name_or_link},
    "gcp:secretmanager/secretVersion:SecretVersion": {"secret": _name_or_link},
    "gcp:servicenetworking/connection:Connection": {"network": _name_or_link},
    "gcp:sql/user:User": {"type": _default("BUILT_IN")},
    "gcp:storage/anywhereCache:AnywhereCache": {"bucket": _name_or_link},
    "gcp:storage/bucket:Bucket": {"customPlacementConfig.dataLocations[*]": _case, "location": _case},
    "gcp:storage/bucketIAMMember:BucketIAMMember": {"bucket": _name},
    "kubernetes:core/v1:PersistentVolume": {"spec.capacity.storage": _bytes},
    "kubernetes:core/v1:PersistentVolumeClaim": {"spec.resources.requests.storage": _bytes},
    "gcp:storage/managedFolder:ManagedFolder": {"bucket": _name_or_link},
    "gcp:storage/managedFolderIamMember:ManagedFolderIamMember": {"bucket": _name_or_link},
}


def is_same(kind: str, path: str, before: Any, after: Any) -> bool:
    """Whether the provider treats these texts as equal; an absent value is the empty text."""
    if kind == _SECRET and path in ("data", "stringData"):
        # The provider converts one into the other, and both are masked: whether they differ is unknown.
        return Placeholder.SECRET in (before, after)
    before, after = "" if before is None else before, "" if after is None else after
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    iam = kind.lower().endswith("iammember")
    general = _KUBERNETES if kind.startswith(KUBERNETES) else _IAM if iam else {}
    relations = {**general, **RELATIONS.get(kind, {})}
    keys = parse(path)
    return any(relation(before, after) for pattern, relation in relations.items() if matches(pattern, keys))
