"""The rules `fault-injection` and `fault-injection-overdue`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules import fault_injection, fault_injection_overdue
from policy.rules._fault_injection import REASON, UNTIL
from tests.policy.asking import ask

END = {UNTIL: "2026-11-21", REASON: "test of callers"}


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
        (_route(None, FAULT), ["without a last day", "without a reason"]),
        (_route({UNTIL: "soon", REASON: "x"}, FAULT), ["without a last day"]),
        (_route({**END, UNTIL: Placeholder.UNKNOWN}, FAULT), ["without a last day"]),
        (_route({UNTIL: END[UNTIL]}, FAULT), ["without a reason"]),
        (_route({**END, REASON: ""}, FAULT), ["without a reason"]),
        (_route(Placeholder.UNKNOWN, FAULT), ["without a last day", "without a reason"]),
        (UNKNOWN, ["without a last day", "without a reason"]),
    ],
)
def test_fault_injection_needs_a_last_day_and_a_reason(node: Node, messages: list[str]) -> None:
    """A missing or unknown annotation is one message."""
    found = ask(fault_injection.RULE, node)

    assert len(found) == len(messages)
    assert all(wanted in message for message, wanted in zip(found, messages, strict=True))


@pytest.mark.parametrize(("day", "over"), [(21, False), (22, True)])
def test_fault_injection_is_overdue_after_its_last_day(day: int, *, over: bool) -> None:
    """On the last day nothing is reported, from the next day on one message is."""
    today = date(2026, 11, day)

    found = ask(fault_injection_overdue.RULE, _route(END, FAULT), today=today)

    assert bool(found) == over
    assert all("fault injection on a ended on 2026-11-21" in message for message in found)
    assert ask(fault_injection_overdue.RULE, _route(END), today=today) == []
    assert ask(fault_injection_overdue.RULE, _route(None, FAULT), today=today) == []
