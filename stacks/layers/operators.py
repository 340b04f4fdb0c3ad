"""The operators of the ML stack in each cluster."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import ChartArgs, Kubeflow, KubeflowArgs
from stacks.layers import queue_manager
from stacks.settings import Local, Settings
from stacks.settings.facts.versions import Versions
from stacks.settings.model.local import Platform


def kubeflow(
    settings: Settings | Local, versions: Versions, kubernetes: dict[str, k8s.Provider]
) -> dict[str, Kubeflow]:
    """The operators in each cluster. They know teams by labels of their namespaces, so that a new one changes none."""
    return {
        cluster: Kubeflow(
            f"kubeflow-{cluster}",
            KubeflowArgs(
                charts={
                    key: ChartArgs(
                        chart=pin.chart,
                        version=pin.version,
                        namespace=pin.namespace,
                        repository=pin.repository,
                        values={**pin.values, **_added(settings, versions, cluster).get(key, {})},
                        after=pin.after,
                    )
                    for key, pin in versions.charts.items()
                },
                directories={"notebooks": versions.manifests["notebooks"].directory},
            ),
            pulumi.ResourceOptions(provider=provider),
        )
        for cluster, provider in kubernetes.items()
    }


def _added(settings: Settings | Local, versions: Versions, cluster: str) -> dict[str, dict[str, Any]]:
    """Values of charts that depend on the settings or on the cluster, by chart."""
    platform = _platform(settings, cluster)
    nodes = {} if platform is None else {"platform": platform}
    added = {
        "kueue": queue_manager.values(settings, cluster),
        "istio-cni": {"global": {**versions.charts["istio-cni"].values["global"], **nodes}},
    }
    # A second control plane is for the day on which a node fails: a laptop has one node.
    return {**added, "istiod": {"autoscaleMin": 1}} if isinstance(settings, Local) else added


def _platform(settings: Settings | Local, cluster: str) -> str | None:
    """What Istio's charts call those who made the nodes, and thereby know where these keep network plugins."""
    if isinstance(settings, Settings):
        return "gke"
    platform = settings.clusters[cluster].platform
    # Nodes of kind keep them where the charts look by themselves, and have no name there.
    return None if platform is Platform.KIND else platform.value
