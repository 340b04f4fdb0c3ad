"""Network egress, the image policy and encrypted disks."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.dns_logging import DnsLogging, DnsLoggingArgs
from components.egress import DestinationArgs, RestrictedEgress, RestrictedEgressArgs
from components.encrypted_disks import EncryptedDisks, EncryptedDisksArgs
from components.google_apis import RANGES, GoogleApis, GoogleApisArgs
from components.image_policy import ImagePolicy, ImagePolicyArgs
from components.network import SharedVpc
from components.project_services import ProjectServices
from stacks import labels
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.facts.images import load_images
from stacks.settings.model.egress import EgressMode
from stacks.settings.model.egress import GoogleApis as GoogleApisAccess


def network(settings: Settings, *, google: gcp.Provider, vpc: SharedVpc) -> None:
    """DNS of Google's APIs, DNS logs, and the egress policy of the network."""
    host, network = settings.projects.host, settings.network
    options = pulumi.ResourceOptions(provider=google, depends_on=[vpc])
    access = network.google_apis
    if access is not GoogleApisAccess.PUBLIC:
        GoogleApis(
            "google-apis",
            GoogleApisArgs(
                project=host,
                network_name=network.name,
                network=vpc.network.id,
                vip=access.value,
                labels=labels.shared(settings),
            ),
            options,
        )
    if network.dns_query_logs:
        DnsLogging("dns-logging", DnsLoggingArgs(host, network.name, vpc.network.id), options)
    if network.egress.mode is EgressMode.RESTRICTED:
        RestrictedEgress(
            "egress",
            RestrictedEgressArgs(
                project=host,
                network_name=network.name,
                network=vpc.network.id,
                internal=_internal(settings),
                google_apis=RANGES[access.value],
                allow={
                    key: DestinationArgs([str(cidr) for cidr in entry.cidrs], entry.hosts, entry.ports)
                    for key, entry in network.egress.allow.items()
                },
            ),
            options,
        )


def _internal(settings: Settings) -> list[str]:
    """All ranges of the network: nodes, pods, services, control planes and managed services."""
    network = settings.network
    ranges = [
        network.private_services,
        *(subnet.cidr for subnet in network.subnets.values()),
        *(cidr for subnet in network.subnets.values() for cidr in subnet.secondary.values()),
        *(subnet.cidr for subnet in network.proxy_subnets.values()),
        *(cluster.control_plane_cidr for cluster in settings.clusters.values()),
    ]
    return [str(cidr) for cidr in sorted(ranges)]


def images(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> None:
    """Allowed images: those of the project's registries, of the charts, and of the settings."""
    regions = {settings.region, *(cluster.region for cluster in settings.clusters.values())}
    project = [f"{region}-docker.pkg.dev/{settings.projects.service}/**" for region in sorted(regions)]
    entry = settings.security.images
    ImagePolicy(
        "images",
        ImagePolicyArgs(
            project=settings.projects.service,
            allow=[*project, *load_images().patterns, *entry.allow],
            enforce=entry.enforce,
        ),
        pulumi.ResourceOptions(provider=google, depends_on=[apis]),
    )


def disks(settings: Settings, *, kubernetes: dict[str, k8s.Provider], keys: Keys) -> None:
    """A storage class of disks with customer-managed keys in each cluster, where the settings ask for such keys."""
    for cluster, provider in kubernetes.items():
        key = keys.of(Purpose.DISKS, settings.clusters[cluster].region)
        if key is not None:
            EncryptedDisks(
                f"disks-{cluster}",
                EncryptedDisksArgs(key=key, labels=labels.shared(settings)),
                pulumi.ResourceOptions(provider=provider),
            )
