"""Filestore shares and their mounts."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.file_share import SHARE, FileShare, FileShareArgs, FileShareNetworkArgs
from components.file_share_mount import FileShareMount, FileShareMountArgs
from components.network import SharedVpc
from components.team_namespace import TeamNamespace
from stacks import labels
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.facts.file_tiers import tiers
from stacks.settings.model.file_shares import FileShare as FileShareSettings


def shares(settings: Settings, *, google: gcp.Provider, vpc: SharedVpc, keys: Keys) -> dict[str, FileShare]:
    """Shares by key, after the peering that provides their addresses."""
    return {
        key: FileShare(
            f"files-{key}",
            FileShareArgs(
                instance_name=key,
                project=settings.projects.service,
                location=entry.location,
                tier=entry.tier.value,
                capacity_gib=entry.capacity_gib,
                protocol=entry.protocol.value,
                network=FileShareNetworkArgs(
                    network=vpc.network.id,
                    reserved_range=f"{settings.network.name}-private-services",
                    clients=_clients(settings, entry),
                ),
                key=keys.of(Purpose.FILES, entry.region) if tiers()[entry.tier].customer_managed_key else None,
                deletion_protection=entry.deletion_protection,
                labels=labels.data(settings, entry.team, entry.data_class),
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[vpc.private_services]),
        )
        for key, entry in settings.file_shares.items()
    }


def _clients(settings: Settings, entry: FileShareSettings) -> list[str]:
    """The node ranges that may mount the share: mounts come from nodes, not from pods."""
    clusters = {cluster for team in entry.teams for cluster in settings.teams[team].clusters}
    subnets = {settings.clusters[cluster].subnet for cluster in clusters}
    return sorted(str(settings.network.subnets[subnet].cidr) for subnet in subnets)


def mounts(
    settings: Settings,
    *,
    kubernetes: dict[str, k8s.Provider],
    namespaces: dict[tuple[str, str], TeamNamespace],
    shares: dict[str, FileShare],
) -> None:
    """Shares mounted in the namespaces of their teams, in each of their clusters."""
    for key, entry in settings.file_shares.items():
        for (cluster, team), namespace in namespaces.items():
            if team not in entry.teams:
                continue
            FileShareMount(
                f"files-{key}-{cluster}.{team}",
                FileShareMountArgs(
                    claim_name=key,
                    namespace=team,
                    location=entry.location,
                    instance=key,
                    share=SHARE,
                    address=shares[key].address,
                    capacity_gib=entry.capacity_gib,
                    protocol=entry.protocol.value,
                    labels=labels.team(settings, team),
                ),
                pulumi.ResourceOptions(provider=kubernetes[cluster], depends_on=[namespace]),
            )
