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
    """The namespace, the project, and the ids of the secrets; each is a file of that name."""

    class_name: str
    namespace: str
    project: str
    secrets: Sequence[str]
    labels: Labels


class SecretMount(Component):
    """A SecretProviderClass, which pods name in a volume; needs a Kubernetes provider.

    The driver reads the values at pod start with the pod's service account: no Kubernetes secret contains them.
    """

    def __init__(self, name: str, args: SecretMountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the SecretProviderClass."""
        super().__init__(name, opts)
        secrets = [
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
            # https://cloud.google.com/secret-manager/docs/secret-manager-managed-csi-component: the value is YAML,
            # of which JSON is a subset.
            spec={"provider": "gke", "parameters": {"secrets": json.dumps(secrets)}},
            opts=self.child(),
        )
        self.register_outputs({})
