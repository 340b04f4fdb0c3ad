"""Tests of `components.pipelines`."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

import pulumi
import pytest

from components._manifest_changes import transform
from components.pipelines import Pipelines, PipelinesArgs, PipelinesState, changes
from groundwork.graph import Graph, Placeholder
from tests.components.declare import declare, declared, depends_on, inputs, read

STATE = PipelinesState(
    account="ml-pipelines@ml-service.iam.gserviceaccount.com",
    bucket="ml-service-pipelines",
    database_address="10.100.0.3",
    database_user="pipelines",
    database_password="correct horse",  # noqa: S106 (a sample)
)
ARGS = PipelinesArgs(
    directories={"cluster-scoped": "manifests/cluster-scoped", "platform": "manifests/platform"},
    state=STATE,
)
DIRECTORY = "kubernetes:kustomize/v2:Directory"


def _graph() -> Graph:
    return declare(lambda: Pipelines("pipelines", ARGS))


def _args(kind: str, props: dict[str, Any], opts: pulumi.ResourceOptions | None = None) -> pulumi.ResourceTransformArgs:
    return pulumi.ResourceTransformArgs(
        custom=True, type_=kind, name="x", props=props, opts=opts or pulumi.ResourceOptions()
    )


def _transformed(kind: str, props: dict[str, Any]) -> dict[str, Any] | None:
    """The properties of an object after the transform, with outputs as in the graph; None if it is unchanged."""
    changed: list[bool] = []
    opts = pulumi.ResourceOptions(protect=True)

    def program() -> None:
        result = transform(changes(STATE))(_args(kind, props, opts))
        assert not isinstance(result, pulumi.Output)
        if result is not None:
            assert isinstance(result, pulumi.ResourceTransformResult)
            assert result.opts is opts
            changed.append(True)
            read(dict(result.props))

    graph = declare(program)
    return inputs(graph, "reader")["value"] if changed else None


def test_pipelines_declare_directories_and_the_object_store_secret() -> None:
    """CRDs and the namespace are first, the secret is in the namespace, and other manifests wait for both."""
    graph = _graph()

    assert declared(graph)["pipelines-object-store"] == "kubernetes:core/v1:Secret"
    assert {node.name: node.inputs for node in graph.of_type(DIRECTORY)} == {
        "pipelines-cluster-scoped": {"directory": "manifests/cluster-scoped"},
        "pipelines-platform": {"directory": "manifests/platform"},
    }
    assert depends_on(graph, "pipelines-cluster-scoped") == set()
    assert depends_on(graph, "pipelines-object-store") == {"pipelines-cluster-scoped", "pipelines-signing-key"}
    assert depends_on(graph, "pipelines-platform") == {"pipelines-cluster-scoped", "pipelines-object-store"}


def test_pipelines_object_store_secret_gives_access_to_nothing() -> None:
    """The manifests expect the name and the namespace of the secret; its key only signs addresses."""
    graph = _graph()
    secret = inputs(graph, "pipelines-object-store")

    assert [node.type for node in graph.of_type("random:index/randomPassword:RandomPassword")] != []
    assert not [node for node in graph if node.type.startswith("gcp:")]
    assert secret["metadata"] == {"name": "mlpipeline-minio-artifact", "namespace": "kubeflow"}
    assert secret["stringData"] == Placeholder.SECRET


def test_pipelines_change_the_objects_of_a_table() -> None:
    """The names are those of the manifests; a test with the manifests finds a name that matches no object."""
    assert {name for _, name in changes(STATE)} == {
        "cache-deployer-deployment",
        "cache-server",
        "kfp-launcher",
        "ml-pipeline",
        "ml-pipeline-ui",
        "mysql-secret",
        "pipeline-install-config",
        "pipeline-runner",
        "workflow-controller-configmap",
    }


@pytest.mark.parametrize("data", [{"data": {"defaultPipelineRoot": "", "other": "x"}}, {"data": {"other": "x"}}])
def test_pipelines_runs_write_artifacts_to_the_bucket(data: dict[str, Any]) -> None:
    """Runs read the root from kfp-launcher, into which kustomize copied an empty value; empty means MinIO."""
    transformed = _transformed("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "kfp-launcher"}, **data})

    assert transformed is not None
    assert transformed["data"] == {"defaultPipelineRoot": "gs://ml-service-pipelines/runs", "other": "x"}


def test_pipelines_steps_write_logs_to_the_bucket_without_a_key() -> None:
    """Argo uses the account of the step's pod where the repository names no key; other settings do not change."""
    data = {"artifactRepository": "s3: {endpoint: seaweedfs}", "executor": "imagePullPolicy: IfNotPresent"}
    props = {"metadata": {"name": "workflow-controller-configmap"}, "data": data}
    transformed = _transformed("kubernetes:core/v1:ConfigMap", props)

    assert transformed is not None
    assert transformed["data"]["executor"] == "imagePullPolicy: IfNotPresent"
    assert json.loads(transformed["data"]["artifactRepository"]) == {
        "archiveLogs": True,
        "gcs": {"bucket": "ml-service-pipelines", "keyFormat": "artifacts/{{workflow.name}}/{{pod.name}}"},
    }


