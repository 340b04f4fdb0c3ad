"""The rule `no-individuals`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node
from policy.rules._grants import grants
from policy.rules._rule import Context, Parameters, Rule

REFUSED: Final = {
    "user": "which is one person: grant it to a group (setting groups)",
    "domain": "which is a whole domain: grant it to a group (setting groups)",
    "deleted": "which was deleted: remove the grant",
}


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for each grant to a person, a domain or a deleted account."""
    for grant in grants(node):
        kind = grant.member.partition(":")[0] if isinstance(grant.member, str) else ""
        if kind in REFUSED:
            yield f"{node.name} grants {grant.role} to {grant.member}, {REFUSED[kind]}"


RULE: Final = Rule(
    name="no-individuals",
    description="Grants go to groups and service accounts, not to people or domains",
    why="""
        A person who leaves a team is removed from its group, but not from the binding of a bucket; a domain
        includes people who have nothing to do with the platform. An unknown member passes: it is a service
        account that the same plan creates, since people and groups have known names.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
