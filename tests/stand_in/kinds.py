"""Behavior by type: ids, outputs that the cloud computes, and deletion protection.

A type that is not in these tables has its inputs as outputs. Replacements are those of `groundwork.diff.replacements`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from groundwork.wire import UNKNOWN_STRING
from tests.stand_in.values import Properties, at, bare, is_unknown, with_value

KUBERNETES: Final = "kubernetes:"

# The id of a resource: the inputs of its location and parents, then its name.
_PLACE: Final = ("project", "location", "region", "zone", "cluster", "instance", "router", "managedZone")
_NAMES: Final = ("name", "accountId", "repositoryId", "secretId", "datasetId")
_OBJECT: Final = ("metadata.namespace", "metadata.name", "namespace", "name")
# Grants and attachments have no name; their id is made of all their inputs.
_RELATIONS: Final = (
    "iammember",
    "iambinding",
    "connection",
    "serviceproject",
    "hostproject",
    "projects/service:service",
)

# Computed outputs by type: a template for each path, filled with the inputs, and with `hash`, `digest` and `number` of
# the id.
_COMPUTED: Final[Mapping[str, Mapping[str, str]]] = {
    "gcp:artifactregistry/repository:Repository": {
        "name": "{repositoryId}",
        "registryUri": "{location}-docker.pkg.dev/{project}/{repositoryId}",
    },
    "gcp:billing/budget:Budget": {"name": "{number}"},
    "gcp:compute/globalAddress:GlobalAddress": {
        "address": "10.64.32.0",
        "selfLink": "https://www.googleapis.com/compute/v1/projects/{project}/global/addresses/{name}",
    },
    "gcp:compute/network:Network": {
        "selfLink": "https://www.googleapis.com/compute/v1/projects/{project}/global/networks/{name}",
    },
    "gcp:compute/subnetwork:Subnetwork": {
        "selfLink": "https://www.googleapis.com/compute/v1/projects/{project}/regions/{region}/subnetworks/{name}",
    },
    "gcp:container/cluster:Cluster": {
        "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint": "gke-{hash}.{location}.gke.goog",
        "endpoint": "172.16.0.2",
        "selfLink": "https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{name}",
    },
    "gcp:bigquery/connection:Connection": {
        "cloudResource.serviceAccountId": "bqcx-{number}-{hash:.4}@gcp-sa-bigquery-condel.iam.gserviceaccount.com",
    },
    "gcp:filestore/instance:Instance": {"networks.0.ipAddresses.0": "10.64.33.2"},
    "gcp:monitoring/alertPolicy:AlertPolicy": {"name": "projects/{project}/alertPolicies/{number}"},
    "gcp:monitoring/notificationChannel:NotificationChannel": {
        "name": "projects/{project}/notificationChannels/{number}",
    },
    "gcp:serviceaccount/account:Account": {
        "email": "{accountId}@{project}.iam.gserviceaccount.com",
        "member": "serviceAccount:{accountId}@{project}.iam.gserviceaccount.com",
        "name": "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
        "uniqueId": "{number}",
    },
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "connectionName": "{project}:{region}:{name}",
        "firstIpAddress": "10.64.32.3",
        "privateIpAddress": "10.64.32.3",
        "serviceAccountEmailAddress": "p{number}-{hash}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
    },
    "gcp:storage/bucket:Bucket": {
        "selfLink": "https://www.googleapis.com/storage/v1/b/{name}",
        "url": "gs://{name}",
    },
    "gcp:storage/hmacKey:HmacKey": {"accessId": "GOOG{hash}", "secret": "{digest:.40}"},
    "kubernetes:helm.sh/v3:Release": {
        "status.name": "{name}",
        "status.namespace": "{namespace}",
        "status.status": "deployed",
    },
    "random:index/randomPassword:RandomPassword": {"result": "{digest:.32}"},
}

# Types whose provider refuses deletion while this input is true, which is the default.
_GUARDED: Final[Mapping[str, str]] = {
    "gcp:bigquery/table:Table": "deletionProtection",
    "gcp:container/cluster:Cluster": "deletionProtection",
    "gcp:filestore/instance:Instance": "deletionProtectionEnabled",
    "gcp:secretmanager/secret:Secret": "deletionProtection",
    "gcp:sql/databaseInstance:DatabaseInstance": "deletionProtection",
}
# Of these types the default is false.
_UNGUARDED: Final = frozenset({"gcp:filestore/instance:Instance", "gcp:secretmanager/secret:Secret"})


def identity(kind: str, urn: str, inputs: Properties) -> str:
    """The id: readable, the same in every run, and equal for resources that cannot both exist."""
    # Without a name in the program, the cloud generates one for each resource.
    label = f"{urn.rpartition('::')[2]}-{hashlib.sha256(urn.encode()).hexdigest()[:8]}"
    if kind.startswith(KUBERNETES):
        return "/".join(_texts(inputs, _OBJECT)) or label
    if kind.lower().endswith(_RELATIONS):
        return "/".join(_texts(inputs, [*sorted(inputs), "condition.title"])) or label
    # DNS records of different types may have the same name.
    names = [*_texts(inputs, _NAMES)] or [label]
    return "/".join([*_texts(inputs, _PLACE), *names, *_texts(inputs, ["type"])])


def outputs(kind: str, resource_id: str, inputs: Properties, config: Mapping[str, Any]) -> Properties:
    """The inputs and the computed outputs, which are unknown if the id is "" (in a preview) or one of their inputs is.

    `config` is the provider's configuration, with the default project and region.
    """
    found = inputs
    digest = hashlib.sha256(resource_id.encode()).hexdigest()
    added = {"hash": digest[:12], "digest": digest, "number": str(int(digest, 16))[:12]}
    for path, template in _COMPUTED.get(kind, {}).items():
        fields = _Fields({**config, **inputs, **added})
        text = template.format_map(fields)
        found = with_value(found, path, UNKNOWN_STRING if not resource_id or fields.unknown else text)
    return found


def refusal(kind: str, properties: Properties) -> str | None:
    """The error with which the provider refuses to delete a resource, or None."""
    guard = _GUARDED.get(kind)
    if guard is None or at(properties, guard) in ((False, None) if kind in _UNGUARDED else (False,)):
        return None
    what = kind.rpartition(":")[2].lower()
    return f"Cannot destroy {what} because {guard} is set to true. Set it to false to proceed with {what} deletion."


def place(package: str, config: Mapping[str, Any]) -> str:
    """The API server of the cluster that a provider manages, or "" for Google Cloud."""
    kubeconfig = at(config, "kubeconfig")
    if package != "kubernetes" or not isinstance(kubeconfig, str) or is_unknown(kubeconfig):
        return ""
    try:
        clusters = json.loads(kubeconfig)["clusters"]
        return str(clusters[0]["cluster"]["server"]).removeprefix("https://")
    except (ValueError, LookupError, TypeError):
        return hashlib.sha256(kubeconfig.encode()).hexdigest()[:12]


class _Fields(dict[str, Any]):
    """The fields of a template; records whether one of them is unknown. Missing fields are empty."""

    unknown = False

    def __getitem__(self, key: str) -> Any:
        value = bare(self.get(key))
        self.unknown = self.unknown or is_unknown(value)
        return "" if value is None else value


def _texts(inputs: Properties, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        value = at(inputs, path)
        if isinstance(value, str) and value:
            yield value
