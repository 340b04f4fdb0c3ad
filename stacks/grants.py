"""Grants of the settings as arguments of components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pulumi

from components._common import ExpiryArgs, GrantArgs
from components.workload_account import WorkloadAccount
from stacks.settings import Settings
from stacks.settings.model.grants import AccessTerms, Grant, ReadTerms, RoleTerms


def end(grant: Grant) -> ExpiryArgs | None:
    """The end of a grant, if it has one; the settings require a reason for every grant that ends."""
    return None if grant.until is None else ExpiryArgs(date.fromisoformat(grant.until), grant.reason or "")


def roles(grants: Sequence[RoleTerms]) -> dict[str, ExpiryArgs | None]:
    """Ends by role: a binding is identified by its role, never by its position in a list."""
    return {grant.role: end(grant) for grant in grants}


def of_member(member: pulumi.Input[str], grant: AccessTerms | ReadTerms) -> GrantArgs:
    """The grant of one member."""
    return GrantArgs(member, "write" if grant.access == "write" else "read", end(grant))


def of_people_and_workloads(
    settings: Settings,
    accounts: Mapping[str, WorkloadAccount],
    groups: Mapping[str, AccessTerms],
    workloads: Mapping[str, AccessTerms],
) -> dict[str, GrantArgs]:
    """Grants of an entry to groups and workloads, by grantee."""
    return {
        **{
            f"group-{group}": of_member(f"group:{settings.groups[group].email}", grant)
            for group, grant in groups.items()
        },
        **{f"workload-{team}": of_member(accounts[team].member, grant) for team, grant in workloads.items()},
    }
