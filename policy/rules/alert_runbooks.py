"""The rule `alert-runbooks`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from groundwork.graph import Node, Placeholder, at
from policy.rules._rule import Context, Parameters, Rule

ALERT: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
FOLDER: Final = "runbooks/alerts"
LINK: Final = re.compile(rf"https://\S+/{FOLDER}/([A-Za-z0-9-]+)\.md")
PAGES: Final = frozenset(page.stem for page in (Path(__file__).resolve().parents[2] / FOLDER).glob("*.md"))


def check(node: Node, _: Context[Parameters]) -> Iterator[str]:
    """One message for an alert without a notification channel, and one for an alert without a runbook."""
    if node.type != ALERT:
        return
    if not node.inputs.get("notificationChannels"):
        yield f"{node.name} notifies no one: set notificationChannels (the groups of alerting.page and alerting.ticket)"
    text = at(node.inputs, "documentation.content")
    if isinstance(text, Placeholder):
        yield f"{node.name}: documentation.content is unknown until pulumi up: write the link to its runbook as text"
        return
    link = LINK.search(text or "")
    if link is None:
        yield (
            f"{node.name} links to no runbook: add https://<host>/{FOLDER}/<alert>.md to its documentation "
            "(alerting.repository_url is the address of this repository)"
        )
    elif link[1] not in PAGES:
        yield f"{node.name} links to {FOLDER}/{link[1]}.md, which does not exist: add the page or correct the link"


RULE: Final = Rule(
    name="alert-runbooks",
    description="Every alert has a notification channel and links to an existing runbook",
    why="""
        The person on call needs to know what to do, at any hour. A link to a page that does not exist costs the
        minutes that are left. An unknown text counts as a violation.
        """,
    level="mandatory",
    check=check,
    parameters=Parameters,
)
