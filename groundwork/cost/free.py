"""Resources that are free: names, grants and settings, and objects that run on machines priced elsewhere."""

from __future__ import annotations

from typing import Final

from groundwork.cost.inputs import known
from groundwork.cost.resource_types import GLOBAL_ADDRESS, SERVICE, VOLUME_CLAIM
from groundwork.graph import Node, at

TYPES: Final = frozenset(
    {
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        "gcp:bigquery/connection:Connection",
        "gcp:bigquery/datasetIamMember:DatasetIamMember",
        "gcp:billing/budget:Budget",
        "gcp:binaryauthorization/policy:Policy",
        "gcp:compute/firewall:Firewall",
        "gcp:compute/network:Network",
        "gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation",
        "gcp:compute/router:Router",
        "gcp:compute/sharedVPCHostProject:SharedVPCHostProject",
        "gcp:compute/sharedVPCServiceProject:SharedVPCServiceProject",
        "gcp:compute/subnetworkIAMMember:SubnetworkIAMMember",
        "gcp:dns/recordSet:RecordSet",
        "gcp:gkebackup/restoreChannel:RestoreChannel",
        "gcp:gkebackup/restorePlan:RestorePlan",
        "gcp:gkehub/feature:Feature",
        "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
        "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:kms/keyRing:KeyRing",
        "gcp:logging/logViewIamMember:LogViewIamMember",
        "gcp:logging/projectExclusion:ProjectExclusion",
        "gcp:logging/projectSink:ProjectSink",
        "gcp:monitoring/dashboard:Dashboard",
        "gcp:monitoring/notificationChannel:NotificationChannel",
        "gcp:projects/iAMCustomRole:IAMCustomRole",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/service:Service",
        "gcp:projects/serviceIdentity:ServiceIdentity",
        "gcp:pubsub/topicIAMMember:TopicIAMMember",
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        "gcp:serviceaccount/account:Account",
        "gcp:serviceaccount/iAMMember:IAMMember",
        "gcp:servicenetworking/connection:Connection",
        "gcp:sql/database:Database",
        "gcp:sql/user:User",
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "gcp:storage/hmacKey:HmacKey",
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "random:index/randomPassword:RandomPassword",
    }
)

# API groups whose objects only use capacity of the cluster. A Service or a volume claim may use more: see `is_free`.
KUBERNETES_GROUPS: Final = (
    "apps/",
    "autoscaling/",
    "batch/",
    "core/",
    "policy/",
    "admissionregistration.k8s.io/",
    "apiextensions.k8s.io/",
    "apiregistration.k8s.io/",
    "kueue.x-k8s.io/",
    "net.gke.io/",
    "networking.gke.io/",
    "networking.istio.io/",
    "rbac.authorization.k8s.io/",
    "scheduling.k8s.io/",
    "secrets-store.csi.x-k8s.io/",
    "security.istio.io/",
    "storage.k8s.io/",
)
PREFIXES: Final = tuple(f"kubernetes:{group}" for group in KUBERNETES_GROUPS)


def is_free(node: Node) -> bool:
    """Whether a resource is free, whatever its usage."""
    match node.type:
        case kind if kind == GLOBAL_ADDRESS:
            return bool(known(node, "addressType") == "INTERNAL")
        case kind if kind == VOLUME_CLAIM:
            return bool(at(node.inputs, "spec.volumeName"))  # bound to a volume by name: nothing is provisioned
        case kind if kind == SERVICE:
            return at(node.inputs, "spec.type") in (None, "ClusterIP", "NodePort", "ExternalName")
        case kind:
            return kind in TYPES or kind.startswith(PREFIXES)
