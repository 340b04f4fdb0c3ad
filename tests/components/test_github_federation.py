"""Tests of `components.github_federation`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.github_federation import GithubFederation, GithubFederationArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs

MAIN = "repo:example/platform:ref:refs/heads/main"
PREVIEW = "repo:example/platform:environment:preview"
VISION = "repo:example/vision:ref:refs/heads/main"
NO_PULL_REQUEST = "!assertion.event_name.startsWith('pull_request')"
OWNER = "assertion.repository_owner_id == '4242'"
FEDERATION = GithubFederationArgs(
    project="ml-service",
    project_number="123456789012",
    organization_id="4242",
    subjects=[MAIN, PREVIEW],
    pull_request_subjects=[],
    teams={"vision": VISION},
)
PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"


def _graph(**changes: Any) -> Graph:
    return declare(lambda: GithubFederation("github", dataclasses.replace(FEDERATION, **changes)))


def _condition(**changes: Any) -> str:
    return str(inputs(_graph(**changes), "github-provider")["attributeCondition"])


def test_federation_has_a_pool_with_a_provider_of_deployers_and_one_of_each_team() -> None:
    """A new team changes no other provider."""
    graph = _graph()

    assert declared(graph) == {
        "github-pool": "gcp:iam/workloadIdentityPool:WorkloadIdentityPool",
        "github-provider": PROVIDER,
        "github-team-vision": PROVIDER,
    }
    assert inputs(graph, "github-pool") == {
        "project": "ml-service",
        "workloadIdentityPoolId": "github",
        "displayName": "GitHub Actions",
    }
    assert depends_on(graph, "github-team-vision") == {"github-pool"}


def test_federation_provider_trusts_tokens_of_github_actions_and_maps_their_claims() -> None:
    """The subject of a token is the IAM subject; audit logs show the other claims."""
    provider = inputs(_graph(), "github-provider")
    provider.pop("attributeCondition")

    assert provider == {
        "project": "ml-service",
        "workloadIdentityPoolId": "github",
        "workloadIdentityPoolProviderId": "actions",
        "displayName": "GitHub Actions",
        "attributeMapping": {
            "google.subject": "assertion.sub",
            "attribute.actor": "assertion.actor",
            "attribute.event_name": "assertion.event_name",
            "attribute.ref": "assertion.ref",
            "attribute.repository": "assertion.repository",
            "attribute.repository_owner_id": "assertion.repository_owner_id",
        },
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    }


def test_federation_accepts_sorted_subjects_of_the_organization_and_no_pull_request() -> None:
    """The organization, the subject and the event are all checked."""
    assert _condition() == f"{OWNER} && assertion.sub in ['{PREVIEW}', '{MAIN}'] && {NO_PULL_REQUEST}"


def test_federation_accepts_pull_requests_from_their_subjects_only() -> None:
    """Another subject of the provider is still not accepted from a pull request."""
    assert _condition(pull_request_subjects=[PREVIEW]) == (
        f"{OWNER} && assertion.sub in ['{PREVIEW}', '{MAIN}'] && ({NO_PULL_REQUEST} || assertion.sub in ['{PREVIEW}'])"
    )


def test_federation_provider_of_a_team_accepts_its_subject_without_pull_requests() -> None:
    """The provider is named by the team."""
    provider = inputs(_graph(), "github-team-vision")

    assert provider["workloadIdentityPoolProviderId"] == "team-vision"
    assert provider["displayName"] == "GitHub Actions vision"
    assert provider["attributeCondition"] == f"{OWNER} && assertion.sub == '{VISION}' && {NO_PULL_REQUEST}"


def test_federation_display_name_is_cut_to_32_characters() -> None:
    """The API rejects longer names; the team stays in the id."""
    provider = inputs(_graph(teams={"recommendation-ranking": VISION}), "github-team-recommendation-ranking")

    assert provider["displayName"] == "GitHub Actions recommendation-ra"
    assert provider["workloadIdentityPoolProviderId"] == "team-recommendation-ranking"


def test_federation_member_is_the_principal_of_a_subject() -> None:
    """The member has the number of the project, not its id."""
    members: list[str] = []
    declare(lambda: members.append(GithubFederation("github", FEDERATION).member(MAIN)))

    assert members == [
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/subject/"
        + MAIN
    ]
