"""Providers: one for Google Cloud and one for each cluster. Every resource uses one of these explicitly."""

from __future__ import annotations

import json

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s
import pulumi_random as random

from stacks.settings import Settings


def google(settings: Settings) -> gcp.Provider:
    """The Google Cloud provider for the service project; resources of the host project set their project explicitly.

    It adds no default labels: they would not reach node pools, and labels should have one source.
    """
    return gcp.Provider(
        "google",
        project=settings.projects.service,
        region=settings.region,
        add_pulumi_attribution_label=False,
    )


def passwords() -> random.Provider:
    """The provider of random values, which are generated once and stored in the state."""
    return random.Provider("random")


def kubernetes(cluster: str, dns_endpoint: pulumi.Input[str], node_pool: pulumi.Resource) -> k8s.Provider:
    """The provider of one cluster, through its DNS endpoint.

    No credential is stored: `gke-gcloud-auth-plugin` requests a token for the user who runs the update. The provider
    waits for a pool with nodes, which webhooks and controllers need.
    """
    return k8s.Provider(
        f"kubernetes-{cluster}",
        kubeconfig=pulumi.Output.from_input(dns_endpoint).apply(lambda host: kubeconfig(cluster, host)),
        enable_server_side_apply=True,
        opts=pulumi.ResourceOptions(depends_on=[node_pool]),
    )


def existing(cluster: str, context: str | None) -> k8s.Provider:
    """The provider of an existing cluster, found as `kubectl` does: through KUBECONFIG, or in ~/.kube."""
    return k8s.Provider(f"kubernetes-{cluster}", context=context, enable_server_side_apply=True)


def kubeconfig(cluster: str, host: str) -> str:
    """A kubeconfig for one cluster; the endpoint's certificate is publicly trusted, so it contains no authority."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": f"https://{host}"}}],
        "users": [
            {
                "name": cluster,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": "gke-gcloud-auth-plugin",
                        "installHint": "gcloud components install gke-gcloud-auth-plugin",
                        "interactiveMode": "Never",
                        "provideClusterInfo": True,
                    }
                },
            }
        ],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "current-context": cluster,
    }
    return json.dumps(config)
