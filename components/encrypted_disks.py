"""A storage class for disks of pods that are encrypted with a customer-managed key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

CLASS_NAME: Final = "encrypted-rwo"  # the storageClassName of claims


@dataclass(frozen=True)
class EncryptedDisksArgs:
    """The full name of the key, which must be in the cluster's region."""

    key: pulumi.Input[str]
    labels: Labels


class EncryptedDisks(Component):
    """A storage class of the persistent disk CSI driver; needs a Kubernetes provider."""

    def __init__(self, name: str, args: EncryptedDisksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the storage class."""
        super().__init__(name, opts)
        k8s.storage.v1.StorageClass(
            f"{name}-class",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=CLASS_NAME, labels=dict(args.labels)),
            provisioner="pd.csi.storage.gke.io",
            parameters={"type": "pd-balanced", "disk-encryption-kms-key": args.key},
            # The disk is created in the zone of its pod, and grows with its claim.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Delete",
            opts=self.child(),
        )
        self.register_outputs({})
