"""A persistent volume and its claim, each bound to the other by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi_kubernetes as k8s

from components._common import Component, Labels


@dataclass(frozen=True)
class BoundClaimArgs:
    """The claim, the volume and their size as a Kubernetes quantity, such as ``10Gi``."""

    claim_name: str
    namespace: str
    volume_name: str  # unique in the cluster
    read_only: bool
    size: str
    labels: Labels


def bound_claim(component: Component, name: str, args: BoundClaimArgs, **source: Any) -> None:
    """Declare the volume and the claim; `source` are fields of the volume's spec.

    The volume names its claim, so that no other claim can bind it, and outlives it.
    """
    access_modes = ["ReadOnlyMany" if args.read_only else "ReadWriteMany"]
    size = {"storage": args.size}
    volume = k8s.core.v1.PersistentVolume(
        f"{name}-volume",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=args.volume_name, labels=dict(args.labels)),
        spec=k8s.core.v1.PersistentVolumeSpecArgs(
            access_modes=access_modes,
            capacity=size,
            storage_class_name="",
            # The files outlive the claim, the team and the cluster.
            persistent_volume_reclaim_policy="Retain",
            claim_ref=k8s.core.v1.ObjectReferenceArgs(name=args.claim_name, namespace=args.namespace),
            **source,
        ),
        opts=component.child(),
    )
    k8s.core.v1.PersistentVolumeClaim(
        f"{name}-claim",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=args.claim_name, namespace=args.namespace, labels=dict(args.labels)),
        spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
            access_modes=access_modes,
            resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests=size),
            storage_class_name="",
            volume_name=args.volume_name,
        ),
        opts=component.child(depends_on=[volume]),
    )
