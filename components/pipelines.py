"""Kubeflow Pipelines with its state outside of the cluster: metadata in a database, artifacts in a bucket."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components._common import Component

NAMESPACE: Final = "kubeflow"
RUNNER: Final = "pipeline-runner"  # the Kubernetes account of all steps, by the manifests
OBJECT_STORE_SECRET: Final = "mlpipeline-minio-artifact"  # the name that the manifests expect
OBJECT_STORE_HOST: Final = "storage.googleapis.com"


@dataclass(frozen=True)
class PipelinesState:
    """The location of the state: the bucket, the service account that runs use it as, and the database."""

    account: str
    bucket: pulumi.Input[str]
    database_address: pulumi.Input[str]
    database_user: str
    database_password: pulumi.Input[str]


@dataclass(frozen=True)
class PipelinesArgs:
    """The manifests: kustomize directories by key, of which `cluster-scoped` has the CRDs and the namespace."""

    directories: Mapping[str, str]
    project: str
    state: PipelinesState


class Pipelines(Component):
    """The manifests of one release, with its state moved; needs a Google Cloud and a Kubernetes provider."""

    def __init__(self, name: str, args: PipelinesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the CRDs and the namespace, then the secret that the manifests expect, then the other manifests."""
        super().__init__(name, opts)
        scoped = k8s.kustomize.v2.Directory(
            f"{name}-cluster-scoped", directory=args.directories["cluster-scoped"], opts=self.child()
        )
        # The API server uses S3; Cloud Storage accepts that with an HMAC key of the runners' account.
        key = gcp.storage.HmacKey(
            f"{name}-object-store-key",
            project=args.project,
            service_account_email=args.state.account,
            opts=self.child(),
        )
        secret = k8s.core.v1.Secret(
            f"{name}-object-store",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=OBJECT_STORE_SECRET, namespace=NAMESPACE),
            string_data={"accesskey": key.access_id, "secretkey": key.secret},
            opts=self.child(depends_on=[scoped]),
        )
        for part, directory in args.directories.items():
            if part != "cluster-scoped":
                k8s.kustomize.v2.Directory(
                    f"{name}-{part}",
                    directory=directory,
                    opts=self.child(depends_on=[scoped, secret], transforms=[_transform(args.state)]),
                )
        self.register_outputs({})


def _transform(state: PipelinesState) -> pulumi.ResourceTransform:
    """Use the database and the bucket instead of those that the manifests would start in the cluster."""

    def transform(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        properties: dict[str, Any] = dict(given.props)
        match given.type_, (properties.get("metadata") or {}).get("name"):
            case "kubernetes:core/v1:ConfigMap", "pipeline-install-config":
                properties["data"] = {
                    **properties["data"],
                    "mysqlHost": state.database_address,
                    "bucketName": state.bucket,
                    "defaultPipelineRoot": pulumi.Output.concat("gs://", state.bucket, "/runs"),
                }
            case "kubernetes:core/v1:Secret", "mysql-secret":
                properties["data"] = {
                    "username": base64.b64encode(state.database_user.encode()).decode(),
                    "password": pulumi.Output.secret(state.database_password).apply(
                        lambda password: base64.b64encode(password.encode()).decode()
                    ),
                }
                properties.pop("stringData", None)
            case "kubernetes:core/v1:ServiceAccount", name if name == RUNNER:
                annotation = {"iam.gke.io/gcp-service-account": state.account}
                metadata = properties["metadata"]
                properties["metadata"] = {
                    **metadata,
                    "annotations": {**(metadata.get("annotations") or {}), **annotation},
                }
            case "kubernetes:apps/v1:Deployment", "ml-pipeline":
                properties["spec"] = _with_object_store(properties["spec"])
            case _:
                return None
        return pulumi.ResourceTransformResult(props=properties, opts=given.opts)

    return transform


def _with_object_store(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of the API server's Deployment, with Cloud Storage as its object store."""
    overrides = {
        "OBJECTSTORECONFIG_HOST": OBJECT_STORE_HOST,
        "OBJECTSTORECONFIG_PORT": "443",
        "OBJECTSTORECONFIG_SECURE": "true",
    }
    template = spec["template"]
    containers = [
        {
            **container,
            "env": [
                {"name": entry["name"], "value": overrides[entry["name"]]} if entry["name"] in overrides else entry
                for entry in container.get("env") or []
            ],
        }
        for container in template["spec"]["containers"]
    ]
    return {**spec, "template": {**template, "spec": {**template["spec"], "containers": containers}}}
