"""Nobody is owner, editor or viewer of a whole project.

The three basic roles hold thousands of permissions, among them those of services that the project does not use yet;
whoever has one has more with every service that Google adds. A role that only an update can tell counts as wrong: what
somebody may do must stand in the plan that a reviewer reads.

https://cloud.google.com/iam/docs/roles-overview#basic
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node, Placeholder
from policy.rules._grants import grants
from policy.rules._rule import Asked, Parameters, Rule

BASIC: Final = frozenset({"roles/owner", "roles/editor", "roles/viewer"})


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each grant of a basic role."""
    for grant in grants(node):
        if isinstance(grant.role, Placeholder):
            yield f"{node.name} grants a role that is not known before the update; write it out"
        elif grant.role in BASIC:
            yield f"{node.name} grants {grant.role}; grant the roles of the services that are used"


RULE: Final = Rule(
    name="no-basic-roles",
    description="Nobody is owner, editor or viewer of everything",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
