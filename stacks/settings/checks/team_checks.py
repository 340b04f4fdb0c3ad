"""Teams that the clusters would refuse, or that would be refused something later without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.checks import team_data_checks, team_sizes
from stacks.settings.checks.context import Draft
from stacks.settings.checks.identity_checks import ORGANIZATION, findings_of
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import one
from stacks.settings.model import team_data
from stacks.settings.model.registries import Mode
from stacks.settings.model.security import SecurityGroup
from stacks.settings.model.teams import Team

# Roles on the project that see what every team has, whatever a namespace or a bucket says, or that lead there: who has
# them acts as an account of another team, is root on its machines, or grants the rest to themselves.
# https://cloud.google.com/iam/docs/roles-permissions,
# https://cloud.google.com/iam/docs/best-practices-service-accounts#lateral-movement
THROUGH_WALLS: Final = frozenset(
    f"roles/{role}"
    for role in (
        "bigquery.admin",
        "bigquery.dataEditor",
        "bigquery.dataOwner",
        "bigquery.dataViewer",
        "compute.admin",
        "compute.instanceAdmin",
        "compute.instanceAdmin.v1",
        "compute.osAdminLogin",
        "container.admin",
        "container.developer",
        "container.viewer",
        "iam.securityAdmin",
        "iam.serviceAccountAdmin",
        "iam.serviceAccountKeyAdmin",
        "iam.serviceAccountTokenCreator",
        "iam.serviceAccountUser",
        "iam.workloadIdentityUser",
        # What a pod prints is in the project's log, whichever namespace it is in.
        "logging.admin",
        "logging.privateLogViewer",
        "logging.viewAccessor",
        "logging.viewer",
        "resourcemanager.projectIamAdmin",
        "secretmanager.admin",
        "secretmanager.secretAccessor",
        "storage.admin",
        "storage.objectAdmin",
        "storage.objectUser",
        "storage.objectViewer",
    )
)
SECURITY_GROUP: Final[TypeAdapter[str]] = TypeAdapter(SecurityGroup)


def check(values: Mapping[str, Any], draft: Draft, told: Collection[Place] = ()) -> Iterator[Problem]:
    """Every such problem; what stands at a place that is `told` is not judged."""
    yield from _bound(values, draft, told)
    for name, team in draft.teams.items():
        yield from _walls(draft, name, team)
        yield from _models(draft, name, team)
        yield from _repository(values, draft, name, team, told)
    yield from team_data_checks.check(draft)
    yield from team_sizes.check(draft)


def _bound(values: Mapping[str, Any], draft: Draft, told: Collection[Place]) -> Iterator[Problem]:
    """Members are bound by their group, which GKE asks for below one group of its domain and no other.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac.
    """
    place: Place = ("security", "groups")
    found = one(values, place, SECURITY_GROUP)
    if found is None:
        security = values.get("security", {})
        absent = isinstance(security, Mapping) and security.get("groups") is None
        if absent and draft.teams and not {place, place[:1]} & set(told):
            yield draft.problem(
                place,
                "is missing: without it no cluster knows who belongs to a team",
                "gke-security-groups@<domain>, whose members are the groups of the teams",
            )
        return
    domain = found.partition("@")[2]
    for name in sorted({group for team in draft.teams.values() for group in team.members}):
        group = draft.groups.get(name)
        if group is not None and group.email.partition("@")[2] != domain:
            yield draft.problem(
                ("groups", name, "email"),
                f"{group.email!r} is in no team: clusters ask for groups of {domain} only",
                f"a group of {domain}, or another {key_path(place)}",
            )


def _walls(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    for key in sorted(team.members):
        group = draft.groups.get(key)
        for index, grant in enumerate(() if group is None else group.project_roles):
            if grant.role in THROUGH_WALLS:
                yield draft.problem(
                    ("groups", key, "project_roles", index),
                    f"{grant.role} shows group {key!r}, a member of team {name!r}, what every other team has",
                    f"take it from the group, or the group out of {key_path(('teams', name, 'members'))}",
                )


def _models(draft: Draft, name: str, team: Team) -> Iterator[Problem]:
    """The problem, if any, that a team cannot read the models that it is to serve."""
    models = team.models
    bucket = None if models is None else draft.buckets.get(models.bucket)
    if (
        models is None
        or bucket is None
        or draft.may_have(team)
        or name in team_data.workloads(draft.teams, models.bucket, bucket)
    ):
        return
    yield draft.problem(
        ("teams", name, "models", "bucket"),
        f"workloads of team {name!r} have no access to bucket {models.bucket!r}, and endpoints read it",
        f"set {key_path(('teams', name, 'data', models.bucket))}: read",
    )


def _repository(
    values: Mapping[str, Any], draft: Draft, name: str, team: Team, told: Collection[Place]
) -> Iterator[Problem]:
    if team.repository is None or ("github",) in told:
        return
    here: Place = ("teams", name, "repository")
    if values.get("github") is None:
        yield draft.problem(here, "there is no section github", "the organization in which the repository is")
        return
    organization = one(values, ("github", "organization"), ORGANIZATION)
    for place, message, hint in findings_of(organization, team.repository.deployer):
        yield draft.problem((*here, *place), message, hint)
    for index, key in enumerate(team.repository.push):
        registry = draft.registries.get(key)
        if registry is not None and registry.mode is not Mode.STANDARD:
            yield draft.problem(
                (*here, "push", index), f"{key!r} is {registry.mode.value}: nobody pushes to it", "a standard registry"
            )
