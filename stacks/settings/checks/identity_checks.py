"""Deployers whose values do not go together: a job that nobody meant must not become one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, found, one
from stacks.settings.model.identity import Deployer, Organization

# https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers#mappings-and-conditions
LONGEST_SUBJECT: Final = 127
# What a pull request may do is what anybody may do who can open one and find a reviewer: look, and change nothing.
LOOKS: Final = re.compile(r"[vV]iewer$")

ORGANIZATION: Final[TypeAdapter[str]] = TypeAdapter(Organization)
DEPLOYER: Final[TypeAdapter[Deployer]] = TypeAdapter(Deployer)


def subject(organization: str, deployer: Deployer) -> str:
    """What GitHub calls the jobs of a deployer in their tokens.

    Source: https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims.
    """
    jobs = f"ref:refs/heads/{deployer.branch}"
    if deployer.environment is not None:
        jobs = f"environment:{deployer.environment}"
    return f"repo:{organization}/{deployer.repository}:{jobs}"


def check(values: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Every problem of a deployer that takes more than one of its values to see."""
    github = values.get("github")
    organization = one(github, ("organization",), ORGANIZATION)
    for loc, deployer in found(github, ("deployers", EVERY), DEPLOYER, ("github",)):
        for place, message, hint in findings_of(organization, deployer):
            yield Problem(file, key_path((*loc, *place)), message, hint)


def findings_of(organization: str | None, deployer: Deployer) -> Iterator[tuple[Place, str, str]]:
    """What of one deployer does not go together: place below it, message and hint."""
    if (deployer.branch is None) == (deployer.environment is None):
        named = "neither" if deployer.branch is None else "both"
        yield (), f"names {named} of branch and environment", "one of the two"
        return
    if organization is not None and len(found_subject := subject(organization, deployer)) > LONGEST_SUBJECT:
        yield (
            (),
            f"its jobs are called {found_subject[:40]}..., which has {len(found_subject)} characters",
            f"at most {LONGEST_SUBJECT}: a shorter branch or environment",
        )
    if not deployer.pull_requests:
        return
    if deployer.environment is None:
        yield ("pull_requests",), "a pull request has no branch of its own", "an environment that asks for a reviewer"
    for field in ("roles", "host_roles"):
        for index, grant in enumerate(getattr(deployer, field)):
            if LOOKS.search(grant.role) is None:
                yield (field, index), f"{grant.role} can change things, and pull requests may have it", "a viewer role"
