"""Network policies of teams' namespaces, in the cloud and on existing clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.egress import DIRECT_CONNECTIVITY
from components.google_apis import RANGES
from components.pipelines import NAMESPACE as PIPELINES
from components.team_namespace import TeamNamespace
from components.team_network_policies import DestinationArgs, ServiceArgs, TeamNetworkPolicies, TeamNetworkPoliciesArgs
from stacks import labels
from stacks.settings import Local, Settings
from stacks.settings.model.local import Platform

# Namespaces of the platform whose pods call pods of teams, by purpose. Webhooks are called in the operators' own
# namespaces, and no other operator calls the pods that it creates.
# https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed: its collectors scrape. They are a
# DaemonSet of this namespace, without the host's network (manifests/operator.yaml of
# github.com/GoogleCloudPlatform/prometheus-engine at 2ffde4ec7, 2026-07); on Autopilot it is gke-gmp-system.
COLLECTORS: Final = {"monitoring": "gmp-system"}
NOTEBOOKS: Final = {
    # https://github.com/kubeflow/notebooks/tree/v1.11.0/components/notebook-controller: polls notebooks for activity.
    # The namespace is that of the folder in stacks/versions.yaml.
    "notebook-controller": "notebook-controller-system",
}
# https://github.com/kubeflow/pipelines/blob/2.17.0/manifests/kustomize/base/pipeline/ml-pipeline-apiserver-deployment.yaml
PIPELINES_API: Final = ServiceArgs(PIPELINES, {"app": "ml-pipeline"}, [8887, 8888])

# The API server of a laptop has a private address that differs between clusters. Other hosts with such addresses have
# to protect themselves.
PRIVATE_RANGES: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
# Some network plugins apply policies before the address of the service is translated to that of a node, others after.
API_SERVICE_PORT: Final = 443
# https://kubernetes.io/docs/reference/networking/ports-and-protocols,
# https://docs.k3s.io/installation/requirements#networking, https://microk8s.io/docs/services-and-ports,
# https://github.com/kubernetes/minikube/blob/master/pkg/minikube/constants/constants.go
API_SERVER_PORT: Final[Mapping[Platform, int]] = {
    Platform.KIND: 6443,
    Platform.K3D: 6443,
    Platform.K3S: 6443,
    Platform.MICROK8S: 16443,
    Platform.MINIKUBE: 8443,
}


def network_policies(
    settings: Settings | Local,
    *,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
) -> None:
    """The allow rules of each namespace: what every pod needs, and what the team's settings list."""
    for (cluster, team), namespace in namespaces.items():
        TeamNetworkPolicies(
            f"network-policies-{cluster}.{team}",
            _local(settings, cluster, team) if isinstance(settings, Local) else _cloud(settings, cluster, team),
            pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
        )


def _cloud(settings: Settings, cluster: str, team: str) -> TeamNetworkPoliciesArgs:
    return TeamNetworkPoliciesArgs(
        namespace=team,
        labels=labels.team(settings, team),
        proxies=[str(subnet.cidr) for subnet in settings.network.proxy_subnets.values()],
        callers={**COLLECTORS, **NOTEBOOKS},
        google_apis=[RANGES[settings.network.google_apis.value], DIRECT_CONNECTIVITY],
        control_plane=[str(settings.clusters[cluster].control_plane_cidr)],
        services=_services(settings, cluster, team),
        destinations=_destinations(settings, team),
    )


def _local(settings: Local, cluster: str, team: str) -> TeamNetworkPoliciesArgs:
    """Without rules for destinations outside of the cluster, except for the API server."""
    return TeamNetworkPoliciesArgs(
        namespace=team,
        labels=labels.team(settings, team),
        proxies=[],
        callers=NOTEBOOKS if settings.has_operators else {},
        google_apis=[],
        control_plane=PRIVATE_RANGES,
        control_plane_ports=(API_SERVICE_PORT, API_SERVER_PORT[settings.clusters[cluster].platform]),
        in_google=False,
    )


def _services(settings: Settings, cluster: str, team: str) -> dict[str, ServiceArgs]:
    """Services of the platform that a team may call."""
    pipelines = settings.pipelines
    if pipelines is None or pipelines.cluster != cluster or team not in pipelines.teams:
        return {}
    return {"pipelines": PIPELINES_API}


def _destinations(settings: Settings, team: str) -> dict[str, DestinationArgs]:
    """The destinations that a team lists, from the same section that the network's own egress policy uses."""
    allow = settings.network.egress.allow
    return {
        key: DestinationArgs([str(cidr) for cidr in allow[key].cidrs], allow[key].hosts, allow[key].ports)
        for key in settings.teams[team].egress
    }
