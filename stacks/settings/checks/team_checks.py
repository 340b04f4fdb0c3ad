"""Teams whose groups, models or repository do not fit the rest of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import AnyContext, CloudContext, each, known_values, repeated
from stacks.settings.checks.identity_checks import source
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, KEYS, values_at
from stacks.settings.core.unknown import known_items, known_keys, until_unknown
from stacks.settings.model import team_data
from stacks.settings.model.registries import Mode
from stacks.settings.model.teams import Group, Team

# Roles on the project that give access to the data of every team, whatever a namespace or a bucket grants, or that lead
# to such access: they let their holder impersonate another team's account, become root on its machines, or grant roles.
# https://cloud.google.com/iam/docs/roles-permissions,
# https://cloud.google.com/iam/docs/best-practices-service-accounts#lateral-movement
ROLES_ACROSS_TEAMS: Final = frozenset(
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
        # The project's log has the output of every pod, whatever its namespace.
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
SECURITY_GROUP: Final[Place] = ("security", "groups")


def security_group(context: CloudContext) -> Iterator[Problem]:
    """Teams without a security group, below which GKE looks their groups up.

    Source: https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac.
    """
    if context.settings.security.groups is None and context.settings.teams:
        yield context.problem(
            SECURITY_GROUP,
            "is missing: without it no cluster can look up the members of a team",
            "gke-security-groups@<domain>, whose members are the groups of the teams",
        )


def group_domains(context: CloudContext) -> Iterator[Problem]:
    """Groups of teams outside of the domain of the security group."""
    if context.settings.security.groups is None:
        return
    domain = context.settings.security.groups.partition("@")[2]
    members = {key for _, key in values_at(context.settings, ("teams", EVERY, "members", KEYS))}
    for name, email in known_values(context.settings.groups, lambda group: group.email):
        if name in members and email.partition("@")[2] != domain:
            yield context.problem(
                ("groups", name, "email"),
                f"GKE does not find {email!r}: it looks up groups of {domain} only",
                f"a group of {domain}, or another {key_path(SECURITY_GROUP)}",
            )


def group_addresses(context: AnyContext) -> Iterator[Problem]:
    """Groups with one address, which would be granted everything that either of them is."""
    emails = known_values(context.settings.groups, lambda group: group.email)
    for (name,), email, (other,) in repeated(((name,), email) for name, email in emails):
        yield context.problem(
            ("groups", name, "email"), f"{email!r} is also the address of group {other!r}", "one entry for each group"
        )


def check(context: CloudContext) -> Iterator[Problem]:
    """Every problem of one team."""
    yield from each(context, context.settings.teams, _project_roles, _models, _repository, _push)


def _project_roles(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    for key in sorted(known_keys(team.members)):
        yield from until_unknown(_group_roles(context, name, key, context.settings.groups[key]))


def _group_roles(context: CloudContext, team: str, key: str, group: Group) -> Iterator[Problem]:
    for index, grant in known_items(group.project_roles):
        if grant.role in ROLES_ACROSS_TEAMS:
            yield context.problem(
                ("groups", key, "project_roles", index),
                f"{grant.role} gives group {key!r}, a member of team {team!r}, access to data of every other team",
                f"remove it from the group, or the group from {key_path(('teams', team, 'members'))}",
            )


def _models(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    """A bucket of models that the team's endpoints cannot read."""
    if team.models is None:
        return
    key = team.models.bucket
    if name not in team_data.workloads({name: team}, key, context.settings.buckets[key]):
        yield context.problem(
            ("teams", name, "models", "bucket"),
            f"workloads of team {name!r} have no access to bucket {key!r}, which its endpoints read",
            f"set {key_path(('teams', name, 'data', key))}: read",
        )


def _repository(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    if team.repository is None:
        return
    here: Place = ("teams", name, "repository")
    if context.settings.github is None:
        yield context.problem(here, "there is no section github", "add the section with the repository's organization")
    else:
        yield from source(context, here, team.repository.deployer)


def _push(context: CloudContext, name: str, team: Team) -> Iterator[Problem]:
    if team.repository is None:
        return
    for index, key in known_items(team.repository.push):
        yield from until_unknown(_pushed(context, ("teams", name, "repository", "push", index), key))


def _pushed(context: CloudContext, place: Place, key: str) -> Iterator[Problem]:
    if (mode := context.settings.registries[key].mode) is not Mode.STANDARD:
        yield context.problem(place, f"{mode.value} registry {key!r} does not accept pushes", "a standard registry")
