"""Enabled Google APIs of a project."""

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
    """Enabled APIs. They are never disabled, which would delete resources of others."""

    def __init__(self, name: str, args: ProjectServicesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare each API; a child is named by its API without ``.googleapis.com``."""
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
