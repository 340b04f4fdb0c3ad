"""A ConfigMap with usage notes: what a team has in a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component, Labels

NAME: Final = "team"


@dataclass(frozen=True)
class TeamNotesArgs:
    """The namespace, and the notes by key."""

    namespace: str
    entries: Mapping[str, str]
    labels: Labels


class TeamNotes(Component):
    """A ConfigMap ``team`` in the namespace, for people and for scripts; needs a Kubernetes provider."""

    def __init__(self, name: str, args: TeamNotesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the ConfigMap."""
        super().__init__(name, opts)
        k8s.core.v1.ConfigMap(
            f"{name}-configmap",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, namespace=args.namespace, labels=dict(args.labels)),
            data=dict(args.entries),
            opts=self.child(),
        )
        self.register_outputs({"name": NAME})
