"""The operators of the ML stack in each cluster."""

from __future__ import annotations

from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import ChartArgs, Kubeflow, KubeflowArgs
from stacks.layers import queue_manager
from stacks.settings import Local, Settings
from stacks.settings.pins import Versions

# A laptop has no mesh yet.
MESH: Final = frozenset({"istio-base", "istio-cni", "istiod"})


def kubeflow(
    settings: Settings | Local, versions: Versions, kubernetes: dict[str, k8s.Provider]
) -> dict[str, Kubeflow]:
    """The operators in each cluster. They know teams by labels of their namespaces, so that a new one changes none."""
    left_out = MESH if isinstance(settings, Local) else frozenset()
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
                    if key not in left_out
                },
                directories={"notebooks": versions.manifests["notebooks"].directory},
            ),
            pulumi.ResourceOptions(provider=provider),
        )
        for cluster, provider in kubernetes.items()
    }


def _added(settings: Settings | Local, versions: Versions, cluster: str) -> dict[str, dict[str, Any]]:
    """Values of charts that depend on the settings or on the cluster, by chart."""
    return {
        "kueue": queue_manager.values(settings, cluster),
        # Where a node keeps network plugins depends on who made the node.
        "istio-cni": {"global": {**versions.charts["istio-cni"].values["global"], "platform": "gke"}},
    }
