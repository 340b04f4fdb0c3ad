"""The CrossGuard policy pack: one policy for each rule, on a resource or on the stack."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

# The engine starts the pack in its folder; rules are imported by their names in the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from groundwork.errors import UserError
from groundwork.graph import Graph, Node
from groundwork.pack_environment import CHANGES
from policy import conversion, waivers
from policy.configuration import Configuration, Configured, load
from policy.prices import Prices
from policy.rules import RULES, AnyRule, Rule, StackRule
from policy.rules._rule import Context, LostResource, Parameters

# The date in UTC, or that of SOURCE_DATE_EPOCH, so that a report can be reproduced:
# https://reproducible-builds.org/specs/source-date-epoch
EPOCH: Final = os.environ.get("SOURCE_DATE_EPOCH", "")
TODAY: Final = (dt.datetime.fromtimestamp(int(EPOCH), dt.UTC) if EPOCH.isdecimal() else dt.datetime.now(dt.UTC)).date()

OBJECTS_BETWEEN_COLLECTIONS: Final = 200_000


@dataclass(frozen=True)
class Pack:
    """The policies of one stack, and what they share: the configuration, prices, and converted requests."""

    configuration: Configuration
    prices: Prices
    resources: conversion.PerRequest[tuple[Node, Node | None]] = field(default_factory=conversion.PerRequest)
    graphs: conversion.PerRequest[Graph] = field(default_factory=conversion.PerRequest)

    def policies(self) -> list[Policy]:
        """A policy for each rule, and the one that lists waivers."""
        listing = Configured(waivers.rule(self.configuration), "advisory", Parameters())
        rules = [*self.configuration.rules.values(), listing]
        return [self._policy(position, configured) for position, configured in enumerate(rules)]

    def _policy(self, position: int, configured: Configured) -> Policy:
        rule = configured.rule
        if isinstance(rule, StackRule):
            return self._stack_policy(position, rule, configured)
        return self._resource_policy(position, rule, configured)

    def _resource_policy(self, position: int, rule: Rule[Any], configured: Configured) -> Policy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            node, provider = self.resources.get(position, args.urn, lambda: conversion.resource(args))
            for message in rule.check(node, Context(configured.parameters, TODAY, provider)):
                if self.configuration.waiver(rule.name, node) is None:
                    report(message, args.urn)

        return ResourceValidationPolicy(validate=validate, **_attributes(rule, configured))

    def _stack_policy(self, position: int, rule: StackRule[Any], configured: Configured) -> Policy:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            graph = self.graphs.get(position, "", lambda: conversion.graph(args))
            context = Context(configured.parameters, TODAY, lost=_lost(), cost=self.prices)
            for urn, message in rule.check(graph, context):
                node = graph.nodes.get(urn)
                if node is None or self.configuration.waiver(rule.name, node) is None:
                    report(message, urn or None)

        return StackValidationPolicy(validate=validate, **_attributes(rule, configured))


def _attributes(rule: AnyRule, configured: Configured) -> Mapping[str, Any]:
    """What both kinds of policies have. The engine shows the description with each violation, and not the URL."""
    return {
        "name": rule.name,
        "description": f"{rule.description} ({rule.runbook})",
        "enforcement_level": EnforcementLevel(configured.level),
        "url": rule.runbook,
    }


def _lost() -> tuple[LostResource, ...]:
    """The resources that a change would delete or replace, where the client of the pack knows them."""
    file = os.environ.get(CHANGES)
    if not file:
        return ()
    return tuple(LostResource(**entry) for entry in json.loads(Path(file).read_text(encoding="utf-8")))


def main() -> None:
    """Serve the policies that the configuration has for the stack of this environment."""
    stack = os.environ.get("PULUMI_STACK", "")
    try:
        configuration = load(stack, RULES, TODAY)
        prices = Prices.of()
        prices.read(stack)
    except UserError as error:
        # Nothing was judged: the engine stops, and so does `groundwork preview`, with these lines.
        sys.stderr.write(f"{error.line()}\n")
        sys.exit(2)
    # The SDK makes hundreds of thousands of objects for a stack, almost all without cycles: at the default threshold a
    # third of the time of a request for the stack goes into garbage collection.
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    PolicyPack(name="groundwork", policies=Pack(configuration, prices).policies())


main()
