"""The rule `labels`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from groundwork.cost.resource_types import LABEL_PATHS
from groundwork.graph import Node, Placeholder, at
from policy.rules._rule import Context, Parameters, Rule

REQUIRED: Final = ("environment", "team", "cost-center", "owner")
DATA_CLASS: Final = "data-class"

DATA: Final = frozenset(
    {
        "gcp:bigquery/dataset:Dataset",
        "gcp:bigquery/table:Table",
        "gcp:filestore/instance:Instance",
        "gcp:storage/bucket:Bucket",
    }
)

# Types without the provider's default labels: https://github.com/hashicorp/terraform-provider-google adds them to
# top-level fields of labels, which node pools, Cloud SQL and Monitoring do not have.
WITHOUT_DEFAULTS: Final = frozenset(
    kind for kind, path in LABEL_PATHS.items() if path not in ("labels", "resourceLabels")
)


def _expression(pattern: str) -> str:
    """The pattern; raises `ValueError` where it is not a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern} is not a regular expression: {error}") from None
    return pattern


class Values(Parameters):
    """Regular expressions of label values, by label."""

    values: Mapping[str, Annotated[str, AfterValidator(_expression)]] = Field(default_factory=dict)


def check(node: Node, context: Context[Values]) -> Iterator[str]:
    """One message for all labels that are missing, and one for each value that does not match."""
    path = LABEL_PATHS.get(node.type)
    if path is None:
        return
    own = at(node.inputs, path)
    if isinstance(own, Placeholder):
        state = "unknown until pulumi up" if own is Placeholder.UNKNOWN else "secret"
        yield f"{node.name}: {path} is {state}: write each label and its value as text"
        return
    labels = {**_defaults(node, context.provider), **(own or {})}
    required = (*REQUIRED, DATA_CLASS) if node.type in DATA else REQUIRED
    missing = [label for label in required if not labels.get(label)]
    if missing:
        yield f"{node.name} has no {', '.join(missing)} in {path}: pass the labels of its owner to the component"
    for label, pattern in sorted(context.parameters.values.items()):
        value = labels.get(label)
        if isinstance(value, str) and value and not re.fullmatch(pattern, value):
            yield f"{node.name}: {label} in {path} is {value}, which does not match {pattern}: correct the setting"


def _defaults(node: Node, provider: Node | None) -> Mapping[str, Any]:
    """The labels that the provider adds; inputs of providers are JSON text."""
    if provider is None or node.type in WITHOUT_DEFAULTS:
        return {}
    labels = provider.inputs.get("defaultLabels") or {}
    if isinstance(labels, str):
        labels = json.loads(labels)
    return labels if isinstance(labels, Mapping) else {}


RULE: Final = Rule(
    name="labels",
    description="Resources have the labels environment, team, cost-center and owner; data also has data-class",
    why="""
        Without labels a bill cannot be split by team and an alert reaches no owner; without a data class the
        impact of a leak is unknown. Components set the labels; the rule shows that none is missing in the
        graph.
        """,
    level="mandatory",
    check=check,
    parameters=Values,
)
