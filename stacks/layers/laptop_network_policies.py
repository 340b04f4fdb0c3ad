"""What gets through the walls of teams' namespaces where there is no cloud: own pods, names, and the API server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.team_namespace import TeamNamespace
from components.team_network_policies import TeamNetworkPolicies, TeamNetworkPoliciesArgs
from stacks import labels
from stacks.layers.network_policies import NOTEBOOKS
from stacks.settings import Local
from stacks.settings.model.local import Operators, Platform

# The address of an API server on a laptop is some private one, which differs from cluster to cluster. What else has
# such an address is behind walls of its own.
PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
# Some walls look at a connection before the address of the service becomes that of a node, others after it.
SERVICE_PORT: Final = 443
# https://kubernetes.io/docs/reference/networking/ports-and-protocols,
# https://docs.k3s.io/installation/requirements#networking, https://microk8s.io/docs/services-and-ports,
# https://github.com/kubernetes/minikube/blob/master/pkg/minikube/constants/constants.go
API_SERVER: Final[Mapping[Platform, int]] = {
    Platform.KIND: 6443,
    Platform.K3D: 6443,
    Platform.K3S: 6443,
    Platform.MICROK8S: 16443,
    Platform.MINIKUBE: 8443,
}


def walls(
    settings: Local, kubernetes: dict[str, k8s.Provider], namespaces: dict[tuple[str, str], TeamNamespace]
) -> None:
    """Ways in and out of each namespace: what everybody needs, and nothing outside of the cluster."""
    for (cluster, team), namespace in namespaces.items():
        TeamNetworkPolicies(
            f"network-policies-{cluster}.{team}",
            TeamNetworkPoliciesArgs(
                namespace=team,
                labels=labels.team(settings, team),
                proxies=[],
                callers={} if settings.operators is Operators.NONE else NOTEBOOKS,
                google_apis=[],
                control_plane=PRIVATE,
                control_plane_ports=(SERVICE_PORT, API_SERVER[settings.clusters[cluster].platform]),
                in_google=False,
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
        )
