"""Tests of `components.queue_metrics`."""

from __future__ import annotations

from components.queue_metrics import QueueMetrics, QueueMetricsArgs
from tests.components.in_cluster import Objects, in_cluster

RBAC = "rbac.authorization.k8s.io"


def _metrics() -> Objects:
    return in_cluster(QueueMetrics, QueueMetricsArgs(namespace="kueue-system", release="kueue"))


def test_metrics_reader_is_a_service_account_without_mounted_token() -> None:
    """No pod uses the account."""
    metrics = _metrics()

    assert metrics.kind("account") == ("v1", "ServiceAccount")
    assert metrics.metadata("account") == {"name": "metrics-reader", "namespace": "kueue-system"}
    assert metrics.inputs("account")["automountServiceAccountToken"] is False


def test_metrics_reader_may_read_metrics_only() -> None:
    """The binding's role is the one that Kueue's chart declares for this."""
    metrics = _metrics()

    assert metrics.kind("binding") == (f"{RBAC}/v1", "ClusterRoleBinding")
    assert metrics.metadata("binding") == {"name": "kueue-metrics-reader"}
    assert metrics.inputs("binding")["roleRef"] == {
        "apiGroup": RBAC,
        "kind": "ClusterRole",
        "name": "kueue-metrics-reader",
    }
    assert metrics.inputs("binding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "metrics-reader", "namespace": "kueue-system"}
    ]


def test_metrics_reader_has_a_token_in_a_secret() -> None:
    """Kubernetes fills a secret of this type with a token of the annotated account, which must exist before."""
    metrics = _metrics()

    assert metrics.kind("token") == ("v1", "Secret")
    assert metrics.inputs("token")["type"] == "kubernetes.io/service-account-token"
    assert metrics.metadata("token") == {
        "name": "metrics-reader",
        "namespace": "kueue-system",
        "annotations": {"kubernetes.io/service-account.name": "metrics-reader"},
    }
    assert metrics.dependencies("token") == {"account"}


def test_managed_prometheus_may_read_that_secret_only() -> None:
    """The collectors of Managed Prometheus read the token from the secret, and no other secret."""
    metrics = _metrics()
    meta = {"name": "metrics-reader-token", "namespace": "kueue-system"}

    assert metrics.kind("collector-role") == (f"{RBAC}/v1", "Role")
    assert metrics.metadata("collector-role") == meta
    assert metrics.inputs("collector-role")["rules"] == [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["metrics-reader"], "verbs": ["get"]}
    ]
    assert metrics.kind("collector-binding") == (f"{RBAC}/v1", "RoleBinding")
    assert metrics.metadata("collector-binding") == meta
    assert metrics.inputs("collector-binding")["roleRef"] == {
        "apiGroup": RBAC,
        "kind": "Role",
        "name": "metrics-reader-token",
    }
    assert metrics.inputs("collector-binding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "collector", "namespace": "gmp-system"}
    ]


def test_metrics_are_collected_from_the_controller_with_the_token() -> None:
    """Kueue serves metrics over HTTPS with a self-signed certificate and authorizes each request."""
    metrics = _metrics()

    assert metrics.roles == {"account", "binding", "token", "collector-role", "collector-binding", "monitoring"}
    assert metrics.kind("monitoring") == ("monitoring.googleapis.com/v1", "PodMonitoring")
    assert metrics.metadata("monitoring") == {"name": "kueue", "namespace": "kueue-system"}
    assert metrics.spec("monitoring") == {
        "selector": {"matchLabels": {"control-plane": "controller-manager"}},
        "endpoints": [
            {
                "port": "metrics",
                "scheme": "https",
                "interval": "30s",
                "tls": {"insecureSkipVerify": True},
                "authorization": {"credentials": {"secret": {"name": "metrics-reader", "key": "token"}}},
            }
        ],
    }
    assert metrics.dependencies("monitoring") == {"token"}
