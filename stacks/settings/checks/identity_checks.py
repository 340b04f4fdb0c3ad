"""Deployers whose values do not fit each other, so that other jobs could use their identity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import CloudContext, each
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import EVERY, values_at
from stacks.settings.core.unknown import until_unknown
from stacks.settings.model.grants import RoleTerms
from stacks.settings.model.identity import Deployer

# https://cloud.google.com/iam/docs/workload-identity-federation-with-other-providers#mappings-and-conditions
LONGEST_SUBJECT: Final = 127
# A role for pull requests is granted to everyone who can open one and find a reviewer: it may read and nothing else.
READ_ONLY: Final = re.compile(r"[vV]iewer$")


def subject(organization: str, deployer: Deployer) -> str:
    """The subject of the tokens that GitHub issues to the jobs of a deployer.

    Source: https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims.
    """
    jobs = f"ref:refs/heads/{deployer.branch}"
    if deployer.environment is not None:
        jobs = f"environment:{deployer.environment}"
    return f"repo:{organization}/{deployer.repository}:{jobs}"


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one deployer."""
    if context.settings.github is not None:
        yield from each(context, context.settings.github.deployers, _source, _pull_requests_branch, _pull_request_roles)


def _source(context: CloudContext, name: str, deployer: Deployer) -> Iterator[Problem]:
    yield from source(context, ("github", "deployers", name), deployer)


def source(context: CloudContext, here: Place, deployer: Deployer) -> Iterator[Problem]:
    """Problems with the jobs that an identity is for."""
    if (deployer.branch is None) == (deployer.environment is None):
        which = "neither" if deployer.branch is None else "both"
        yield context.problem(here, f"names {which} of branch and environment", "set exactly one of the two")
        return
    if context.settings.github is None:
        return
    if len(full := subject(context.settings.github.organization, deployer)) > LONGEST_SUBJECT:
        yield context.problem(
            here,
            f"the subject of its tokens, {full[:40]}..., has {len(full)} characters",
            f"at most {LONGEST_SUBJECT}: a shorter branch or environment",
        )


def _pull_requests_branch(context: CloudContext, name: str, deployer: Deployer) -> Iterator[Problem]:
    if deployer.pull_requests and deployer.environment is None and deployer.branch is not None:
        yield context.problem(
            ("github", "deployers", name, "pull_requests"),
            "jobs of pull requests do not run on a branch of the repository",
            "set environment, with required reviewers, in place of branch",
        )


def _pull_request_roles(context: CloudContext, name: str, deployer: Deployer) -> Iterator[Problem]:
    if not deployer.pull_requests or (deployer.branch is None) == (deployer.environment is None):
        return
    here = ("github", "deployers", name)
    for place, grant in (
        *values_at(deployer, ("roles", EVERY), here),
        *values_at(deployer, ("host_roles", EVERY), here),
    ):
        yield from until_unknown(_writing_role(context, place, grant))


def _writing_role(context: CloudContext, place: Place, grant: RoleTerms) -> Iterator[Problem]:
    if READ_ONLY.search(grant.role) is None:
        yield context.problem(place, f"{grant.role} can make changes, and pull requests would have it", "a viewer role")