def test_pipelines_runner_cannot_read_secrets() -> None:
    """The namespace holds the password of the database; other rules of the role are not changed."""
    rules = [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["configmaps", "secrets"], "verbs": ["get"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]},
    ]
    props = {"metadata": {"name": "pipeline-runner"}, "rules": rules}
    transformed = _transformed("kubernetes:rbac.authorization.k8s.io/v1:Role", props)

    assert transformed is not None
    assert transformed["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]},
    ]


@pytest.mark.parametrize("name", ["cache-deployer-deployment", "cache-server"])
def test_pipelines_cache_of_version_1_has_no_pods(name: str) -> None:
    """Its deployer downloads kubectl, and needs a certificate that a cluster may refuse."""
    spec = {"replicas": 1, "template": {"spec": {"containers": []}}}
    transformed = _transformed("kubernetes:apps/v1:Deployment", {"metadata": {"name": name}, "spec": spec})

    assert transformed is not None
    assert transformed["spec"] == {**spec, "replicas": 0}


def test_pipelines_do_not_wait_for_endpoints_of_a_service_without_pods() -> None:
    """Pulumi would wait ten minutes for them and fail."""
    transformed = _transformed("kubernetes:core/v1:Service", {"metadata": {"name": "cache-server"}, "spec": {}})

    assert transformed is not None
    assert transformed["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}


def test_pipelines_interface_reads_no_archived_logs() -> None:
    """It could read them with static keys only."""
    env = [{"name": "ARGO_ARCHIVE_LOGS", "value": "true"}, {"name": "OTHER", "value": "x"}]
    spec = {"template": {"spec": {"containers": [{"name": "ml-pipeline-ui", "env": env}]}}}
    transformed = _transformed("kubernetes:apps/v1:Deployment", {"metadata": {"name": "ml-pipeline-ui"}, "spec": spec})

    assert transformed is not None
    assert transformed["spec"]["template"]["spec"]["containers"][0]["env"] == [
        {"name": "ARGO_ARCHIVE_LOGS", "value": "false"},
        {"name": "OTHER", "value": "x"},
    ]


def test_pipelines_configuration_has_the_database_and_the_bucket() -> None:
    """Other keys of the configuration are not changed."""
    props = {
        "metadata": {"name": "pipeline-install-config"},
        "data": {"dbHost": "mysql", "cronScheduleTimezone": "UTC"},
    }

    assert _transformed("kubernetes:core/v1:ConfigMap", props) == {
        "metadata": {"name": "pipeline-install-config"},
        "data": {
            "dbHost": "mysql",
            "cronScheduleTimezone": "UTC",
            "mysqlHost": "10.100.0.3",
            "bucketName": "ml-service-pipelines",
            "defaultPipelineRoot": "gs://ml-service-pipelines/runs",
        },
    }


def test_pipelines_database_secret_has_the_user_and_the_password_encoded() -> None:
    """The manifests' sample password is removed, and the password is secret in the state."""
    props = {"metadata": {"name": "mysql-secret"}, "stringData": {"username": "root", "password": ""}}
    transformed = _transformed("kubernetes:core/v1:Secret", props)

    assert transformed == {
        "metadata": {"name": "mysql-secret"},
        "data": {"username": base64.b64encode(b"pipelines").decode(), "password": Placeholder.SECRET},
    }
    assert props["stringData"] == {"username": "root", "password": ""}


def test_pipelines_database_secret_has_the_base64_text_of_the_password() -> None:
    """Kubernetes decodes the data of a secret."""
    passwords: list[str] = []

    def program() -> None:
        props = {"metadata": {"name": "mysql-secret"}}
        result = transform(changes(STATE))(_args("kubernetes:core/v1:Secret", props))
        assert isinstance(result, pulumi.ResourceTransformResult)
        data = cast("dict[str, Any]", result.props["data"])
        data["password"].apply(passwords.append)

    declare(program)

    assert passwords == [base64.b64encode(b"correct horse").decode()]


@pytest.mark.parametrize("annotations", [None, {"team": "platform"}])
def test_pipelines_runner_acts_as_the_service_account(annotations: dict[str, str] | None) -> None:
    """Other annotations and metadata of the account are not changed."""
    metadata = {"name": "pipeline-runner", "namespace": "kubeflow"}
    if annotations is not None:
        metadata["annotations"] = annotations  # type: ignore[assignment]

    assert _transformed("kubernetes:core/v1:ServiceAccount", {"metadata": metadata}) == {
        "metadata": {
            "name": "pipeline-runner",
            "namespace": "kubeflow",
            "annotations": {
                **(annotations or {}),
                "iam.gke.io/gcp-service-account": "ml-pipelines@ml-service.iam.gserviceaccount.com",
            },
        }
    }


def test_pipelines_api_server_uses_cloud_storage() -> None:
    """Only the three variables of the object store change, in every container that has them."""
    containers = [
        {
            "name": "ml-pipeline-api-server",
            "image": "api-server",
            "env": [
                {"name": "OBJECTSTORECONFIG_HOST", "value": "minio"},
                {"name": "OBJECTSTORECONFIG_PORT", "value": "9000"},
                {"name": "OBJECTSTORECONFIG_SECURE", "value": "false"},
                {"name": "LOG_LEVEL", "value": "info"},
            ],
        },
        {"name": "sidecar"},
    ]
    spec = {
        "replicas": 1,
        "template": {"metadata": {"labels": {"app": "ml-pipeline"}}, "spec": {"containers": containers}},
    }
    transformed = _transformed("kubernetes:apps/v1:Deployment", {"metadata": {"name": "ml-pipeline"}, "spec": spec})

    assert transformed == {
        "metadata": {"name": "ml-pipeline"},
        "spec": {
            "replicas": 1,
            "template": {
                "metadata": {"labels": {"app": "ml-pipeline"}},
                "spec": {
                    "containers": [
                        {
                            "name": "ml-pipeline-api-server",
                            "image": "api-server",
                            "env": [
                                {"name": "OBJECTSTORECONFIG_HOST", "value": "storage.googleapis.com"},
                                {"name": "OBJECTSTORECONFIG_PORT", "value": "443"},
                                {"name": "OBJECTSTORECONFIG_SECURE", "value": "true"},
                                {"name": "LOG_LEVEL", "value": "info"},
                            ],
                        },
                        {"name": "sidecar"},
                    ]
                },
            },
        },
    }


@pytest.mark.parametrize(
    ("kind", "props"),
    [
        ("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "ml-pipeline-ui-configmap"}}),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "mlpipeline-minio-artifact"}}),
        ("kubernetes:core/v1:ServiceAccount", {"metadata": {"name": "argo"}}),
        ("kubernetes:apps/v1:Deployment", {"metadata": {"name": "workflow-controller"}}),
        ("kubernetes:core/v1:Service", {"metadata": {"name": "ml-pipeline"}}),
        ("kubernetes:core/v1:List", {}),
    ],
)
def test_pipelines_do_not_change_other_objects(kind: str, props: dict[str, Any]) -> None:
    """An object of another kind or name has no transform, with or without metadata."""
    assert _transformed(kind, props) is None
