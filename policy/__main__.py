"""The adaptor between CrossGuard and the rules: one policy for each rule, asked for each resource or for a stack."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

# The engine starts the pack in its own folder; the rules are imported by the name they have in the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from groundwork.errors import UserError
from groundwork.graph import Graph, Node
from groundwork.wire import decode
from policy import waivers
from policy.configuration import ConfigurationError, Configured, load
from policy.prices import Prices
from policy.rules import RULES, AnyRule, Rule, StackRule
from policy.rules._rule import Asked, Changed, Parameters

Waived = Callable[[str, Node], str | None]

# The day in UTC, or that of SOURCE_DATE_EPOCH, so that a report can be made again as it was:
# https://reproducible-builds.org/specs/source-date-epoch
INSTANT: Final = os.environ.get("SOURCE_DATE_EPOCH", "")
TODAY: Final = (
    dt.datetime.fromtimestamp(int(INSTANT), dt.UTC) if INSTANT.isdecimal() else dt.datetime.now(dt.UTC)
).date()
# A preview that compares two plans says here, in a file, what would happen; the engine's protocol has no word for it.
CHANGES: Final = "GROUNDWORK_CHANGES"


def _raw(value: Any) -> Any:
    """A value without the proxy that raises at each unknown it meets; rules judge unknown values themselves."""
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value["__target"].items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_raw(item) for item in cast("Any", value)["__target"]]
    return value


def _inputs(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Inputs as the graph has them, with unknown values marked."""
    return cast("Mapping[str, Any]", decode(_raw(properties)))


def _node(args: ResourceValidationArgs) -> Node:
    return Node(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        inputs=_inputs(args.props),
        protect=bool(args.opts.protect),
    )


def _provider(args: ResourceValidationArgs) -> Node | None:
    found = args.provider
    if found is None:
        return None
    return Node(urn=found.urn, type=found.resource_type, name=found.name, inputs=_inputs(found.props))


def _graph(args: StackValidationArgs) -> Graph:
    """All resources as a graph. The stack's name stands in every URN; which nodes are components is not asked."""
    stack = args.resources[0].urn.split(":")[2] if args.resources else ""
    members = {resource.urn: _member(resource) for resource in args.resources}
    for resource in args.resources:
        if (found := resource.provider) is not None and found.urn not in members:
            members[found.urn] = Node(found.urn, found.resource_type, found.name, _inputs(found.props))
    return Graph.of(stack, "policy", list(members.values()))


def _member(resource: PolicyResource) -> Node:
    return Node(
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        inputs=_inputs(resource.props),
        parent=None if resource.parent is None else resource.parent.urn,
        dependencies=tuple(sorted(found.urn for found in resource.dependencies)),
        property_dependencies={
            key: tuple(sorted(found.urn for found in needed)) for key, needed in resource.property_dependencies.items()
        },
        protect=bool(resource.opts.protect),
        provider=None if resource.provider is None else resource.provider.urn,
    )


@dataclass(frozen=True)
class Known:
    """What all rules on a stack are told: what a preview found that would be lost, and what things cost."""

    changes: tuple[Changed, ...]
    prices: Prices


def _policy(configured: Configured, waived: Waived, known: Known) -> Policy:
    rule = configured.rule
    if isinstance(rule, StackRule):
        return _of_stack(rule, configured, waived, known)
    return _of_resource(rule, configured, waived)


def _of_resource(rule: Rule[Any], configured: Configured, waived: Waived) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        node = _node(args)
        asked = Asked(configured.parameters, TODAY, _provider(args))
        for message in rule.check(node, asked):
            if waived(rule.name, node) is None:
                report(message, args.urn)

    return ResourceValidationPolicy(
        name=rule.name,
        description=_description(rule),
        validate=validate,
        enforcement_level=EnforcementLevel(configured.level),
        url=rule.runbook,
    )


def _of_stack(rule: StackRule[Any], configured: Configured, waived: Waived, known: Known) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        graph = _graph(args)
        asked = Asked(configured.parameters, TODAY, changes=known.changes, cost=known.prices)
        for urn, message in rule.check(graph, asked):
            node = graph.nodes.get(urn)
            if node is None or waived(rule.name, node) is None:
                report(message, urn or None)

    return StackValidationPolicy(
        name=rule.name,
        description=_description(rule),
        validate=validate,
        enforcement_level=EnforcementLevel(configured.level),
        url=rule.runbook,
    )


def _description(rule: AnyRule) -> str:
    """The description with the way out: the engine shows it beside each violation, and no address."""
    return f"{rule.description} ({rule.runbook})"


def _changes() -> tuple[Changed, ...]:
    """What would happen to resources, where the one who asks knows it."""
    file = os.environ.get(CHANGES)
    if not file:
        return ()
    return tuple(Changed(**change) for change in json.loads(Path(file).read_text(encoding="utf-8")))


def main() -> None:
    """Read the configuration of the stack that asks, and serve its rules."""
    stack = os.environ.get("PULUMI_STACK", "")
    try:
        configuration = load(stack, RULES, TODAY)
        known = Known(_changes(), Prices.of())
        known.prices.read(stack)
    except (ConfigurationError, UserError) as error:
        # Nothing was judged: the engine stops, and so does a preview, with these lines.
        sys.stderr.write(f"{error.line() if isinstance(error, UserError) else error}\n")
        sys.exit(2)
    policies = [_policy(found, configuration.waiver, known) for found in configuration.rules.values()]
    told = Configured(waivers.rule(configuration), "advisory", Parameters())
    PolicyPack(name="groundwork", policies=[*policies, _policy(told, lambda *_: None, known)])


main()
