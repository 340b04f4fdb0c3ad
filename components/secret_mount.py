"""Secrets as files in a team's namespace, through GKE's Secret Manager add-on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class SecretMountArgs:
    """The namespace, the project, and the secrets by id; each becomes a file of its name."""

    class_name: str
    namespace: str
    project: str
    secrets: Sequence[str]
    labels: Labels


class SecretMount(Component):
    """The list of secrets that a pod names in a volume; needs a Kubernetes provider.

    The value is read when a pod starts, by the pod's own account: no Kubernetes secret ever holds it.
    """

    def __init__(self, name: str, args: SecretMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the list."""
        super().__init__(name, opts)
        wanted = [
            {"resourceName": f"projects/{args.project}/secrets/{secret}/versions/latest", "path": secret}
            for secret in sorted(args.secrets)
        ]
        k8s.apiextensions.CustomResource(
            f"{name}-class",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args.class_name, namespace=args.namespace, labels=dict(args.labels)
            ),
            # https://cloud.google.com/secret-manager/docs/secret-manager-managed-csi-component: YAML, of which JSON is
            # a part.
            spec={"provider": "gke", "parameters": {"secrets": json.dumps(wanted)}},
            opts=self.child(),
        )
        self.register_outputs({})
