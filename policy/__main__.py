"""The adaptor between CrossGuard and the rules: one policy for each rule, asked for each resource or for a stack."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

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

from groundwork.graph import Graph, Node
from groundwork.wire import decode
from policy.rules import RULES, Rule, StackRule


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
    return Graph.of(stack, "policy", [_member(resource) for resource in args.resources])


def _member(resource: PolicyResource) -> Node:
    return Node(
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        inputs=_inputs(resource.props),
        parent=None if resource.parent is None else resource.parent.urn,
        protect=bool(resource.opts.protect),
    )


def _policy(rule: Rule | StackRule) -> Policy:
    return _of_stack(rule) if isinstance(rule, StackRule) else _of_resource(rule)


def _of_resource(rule: Rule) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for message in rule.check(_node(args), _provider(args)):
            report(message, args.urn)

    return ResourceValidationPolicy(
        name=rule.name,
        description=rule.description,
        validate=validate,
        enforcement_level=EnforcementLevel(rule.level),
    )


def _of_stack(rule: StackRule) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for urn, message in rule.check(_graph(args)):
            report(message, urn or None)

    return StackValidationPolicy(
        name=rule.name,
        description=rule.description,
        validate=validate,
        enforcement_level=EnforcementLevel(rule.level),
    )


PolicyPack(name="groundwork", policies=[_policy(rule) for rule in RULES])
