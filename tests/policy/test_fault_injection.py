"""The rules `fault-injection` and `fault-injection-overdue`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.fault_injection import OVERDUE, REASON, RULE, UNTIL

END = {UNTIL: "2026-11-21", REASON: "what callers do"}


def _route(annotations: Any = None, fault: Any = None, kind: str = "networking.istio.io/v1:VirtualService") -> Node:
    http = [{"route": [], **({} if fault is None else {"fault": fault})}]
    inputs = {"metadata": {"name": "a", "annotations": annotations}, "spec": {"http": http}}
    return Node("urn:a", f"kubernetes:{kind}", "a", inputs)


FAULT = {"abort": {"percentage": {"value": 10}, "httpStatus": 503}}
UNKNOWN = Node("urn:a", "kubernetes:networking.istio.io/v1:VirtualService", "a", {"spec": Placeholder.UNKNOWN})


@pytest.mark.parametrize(
    ("node", "messages"),
    [
        (_route(END, FAULT), []),
        (_route(), []),
        (_route(None, FAULT, "example.org/v1:VirtualService"), []),
        (_route(None, FAULT, "networking.istio.io/v1:DestinationRule"), []),
        (_route(None, FAULT), ["has no last day", "does not say why"]),
        (_route({UNTIL: "soon", REASON: "x"}, FAULT), ["has no last day"]),
        (_route({**END, UNTIL: Placeholder.UNKNOWN}, FAULT), ["has no last day"]),
        (_route({UNTIL: END[UNTIL]}, FAULT), ["does not say why"]),
        (_route({**END, REASON: ""}, FAULT), ["does not say why"]),
        (_route(Placeholder.UNKNOWN, FAULT), ["has no last day", "does not say why"]),
        (UNKNOWN, ["has no last day", "does not say why"]),
    ],
)
def test_a_fault_says_until_when_and_why(node: Node, messages: list[str]) -> None:
    """Each thing that is missing is one message; what is unknown is missing."""
    found = RULE.ask(node)

    assert len(found) == len(messages)
    assert all(wanted in message for message, wanted in zip(found, messages, strict=True))


@pytest.mark.parametrize(("day", "over"), [(21, False), (22, True)])
def test_a_fault_whose_day_is_over_is_told(day: int, *, over: bool) -> None:
    """On its last day it may still be there; from the next on it is told."""
    today = date(2026, 11, day)

    found = OVERDUE.ask(_route(END, FAULT), today=today)

    assert bool(found) == over
    assert all("was to fail on purpose until 2026-11-21" in message for message in found)
    assert OVERDUE.ask(_route(END), today=today) == []
    assert OVERDUE.ask(_route(None, FAULT), today=today) == []
