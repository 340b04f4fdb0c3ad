"""What gets through the walls of teams' namespaces."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.egress import DIRECT_CONNECTIVITY
from components.google_apis import RANGES
from components.pipelines import NAMESPACE as PIPELINES
from components.team_namespace import TeamNamespace
from components.team_network_policies import DestinationArgs, ServiceArgs, TeamNetworkPolicies, TeamNetworkPoliciesArgs
from stacks import labels
from stacks.settings import Settings

# Pods of the platform that call pods of teams, by what for. Webhooks are called in the operators' own namespaces, and
# no other operator speaks to the pods that it starts.
# https://cloud.google.com/stackdriver/docs/managed-prometheus/setup-managed: its collectors scrape. They are a
# DaemonSet of this namespace, without the host's network (manifests/operator.yaml of
# github.com/GoogleCloudPlatform/prometheus-engine at 2ffde4ec7, 2026-07); on Autopilot it is gke-gmp-system.
COLLECTORS: Final = {"monitoring": "gmp-system"}
NOTEBOOKS: Final = {
    # https://github.com/kubeflow/notebooks/tree/v1.11.0/components/notebook-controller: asks notebooks whether anybody
    # works in them. The namespace is that of the folder in stacks/versions.yaml.
    "notebook-controller": "notebook-controller-system",
}
# https://github.com/kubeflow/pipelines/blob/2.17.0/manifests/kustomize/base/pipeline/ml-pipeline-apiserver-deployment.yaml
PIPELINES_API: Final = ServiceArgs(PIPELINES, {"app": "ml-pipeline"}, [8887, 8888])


def walls(
    settings: Settings, kubernetes: dict[str, k8s.Provider], namespaces: dict[tuple[str, str], TeamNamespace]
) -> None:
    """Ways in and out of each namespace: what everybody needs, and what the team's settings name."""
    for (cluster, team), namespace in namespaces.items():
        TeamNetworkPolicies(
            f"network-policies-{cluster}.{team}",
            TeamNetworkPoliciesArgs(
                namespace=team,
                labels=labels.team(settings, team),
                proxies=[str(subnet.cidr) for subnet in settings.network.proxy_subnets.values()],
                callers={**COLLECTORS, **NOTEBOOKS},
                google_apis=[RANGES[settings.network.google_apis.value], DIRECT_CONNECTIVITY],
                control_plane=[str(settings.clusters[cluster].control_plane_cidr)],
                services=_services(settings, cluster, team),
                destinations=_outside(settings, team),
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
        )


def _services(settings: Settings, cluster: str, team: str) -> dict[str, ServiceArgs]:
    pipelines = settings.pipelines
    if pipelines is None or pipelines.cluster != cluster or team not in pipelines.teams:
        return {}
    return {"pipelines": PIPELINES_API}


def _outside(settings: Settings, team: str) -> dict[str, DestinationArgs]:
    """The destinations that the team names, as the network's own egress has them: there is one list of what leaves."""
    allow = settings.network.egress.allow
    return {
        key: DestinationArgs([str(cidr) for cidr in allow[key].cidrs], allow[key].hosts, allow[key].ports)
        for key in settings.teams[team].egress
    }
