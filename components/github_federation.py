"""GitHub Actions as an identity provider: jobs get short-lived tokens, and nobody keeps a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

POOL: Final = "github"
ISSUER: Final = "https://token.actions.githubusercontent.com"
# https://docs.github.com/en/actions/reference/security/oidc: what of a token is worth seeing in an audit log.
PULL_REQUEST: Final = "assertion.event_name.startsWith('pull_request')"
LONGEST_NAME: Final = (
    32  # https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
)
CLAIMS: Final = ("actor", "event_name", "ref", "repository", "repository_owner_id")


@dataclass(frozen=True)
class GithubFederationArgs:
    """The organization by its number, the subjects that may come in, and those that may be a pull request's.

    Subjects are written out: ``repo:<organization>/<repository>:ref:refs/heads/<branch>``. `teams` are the subjects of
    repositories of teams, by team.
    """

    project: str
    project_number: str
    organization_id: str
    subjects: Sequence[str]
    pull_request_subjects: Sequence[str]
    teams: Mapping[str, str]


class GithubFederation(Component):
    """A pool whose providers turn everybody away but the subjects that are named.

    Each team has a provider of its own, so that a new one changes nobody else's.
    """

    def __init__(self, name: str, args: GithubFederationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both."""
        super().__init__(name, opts)
        self._number = args.project_number
        pool = gcp.iam.WorkloadIdentityPool(
            f"{name}-pool",
            project=args.project,
            workload_identity_pool_id=POOL,
            display_name="GitHub Actions",
            opts=self.child(),
        )
        # Its name is older than the others, which have their team's.
        providers = {"provider": ("actions", "GitHub Actions", _condition(args))}
        for team, subject in args.teams.items():
            condition = f"{_owner(args)} && assertion.sub == {subject!r} && !{PULL_REQUEST}"
            providers[f"team-{team}"] = (f"team-{team}", f"GitHub Actions {team}"[:LONGEST_NAME], condition)
        for role, (identity, display_name, condition) in providers.items():
            gcp.iam.WorkloadIdentityPoolProvider(
                f"{name}-{role}",
                project=args.project,
                workload_identity_pool_id=pool.workload_identity_pool_id,
                workload_identity_pool_provider_id=identity,
                display_name=display_name,
                attribute_mapping={
                    "google.subject": "assertion.sub",
                    **{f"attribute.{claim}": f"assertion.{claim}" for claim in CLAIMS},
                },
                attribute_condition=condition,
                oidc=gcp.iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri=ISSUER),
                opts=self.child(),
            )
        self.register_outputs({})

    def member(self, subject: str) -> str:
        """The IAM member that a subject is; a project's number and a pool's name are known before they exist."""
        pools = f"projects/{self._number}/locations/global/workloadIdentityPools"
        return f"principal://iam.googleapis.com/{pools}/{POOL}/subject/{subject}"


def _condition(args: GithubFederationArgs) -> str:
    """Who comes in.

    A job's event is looked at beside its subject: `pull_request_target` runs with the name of the base branch, and a
    job that uses an environment is called by it, whatever started it.
    """
    if args.pull_request_subjects:
        events = f"(!{PULL_REQUEST} || assertion.sub in {_list(args.pull_request_subjects)})"
    else:
        events = f"!{PULL_REQUEST}"
    return f"{_owner(args)} && assertion.sub in {_list(args.subjects)} && {events}"


def _owner(args: GithubFederationArgs) -> str:
    return f"assertion.repository_owner_id == '{args.organization_id}'"


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(repr(text) for text in sorted(texts))}]"
