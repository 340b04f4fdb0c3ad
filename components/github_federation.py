"""GitHub Actions as an identity provider: jobs get short-lived tokens, and nobody keeps a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_gcp as gcp

from components._common import Component

POOL: Final = "github"
ISSUER: Final = "https://token.actions.githubusercontent.com"
# https://docs.github.com/en/actions/reference/security/oidc: what of a token is worth seeing in an audit log.
CLAIMS: Final = ("actor", "event_name", "ref", "repository", "repository_owner_id")


@dataclass(frozen=True)
class GithubFederationArgs:
    """The organization by its number, the subjects that may come in, and those that may be a pull request's.

    Subjects are written out: ``repo:<organization>/<repository>:ref:refs/heads/<branch>``.
    """

    project: str
    project_number: str
    organization_id: str
    subjects: Sequence[str]
    pull_request_subjects: Sequence[str]


class GithubFederation(Component):
    """A pool with one provider that turns everybody away but the subjects that are named."""

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
        gcp.iam.WorkloadIdentityPoolProvider(
            f"{name}-provider",
            project=args.project,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="actions",
            display_name="GitHub Actions",
            attribute_mapping={
                "google.subject": "assertion.sub",
                **{f"attribute.{claim}": f"assertion.{claim}" for claim in CLAIMS},
            },
            attribute_condition=_condition(args),
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
    pull_request = "assertion.event_name.startsWith('pull_request')"
    if args.pull_request_subjects:
        events = f"(!{pull_request} || assertion.sub in {_list(args.pull_request_subjects)})"
    else:
        events = f"!{pull_request}"
    owner = f"assertion.repository_owner_id == '{args.organization_id}'"
    return f"{owner} && assertion.sub in {_list(args.subjects)} && {events}"


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(repr(text) for text in sorted(texts))}]"
