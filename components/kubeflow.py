"""Operators of the ML stack in one cluster: queueing, training, Spark, serving, notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component
from components._manifest_changes import Changes, transform

# A release waits until its pods are ready, which includes image pulls through NAT and a node's start.
TIMEOUT_SECONDS: Final = 900


@dataclass(frozen=True)
class ChartArgs:
    """A Helm chart at an exact version; `repository` is None if `chart` is an OCI reference.

    `after` are keys of the charts that it depends on. `crds` is the key of the CRDs that are declared in place of those
    in the chart's folder crds/.
    """

    chart: str
    version: str
    namespace: str
    repository: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    after: Sequence[str] = ()
    crds: str | None = None


@dataclass(frozen=True)
class FolderArgs:
    """A kustomize folder, the charts that it depends on, and changes to its objects."""

    directory: str
    after: Sequence[str] = ()
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True)
class KubeflowArgs:
    """Charts by key, each later than the charts it depends on, kustomize folders by key, and files of CRDs by key."""

    charts: Mapping[str, ChartArgs]
    folders: Mapping[str, FolderArgs]
    crds: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Kubeflow(Component):
    """Helm releases in the order of their dependencies; CRDs and webhooks work once this component is created."""

    releases: dict[str, k8s.helm.v3.Release]

    def __init__(self, name: str, args: KubeflowArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the CRDs, the releases and the folders, each after what it depends on."""
        super().__init__(name, opts)
        # Helm installs the folder crds/ of a chart once and never upgrades it; declared CRDs change with the pin.
        self.crds = {
            key: k8s.yaml.v2.ConfigGroup(f"{name}-{key}-crds", files=list(files), opts=self.child())
            for key, files in args.crds.items()
        }
        self.releases = {}
        for key, chart in args.charts.items():
            self.releases[key] = self._release(name, key, chart)
        for key, folder in args.folders.items():
            needed = [self.releases[chart] for chart in folder.after]
            changes = [transform(folder.changes)] if folder.changes else None
            k8s.kustomize.v2.Directory(
                f"{name}-{key}", directory=folder.directory, opts=self.child(depends_on=needed, transforms=changes)
            )
        self.register_outputs({})

    def _release(self, name: str, key: str, chart: ChartArgs) -> k8s.helm.v3.Release:
        needed: list[pulumi.Resource] = [self.releases[chart_key] for chart_key in chart.after]
        if chart.crds is not None:
            needed.append(self.crds[chart.crds])
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
            skip_crds=True if chart.crds is not None else None,
            cleanup_on_fail=True,
            timeout=TIMEOUT_SECONDS,
            opts=self.child(depends_on=needed),
        )
