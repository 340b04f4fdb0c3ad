"""The policy that lists waived violations, and waivers without any violation."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from groundwork.graph import Graph
from policy.configuration import Configuration, Configured
from policy.rules import Rule, StackRule
from policy.rules._rule import Context, Parameters

NAME: Final = "waivers"


def rule(configuration: Configuration) -> StackRule[Parameters]:
    """The rule that lists the waivers of one stack."""

    def check(graph: Graph, context: Context[Parameters]) -> Iterator[tuple[str, str]]:
        """One message for each waived violation, and one for each waiver without any."""
        for name, waiver in configuration.waivers.items():
            used = False
            for urn, message in _violations(configuration.rules[waiver.rule], graph, context):
                if urn in graph.nodes and waiver.covers(graph.nodes[urn]):
                    used = True
                    yield (
                        urn,
                        f"{message}; {waiver.owner} waives {waiver.rule} until {waiver.until}: {waiver.reason}",
                    )
            if not used:
                yield (
                    "",
                    f"the waiver {name} is not needed: {waiver.resource} does not violate {waiver.rule}; remove it",
                )

    return StackRule(
        name=NAME,
        description="Waived violations are listed with the owner of each waiver",
        why="",
        level="advisory",
        check=check,
        parameters=Parameters,
    )


def _violations(configured: Configured, graph: Graph, context: Context[Parameters]) -> Iterator[tuple[str, str]]:
    """All violations of one rule, waived or not."""
    rule_context = dataclasses.replace(context, parameters=configured.parameters)
    if isinstance(configured.rule, StackRule):
        yield from configured.rule.check(graph, rule_context)
    elif isinstance(configured.rule, Rule):
        for node in graph:
            messages = configured.rule.check(node, dataclasses.replace(rule_context, provider=graph.provider_of(node)))
            yield from ((node.urn, message) for message in messages)
