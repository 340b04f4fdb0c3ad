"""The rule `no-basic-roles`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node, Placeholder
from policy.rules._grants import grants
from policy.rules._rule import Context, Parameters, Rule

# https://cloud.google.com/iam/docs/roles-overview#basic
BASIC: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer"})


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for each grant of a basic role."""
    for grant in grants(node):
        if isinstance(grant.role, Placeholder):
            yield f"{node.name} grants a role that is unknown until pulumi up: write the role as text"
        elif grant.role in BASIC:
            yield f"{node.name} grants {grant.role}: grant the predefined roles of the services that are needed"


RULE: Final = Rule(
    name="no-basic-roles",
    description="No grant has a basic role (owner, editor or viewer)",
    why="""
        The [basic roles](https://cloud.google.com/iam/docs/roles-overview#basic) have thousands of permissions,
        including those of services that the project does not use yet, and grow with every service that Google
        adds. An unknown role counts as a violation: reviewers must see in the plan what is granted.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
