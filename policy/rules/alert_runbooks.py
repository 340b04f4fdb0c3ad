"""Every alert says what to do, and whoever is woken can read it.

An alert without a runbook is a riddle at three in the morning; a link to a page that is not there is worse, since it
costs the minutes that were left. The text must be known before the update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from groundwork.graph import Node, Placeholder, at
from policy.rules._rule import Asked, Parameters, Rule

ALERT: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
FOLDER: Final = "runbooks/alerts"
LINK: Final = re.compile(rf"https://\S+/{FOLDER}/([A-Za-z0-9-]+)\.md")
PAGES: Final = frozenset(page.stem for page in (Path(__file__).resolve().parents[2] / FOLDER).glob("*.md"))


def check(node: Node, _: Asked[Parameters]) -> Iterator[str]:
    """One message for each alert that tells nobody, or nobody what to do."""
    if node.type != ALERT:
        return
    if not node.inputs.get("notificationChannels"):
        yield f"{node.name} tells nobody; set notificationChannels"
    text = at(node.inputs, "documentation.content")
    if isinstance(text, Placeholder):
        yield f"{node.name}: its text is not known before the update, so nobody can say whether it names a runbook"
        return
    found = LINK.search(text or "")
    if found is None:
        yield f"{node.name} names no runbook; its documentation links to {FOLDER}/<alert>.md"
    elif found[1] not in PAGES:
        yield f"{node.name} links to {FOLDER}/{found[1]}.md, which is not there"


RULE: Final = Rule(
    name="alert-runbooks",
    description="Every alert tells somebody, and links to a runbook that is there",
    level="mandatory",
    check=check,
    parameters=Parameters,
)
