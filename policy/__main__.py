"""The adaptor between CrossGuard and the rules: one policy for each rule, asked once for each resource."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

# The engine starts the pack in its own folder; the rules are imported by the name they have in the repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from groundwork.graph import Node
from groundwork.wire import decode
from policy.rules import RULES, Rule


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


def _policy(rule: Rule) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for message in rule.check(_node(args), _provider(args)):
            report(message, args.urn)

    return ResourceValidationPolicy(
        name=rule.name,
        description=rule.description,
        validate=validate,
        enforcement_level=EnforcementLevel(rule.level),
    )


PolicyPack(name="groundwork", policies=[_policy(rule) for rule in RULES])
