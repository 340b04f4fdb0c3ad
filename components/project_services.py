"""The Google APIs that a project needs switched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components._common import Component


@dataclass(frozen=True)
class ProjectServicesArgs:
    """The project, and the APIs by host name (``container.googleapis.com``)."""

    project: str
    services: Sequence[str]


class ProjectServices(Component):
    """Switches APIs on. They are never switched off: that would delete what others made with them."""

    def __init__(self, name: str, args: ProjectServicesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare one service for each API; each child is named by its API's first label."""
        super().__init__(name, opts)
        for service in args.services:
            gcp.projects.Service(
                f"{name}-{service.removesuffix('.googleapis.com')}",
                project=args.project,
                service=service,
                disable_on_destroy=False,
                opts=self.child(),
            )
        self.register_outputs({})
