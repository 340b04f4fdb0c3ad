"""What gets through the walls of teams' namespaces where there is no cloud: own pods, names, and the API server."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components.team_namespace import TeamNamespace
from components.team_walls import TeamWalls, TeamWallsArgs
from stacks import labels
from stacks.layers.walls import NOTEBOOKS
from stacks.settings import Local
from stacks.settings.local import Operators

# The address of an API server on a laptop is some private one, which differs from cluster to cluster, and its port is
# that of kind and k3d or of microk8s: https://microk8s.io/docs/services-and-ports. What else has such an address is
# behind walls of its own.
PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
API_SERVER_PORTS: Final = (443, 6443, 16443)


def walls(
    settings: Local, kubernetes: dict[str, k8s.Provider], namespaces: dict[tuple[str, str], TeamNamespace]
) -> None:
    """Ways in and out of each namespace: what everybody needs, and nothing outside of the cluster."""
    for (cluster, team), namespace in namespaces.items():
        TeamWalls(
            f"walls-{cluster}.{team}",
            TeamWallsArgs(
                namespace=team,
                labels=labels.team(settings, team),
                proxies=[],
                callers={} if settings.operators is Operators.NONE else NOTEBOOKS,
                google_apis=[],
                control_plane=PRIVATE,
                control_plane_ports=API_SERVER_PORTS,
                in_google=False,
            ),
            pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
        )
