"""What a team has in a cluster, in the cluster where it is looked up."""

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
    """The namespace, and what is to be known in it, by key."""

    namespace: str
    entries: Mapping[str, str]
    labels: Labels


class TeamNotes(Component):
    """A ConfigMap ``team`` in the namespace: words for people, and for scripts that must not spell them themselves."""

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
