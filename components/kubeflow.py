"""Operators of the ML stack in one cluster: queueing, training, Spark, serving, notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component

# A release waits until its pods are ready, which includes image pulls through NAT and a node's start.
TIMEOUT_SECONDS: Final = 900


@dataclass(frozen=True)
class ChartArgs:
    """A Helm chart at an exact version; `repository` is None if `chart` is an OCI reference.

    `after` are keys of the charts that it depends on.
    """

    chart: str
    version: str
    namespace: str
    repository: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    after: Sequence[str] = ()


@dataclass(frozen=True)
class KubeflowArgs:
    """Charts by key, each later than the charts it depends on, and kustomize folders by key."""

    charts: Mapping[str, ChartArgs]
    directories: Mapping[str, str]


class Kubeflow(Component):
    """Helm releases in the order of their dependencies; CRDs and webhooks work once this component is created."""

    releases: dict[str, k8s.helm.v3.Release]

    def __init__(self, name: str, args: KubeflowArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the releases and the folders, which depend on cert-manager if it is one of the charts."""
        super().__init__(name, opts)
        self.releases = {}
        for key, chart in args.charts.items():
            self.releases[key] = self._release(name, key, chart)
        cert_manager = [self.releases["cert-manager"]] if "cert-manager" in self.releases else []
        for key, directory in args.directories.items():
            k8s.kustomize.v2.Directory(f"{name}-{key}", directory=directory, opts=self.child(depends_on=cert_manager))
        self.register_outputs({})

    def _release(self, name: str, key: str, chart: ChartArgs) -> k8s.helm.v3.Release:
        return k8s.helm.v3.Release(
            f"{name}-{key}",
            # A fixed name, which runbooks and other releases refer to.
            name=key,
            chart=chart.chart,
            version=chart.version,
            repository_opts=k8s.helm.v3.RepositoryOptsArgs(repo=chart.repository) if chart.repository else None,
            namespace=chart.namespace,
            create_namespace=True,
            values=dict(chart.values),
            cleanup_on_fail=True,
            timeout=TIMEOUT_SECONDS,
            opts=self.child(depends_on=[self.releases[needed] for needed in chart.after]),
        )
