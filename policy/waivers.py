"""What is broken with leave: one advice for each, so that a report lists it, and one for a waiver that nobody needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from groundwork.graph import Graph
from policy.configuration import Configuration, Configured
from policy.rules import Rule, StackRule
from policy.rules._rule import Asked, Parameters

NAME = "waivers"


def rule(configuration: Configuration) -> StackRule[Parameters]:
    """The rule that lists the waivers of one stack."""

    def check(graph: Graph, asked: Asked[Parameters]) -> Iterator[tuple[str, str]]:
        """One message for each violation that a waiver allows, and one for each waiver without any."""
        for key, waiver in configuration.waivers.items():
            used = False
            for urn, message in _broken(configuration.rules[waiver.rule], graph, asked):
                if urn in graph.nodes and waiver.covers(graph.nodes[urn]):
                    used = True
                    yield (
                        urn,
                        f"{waiver.rule} is waived until {waiver.until} by {waiver.owner}: {waiver.reason} ({message})",
                    )
            if not used:
                said = f"{waiver.rule} says nothing of {waiver.resource}"
                yield "", f"the waiver {key} is not needed: {said}; take it out"

    return StackRule(
        name=NAME,
        description="What is broken with leave is listed, with who answers for it",
        level="advisory",
        check=check,
        parameters=Parameters,
    )


def _broken(configured: Configured, graph: Graph, asked: Asked[Parameters]) -> Iterator[tuple[str, str]]:
    """Everything that one rule says of the graph, waived or not."""
    found = configured.rule
    told = dataclasses.replace(asked, parameters=configured.parameters)
    if isinstance(found, StackRule):
        yield from found.check(graph, told)
    elif isinstance(found, Rule):
        for node in graph:
            said = found.check(node, dataclasses.replace(told, provider=graph.provider_of(node)))
            yield from ((node.urn, message) for message in said)
