"""Kubeflow Pipelines with its state outside of the cluster: metadata in a database, artifacts in a bucket."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

from components._common import Component
from components._manifest_changes import DEPLOYMENT, Changes, annotated, environment, merged, transform

NAMESPACE: Final = "kubeflow"
RUNNER: Final = "pipeline-runner"  # the Kubernetes account of all steps, by the manifests
OBJECT_STORE_SECRET: Final = "mlpipeline-minio-artifact"  # the name that the manifests expect
OBJECT_STORE_HOST: Final = "storage.googleapis.com"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
# Caching of pipelines of version 2 needs no cache server. Its deployer downloads kubectl from the internet and requests
# a certificate for a node's name, and without that certificate the server never becomes ready.
WITHOUT_PODS: Final = ("cache-deployer-deployment", "cache-server")
SKIP_AWAIT: Final = "pulumi.com/skipAwait"
# Names of archived logs in the bucket: https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository
LOG_KEYS: Final = "artifacts/{{workflow.name}}/{{pod.name}}"


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
    """The manifests: kustomize directories by key, of which `cluster-scoped` has the CRDs and the namespace.

    `changes` are those of the directories' objects that do not depend on the state.
    """

    directories: Mapping[str, str]
    state: PipelinesState
    changes: Changes = field(default_factory=dict)


class Pipelines(Component):
    """The manifests of one release, with its state moved; needs a Kubernetes and a random provider."""

    def __init__(self, name: str, args: PipelinesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the CRDs and the namespace, then the secret that the manifests expect, then the other manifests."""
        super().__init__(name, opts)
        scoped = k8s.kustomize.v2.Directory(
            f"{name}-cluster-scoped", directory=args.directories["cluster-scoped"], opts=self.child()
        )
        # The API server and the user interface do not start without this secret, although it gives access to nothing:
        # runs use Workload Identity Federation. The user interface also signs addresses with `secretkey`.
        signing = random.RandomPassword(f"{name}-signing-key", length=32, special=False, opts=self.child())
        secret = k8s.core.v1.Secret(
            f"{name}-object-store",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=OBJECT_STORE_SECRET, namespace=NAMESPACE),
            string_data={"accesskey": "unused", "secretkey": signing.result},
            opts=self.child(depends_on=[scoped]),
        )
        transforms = [transform(merged([changes(args.state), args.changes]))]
        for part, directory in args.directories.items():
            if part != "cluster-scoped":
                k8s.kustomize.v2.Directory(
                    f"{name}-{part}",
                    directory=directory,
                    opts=self.child(depends_on=[scoped, secret], transforms=transforms),
                )
        self.register_outputs({})


def changes(state: PipelinesState) -> Changes:
    """The objects of the manifests that use the database and the bucket, or that are not needed, and their changes."""
    root = pulumi.Output.concat("gs://", state.bucket, "/runs")

    def database_secret(properties: Mapping[str, Any]) -> dict[str, Any]:
        data = {
            "username": base64.b64encode(state.database_user.encode()).decode(),
            "password": pulumi.Output.secret(state.database_password).apply(
                lambda password: base64.b64encode(password.encode()).decode()
            ),
        }
        return {**{key: value for key, value in properties.items() if key != "stringData"}, "data": data}

    def install_config(properties: Mapping[str, Any]) -> dict[str, Any]:
        values = {
            "mysqlHost": state.database_address,
            "bucketName": state.bucket,
            "defaultPipelineRoot": root,
        }
        return {**properties, "data": {**properties["data"], **values}}

    # Runs read this one, into which kustomize copies the root from the other before these changes.
    def launcher(properties: Mapping[str, Any]) -> dict[str, Any]:
        return {**properties, "data": {**(properties.get("data") or {}), "defaultPipelineRoot": root}}

    def controller(properties: Mapping[str, Any]) -> dict[str, Any]:
        repository = pulumi.Output.from_input(state.bucket).apply(_artifact_repository)
        return {**properties, "data": {**properties["data"], "artifactRepository": repository}}

    return {
        (CONFIG_MAP, "pipeline-install-config"): install_config,
        (CONFIG_MAP, "kfp-launcher"): launcher,
        (CONFIG_MAP, "workflow-controller-configmap"): controller,
        ("kubernetes:core/v1:Secret", "mysql-secret"): database_secret,
        ("kubernetes:core/v1:ServiceAccount", RUNNER): annotated({"iam.gke.io/gcp-service-account": state.account}),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", RUNNER): _without_secrets,
        ("kubernetes:core/v1:Service", "cache-server"): annotated({SKIP_AWAIT: "true"}),
        (DEPLOYMENT, "ml-pipeline"): environment(
            {
                "OBJECTSTORECONFIG_HOST": OBJECT_STORE_HOST,
                "OBJECTSTORECONFIG_PORT": "443",
                "OBJECTSTORECONFIG_SECURE": "true",
            }
        ),
        # It reads archived logs over S3 with static keys only; it reads those of existing pods from the API server.
        (DEPLOYMENT, "ml-pipeline-ui"): environment({"ARGO_ARCHIVE_LOGS": "false"}),
        **dict.fromkeys(((DEPLOYMENT, name) for name in WITHOUT_PODS), _without_pods),
    }


def _artifact_repository(bucket: str) -> str:
    """Argo's artifact repository in a bucket, by Workload Identity Federation of the pod's account; JSON is YAML."""
    return json.dumps({"archiveLogs": True, "gcs": {"bucket": bucket, "keyFormat": LOG_KEYS}})


def _without_secrets(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A role without the rules for secrets: the namespace holds the password of the database."""
    rules = [
        {**rule, "resources": [resource for resource in rule["resources"] if resource != "secrets"]}
        for rule in properties["rules"]
    ]
    return {**properties, "rules": [rule for rule in rules if rule["resources"]]}


def _without_pods(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {**properties, "spec": {**properties["spec"], "replicas": 0}}
