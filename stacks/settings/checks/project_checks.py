"""The projects of the shared VPC."""

from __future__ import annotations

from collections.abc import Iterator

from stacks.settings.checks.context import CloudContext
from stacks.settings.core.problems import Problem


def check(context: CloudContext) -> Iterator[Problem]:
    """One project in both roles."""
    projects = context.settings.projects
    if projects.service == projects.host:
        yield context.problem(
            ("projects", "service"),
            f"{projects.service!r} is also the host project",
            "a shared VPC needs two projects: the host owns the network, the service project uses it",
        )
