"""Features of a fleet: Services and gateways across clusters, and the roles of their agents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component, Labels

SERVICES: Final = "multiclusterservicediscovery"
INGRESS: Final = "multiclusteringress"


@dataclass(frozen=True)
class FleetArgs:
    """The projects of the fleet and of the network, and the membership of the config cluster of gateways."""

    project: str
    project_number: str
    host_project: str
    config_membership: str
    labels: Labels


class Fleet(Component):
    """Multi-cluster Services and multi-cluster Gateways. Clusters join the fleet by their `fleet` input."""

    def __init__(self, name: str, args: FleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the features, then the roles of their agents, which are created together with the features.

        Sources: https://cloud.google.com/kubernetes-engine/docs/how-to/msc-setup-with-shared-vpc-networks and
        https://cloud.google.com/kubernetes-engine/docs/how-to/enabling-multi-cluster-gateways.
        """
        super().__init__(name, opts)
        services = gcp.gkehub.Feature(
            f"{name}-services",
            name=SERVICES,
            project=args.project,
            location="global",
            labels=dict(args.labels),
            opts=self.child(),
        )
        ingress = gcp.gkehub.Feature(
            f"{name}-gateway",
            name=INGRESS,
            project=args.project,
            location="global",
            labels=dict(args.labels),
            spec=gcp.gkehub.FeatureSpecArgs(
                multiclusteringress=gcp.gkehub.FeatureSpecMulticlusteringressArgs(
                    config_membership=args.config_membership
                )
            ),
            # Multi-cluster gateways find their backends through multi-cluster Services.
            opts=self.child(depends_on=[services]),
        )
        importer = f"serviceAccount:{args.project}.svc.id.goog[gke-mcs/gke-mcs-importer]"
        number = args.project_number
        grants = {
            "importer": (args.project, "roles/compute.networkViewer", importer),
            "importer-host": (args.host_project, "roles/compute.networkViewer", importer),
            "services-host": (
                args.host_project,
                "roles/multiclusterservicediscovery.serviceAgent",
                f"serviceAccount:service-{number}@gcp-sa-mcsd.iam.gserviceaccount.com",
            ),
            "controller": (
                args.project,
                "roles/container.admin",
                f"serviceAccount:service-{number}@gcp-sa-multiclusteringress.iam.gserviceaccount.com",
            ),
        }
        for key, (project, role, member) in grants.items():
            gcp.projects.IAMMember(
                f"{name}-{key}",
                project=project,
                role=role,
                member=member,
                opts=self.child(depends_on=[services, ingress]),
            )
        self.register_outputs({})
