"""The rule `alert-runbooks`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.alert_runbooks import ALERT, PAGES, RULE
from tests.conftest import ROOT
from tests.policy.asking import ask

LINK = "https://git.acme.example/blob/main/runbooks/alerts/QueueStuck.md"
TEXT = {"content": f"Runbook: {LINK}"}


def _messages(documentation: Any = TEXT, channels: Any = ("channel",), kind: str = ALERT) -> list[str]:
    return ask(RULE, Node("urn:a", kind, "a", {"documentation": documentation, "notificationChannels": channels}))


def test_alert_with_channel_and_runbook_passes() -> None:
    """A link anywhere in the text is enough."""
    assert _messages() == []
    assert _messages({"content": f"What to do: {LINK} (runbook)"}) == []


def test_pages_are_those_of_the_repository() -> None:
    """The pages are the files of runbooks/alerts."""
    assert {file.stem for file in (ROOT / "runbooks" / "alerts").glob("*.md")} == PAGES
    assert "QueueStuck" in PAGES


@pytest.mark.parametrize("channels", [None, [], ()])
def test_alert_without_channel_is_reported(channels: Any) -> None:
    """An alert without channels notifies no one; its runbook is still checked."""
    (message,) = _messages(channels=channels)
    assert message.startswith("a notifies no one: set notificationChannels")
    assert len(_messages(None, channels)) == 2


@pytest.mark.parametrize(
    ("documentation", "text"),
    [
        (None, "links to no runbook"),
        ({}, "links to no runbook"),
        ({"content": None}, "links to no runbook"),
        ({"content": "Something is wrong."}, "links to no runbook"),
        ({"content": LINK.replace("https", "http")}, "links to no runbook"),
        ({"content": LINK.replace("alerts/", "")}, "links to no runbook"),
        ({"content": LINK.replace(".md", ".txt")}, "links to no runbook"),
        (
            {"content": LINK.replace("QueueStuck", "NoSuchAlert")},
            "links to runbooks/alerts/NoSuchAlert.md, which does not",
        ),
        ({"content": Placeholder.UNKNOWN}, "documentation.content is unknown until pulumi up"),
        (Placeholder.SECRET, "documentation.content is unknown until pulumi up"),
    ],
)
def test_alert_without_an_existing_runbook_is_reported(documentation: Any, text: str) -> None:
    """A missing link, one to a page that does not exist, and an unknown text are one violation each."""
    (message,) = _messages(documentation)

    assert text in message


def test_other_types_are_ignored() -> None:
    """Only alert policies need a runbook."""
    assert _messages(None, None, "gcp:monitoring/dashboard:Dashboard") == []
