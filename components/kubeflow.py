"""The operators of the ML stack in one cluster: queueing, training, Spark, serving, notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component

# A release waits until its pods answer, images pulled through NAT included; GKE's first node may have to start for it.
TIMEOUT_SECONDS: Final = 900


@dataclass(frozen=True)
class ChartArgs:
    """A Helm chart at an exact version. `repository` is None where `chart` is an OCI reference."""

    chart: str
    version: str
    namespace: str
    repository: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    after: Sequence[str] = ()


@dataclass(frozen=True)
class KubeflowArgs:
    """Charts by key, in an order in which none comes before what it is `after`, and kustomize folders by key."""

    charts: Mapping[str, ChartArgs]
    directories: Mapping[str, str]


class Kubeflow(Component):
    """Releases in the order of what they need. What depends on this component finds CRDs and webhooks at work."""

    releases: dict[str, k8s.helm.v3.Release]

    def __init__(self, name: str, args: KubeflowArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the releases and the folders; the folders come after cert-manager, if there is one."""
        super().__init__(name, opts)
        self.releases = {}
        for key, chart in args.charts.items():
            self.releases[key] = self._release(name, key, chart)
        first = [self.releases["cert-manager"]] if "cert-manager" in self.releases else []
        for key, directory in args.directories.items():
            k8s.kustomize.v2.Directory(f"{name}-{key}", directory=directory, opts=self.child(depends_on=first))
        self.register_outputs({})

    def _release(self, name: str, key: str, chart: ChartArgs) -> k8s.helm.v3.Release:
        return k8s.helm.v3.Release(
            f"{name}-{key}",
            # Runbooks and other releases name it.
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
