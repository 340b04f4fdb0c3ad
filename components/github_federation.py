"""GitHub Actions as an identity provider: jobs get short-lived tokens instead of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

POOL: Final = "github"
ISSUER: Final = "https://token.actions.githubusercontent.com"
PULL_REQUEST: Final = "assertion.event_name.startsWith('pull_request')"
# https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
MAX_DISPLAY_NAME: Final = 32
# https://docs.github.com/en/actions/reference/security/oidc: claims of the token that audit logs show.
CLAIMS: Final = ("actor", "event_name", "ref", "repository", "repository_owner_id")


@dataclass(frozen=True)
class GithubFederationArgs:
    """The organization by its number, the accepted subjects, and those also accepted from pull requests.

    A subject is complete: ``repo:<organization>/<repository>:ref:refs/heads/<branch>``. `teams` are the subjects of
    the repositories of teams, by team.
    """

    project: str
    project_number: str
    organization_id: str
    subjects: Sequence[str]
    pull_request_subjects: Sequence[str]
    teams: Mapping[str, str]


class GithubFederation(Component):
    """A workload identity pool whose providers accept only the given subjects.

    Each team has a separate provider, so that a new team does not change the providers of other teams.
    """

    def __init__(self, name: str, args: GithubFederationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the pool and its providers."""
        super().__init__(name, opts)
        self._number = args.project_number
        pool = gcp.iam.WorkloadIdentityPool(
            f"{name}-pool",
            project=args.project,
            workload_identity_pool_id=POOL,
            display_name="GitHub Actions",
            opts=self.child(),
        )
        # The provider of the deployers; those of teams are named by team.
        providers = {"provider": ("actions", "GitHub Actions", _condition(args))}
        for team, subject in args.teams.items():
            condition = f"{_owner(args)} && assertion.sub == {subject!r} && !{PULL_REQUEST}"
            providers[f"team-{team}"] = (f"team-{team}", f"GitHub Actions {team}"[:MAX_DISPLAY_NAME], condition)
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
        """The IAM member of a subject, which is known before the pool exists."""
        pools = f"projects/{self._number}/locations/global/workloadIdentityPools"
        return f"principal://iam.googleapis.com/{pools}/{POOL}/subject/{subject}"


def _condition(args: GithubFederationArgs) -> str:
    """The attribute condition of the deployers' provider.

    The event of a job is checked in addition to its subject: `pull_request_target` runs with the subject of the base
    branch, and the subject of a job with an environment is the environment, whatever event started the job.
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
