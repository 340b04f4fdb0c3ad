"""The samples of each rule: what passes, and cases that fail, from ``policy/samples``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML

from groundwork.graph import STACK_TYPE, Graph, Node, with_placeholders
from policy.rules import RULES, AnyRule, StackRule
from policy.rules._rule import Changed
from tests.conftest import ROOT

FOLDER: Final = ROOT / "policy" / "samples"
STACK: Final = "samples"
PROJECT: Final = "groundwork"
ROOT_URN: Final = f"urn:pulumi:{STACK}::{PROJECT}::{STACK_TYPE}::{PROJECT}-{STACK}"
FILES: Final = {file.stem: YAML(typ="safe", pure=True).load(file) for file in sorted(FOLDER.glob("*.yaml"))}
BY_NAME: Final[Mapping[str, AnyRule]] = {rule.name: rule for rule in RULES}


@dataclass(frozen=True)
class Case:
    """Resources of which a rule says something: the words, and the resource that it blames, "" for none."""

    rule: AnyRule
    parameters: Mapping[str, Any]
    nodes: tuple[Node, ...]
    changes: tuple[Changed, ...] = ()
    says: str = ""
    blames: str = ""


def node(data: Mapping[str, Any]) -> Node:
    """A resource directly under the stack."""
    name, kind = data["name"], data["type"]
    return Node(
        urn=f"urn:pulumi:{STACK}::{PROJECT}::{kind}::{name}",
        type=kind,
        name=name,
        inputs=with_placeholders(data.get("inputs", {})),
        parent=ROOT_URN,
        protect=data.get("protect", False),
    )


def graph(*nodes: Node) -> Graph:
    """A graph of the stack and these resources."""
    stack = Node(ROOT_URN, STACK_TYPE, f"{PROJECT}-{STACK}", custom=False)
    return Graph.of(STACK, "sdk", [stack, *nodes])


def passing(name: str) -> Case:
    """What the rule has nothing against."""
    file = FILES[name]
    return Case(BY_NAME[name], file.get("parameters", {}), tuple(map(node, file["passes"])))


def failing() -> list[Case]:
    """Every case of every rule."""
    return [_case(name, file, case) for name, file in FILES.items() for case in file["fails"]]


def _case(name: str, file: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    nodes = tuple(map(node, case["resources"]))
    blamed = case.get("blames", nodes[0].urn if nodes else "")
    return Case(
        BY_NAME[name],
        file.get("parameters", {}),
        nodes,
        tuple(Changed(**change) for change in case.get("changes", ())),
        case["says"],
        blamed,
    )


def said(case: Case) -> list[tuple[str, str]]:
    """What the rule says of the case, on a day in 2026."""
    today = dt.date(2026, 11, 21)
    if isinstance(case.rule, StackRule):
        return case.rule.ask(graph(*case.nodes), *case.changes, today=today, **case.parameters)
    return [
        (found.urn, message) for found in case.nodes for message in case.rule.ask(found, today=today, **case.parameters)
    ]
