"""The samples of each rule in ``policy/samples``: resources that pass, and cases that fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML

from groundwork.graph import STACK_TYPE, Graph, Node, with_placeholders
from policy.rules import RULES, AnyRule, StackRule
from policy.rules._rule import LostResource
from tests.conftest import ROOT
from tests.policy.asking import ask, ask_stack

FOLDER: Final = ROOT / "policy" / "samples"
STACK: Final = "samples"
PROJECT: Final = "groundwork"
ROOT_URN: Final = f"urn:pulumi:{STACK}::{PROJECT}::{STACK_TYPE}::{PROJECT}-{STACK}"
FILES: Final = {file.stem: YAML(typ="safe", pure=True).load(file) for file in sorted(FOLDER.glob("*.yaml"))}
BY_NAME: Final[Mapping[str, AnyRule]] = {rule.name: rule for rule in RULES}


@dataclass(frozen=True)
class Case:
    """Resources that violate a rule: `says` is part of the message, `blames` its URN, empty where there is none."""

    rule: AnyRule
    parameters: Mapping[str, Any]
    nodes: tuple[Node, ...]
    changes: tuple[LostResource, ...] = ()
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
    """The resources of a rule that pass."""
    file = FILES[name]
    return Case(BY_NAME[name], file.get("parameters", {}), tuple(map(node, file["passes"])))


def failing() -> list[Case]:
    """Every failing case of every rule."""
    return [_case(name, file, case) for name, file in FILES.items() for case in file["fails"]]


def _case(name: str, file: Mapping[str, Any], case: Mapping[str, Any]) -> Case:
    nodes = tuple(map(node, case["resources"]))
    blamed = case.get("blames", nodes[0].urn if nodes else "")
    return Case(
        BY_NAME[name],
        file.get("parameters", {}),
        nodes,
        tuple(LostResource(**change) for change in case.get("changes", ())),
        case["says"],
        blamed,
    )


def violations(case: Case) -> list[tuple[str, str]]:
    """The URNs and messages of the rule on the case."""
    if isinstance(case.rule, StackRule):
        return ask_stack(case.rule, graph(*case.nodes), *case.changes, **case.parameters)
    return [(found.urn, message) for found in case.nodes for message in ask(case.rule, found, **case.parameters)]
