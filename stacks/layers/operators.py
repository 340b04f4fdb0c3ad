"""The operators of the ML stack in each cluster."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kubeflow import ChartArgs, FolderArgs, Kubeflow, KubeflowArgs
from stacks.layers import folders, queue_manager
from stacks.settings import Tenancy
from stacks.settings.facts.versions import Versions


def kubeflow(settings: Tenancy, *, versions: Versions, kubernetes: dict[str, k8s.Provider]) -> dict[str, Kubeflow]:
    """The operators in each cluster. They select teams' namespaces by label: a new team changes no operator."""
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
                        values={**pin.values, **_values(settings, versions, cluster).get(key, {})},
                        after=pin.after,
                        crds=pin.crds,
                    )
                    for key, pin in versions.charts.items()
                },
                folders={
                    key: FolderArgs(pin.directory, pin.after, folders.changes(pin))
                    for key, pin in versions.operator_folders.items()
                },
                crds={key: pin.urls for key, pin in versions.crds.items()},
            ),
            pulumi.ResourceOptions(provider=provider),
        )
        for cluster, provider in kubernetes.items()
    }


def _values(settings: Tenancy, versions: Versions, cluster: str) -> dict[str, dict[str, Any]]:
    """Values of charts that depend on the settings or on the cluster, by chart."""
    platform = settings.node_platform(cluster)
    values = {
        "kueue": queue_manager.values(settings, cluster),
        "istio-cni": {
            "global": {
                **versions.charts["istio-cni"].values["global"],
                **({} if platform is None else {"platform": platform}),
            }
        },
    }
    # A second replica of the control plane is for the failure of a node.
    return values if settings.has_several_nodes else {**values, "istiod": {"autoscaleMin": 1}}
