"""Grants go to groups and to accounts of workloads, never to a person or a whole domain.

A person who leaves a team leaves its group, and nobody remembers a binding in a bucket; a domain has people in it who
have never heard of the platform. A member that only an update can tell passes: it is the address of an account that the
same plan makes, since people and groups have names before there is a platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from groundwork.graph import Node, Placeholder
from policy.rules._grants import grants
from policy.rules._rule import Asked, Parameters, Rule

REFUSED: Final = {
    "user": "one person; grant it to a group",
    "domain": "a whole domain; grant it to a group",
    "deleted": "an account that was deleted; take the grant out",
}


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each grant to somebody who is no group and no workload."""
    for grant in grants(node):
        if isinstance(grant.member, Placeholder) or not isinstance(grant.member, str):
            continue
        why = REFUSED.get(grant.member.partition(":")[0])
        if why is not None:
            yield f"{node.name} grants {grant.role} to {grant.member}, {why}"


RULE: Final = Rule(
    name="no-individuals",
    description="Grants go to groups and to accounts of workloads",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
