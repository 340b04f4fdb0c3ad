"""Everything that a bill or an incident names says whose it is.

Without labels a bill cannot be split by team and a page reaches nobody; without a data class nobody knows what a leak
would mean. Labels are set by the components; this rule proves on the graph that none was forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from groundwork.graph import Node, Placeholder, at
from policy.rules._rule import Asked, Parameters, Rule

REQUIRED: Final = ("environment", "team", "cost-center", "owner")
DATA_CLASS: Final = "data-class"

# Where each type keeps its labels. A test compares this with what the provider's SDK takes, for every type in use.
LABELLED: Final[Mapping[str, str]] = {
    "gcp:artifactregistry/repository:Repository": "labels",
    "gcp:bigquery/dataset:Dataset": "labels",
    "gcp:bigquery/table:Table": "labels",
    "gcp:compute/address:Address": "labels",
    "gcp:compute/globalAddress:GlobalAddress": "labels",
    "gcp:container/cluster:Cluster": "resourceLabels",
    "gcp:container/nodePool:NodePool": "nodeConfig.resourceLabels",
    "gcp:dataplex/datascan:Datascan": "labels",
    "gcp:dns/managedZone:ManagedZone": "labels",
    "gcp:filestore/instance:Instance": "labels",
    "gcp:gkebackup/backupPlan:BackupPlan": "labels",
    "gcp:gkebackup/restoreChannel:RestoreChannel": "labels",
    "gcp:gkebackup/restorePlan:RestorePlan": "labels",
    "gcp:gkehub/feature:Feature": "labels",
    "gcp:kms/cryptoKey:CryptoKey": "labels",
    "gcp:monitoring/alertPolicy:AlertPolicy": "userLabels",
    "gcp:monitoring/notificationChannel:NotificationChannel": "userLabels",
    "gcp:pubsub/subscription:Subscription": "labels",
    "gcp:pubsub/topic:Topic": "labels",
    "gcp:secretmanager/secret:Secret": "labels",
    "gcp:sql/databaseInstance:DatabaseInstance": "settings.userLabels",
    "gcp:storage/bucket:Bucket": "labels",
}
DATA: Final = frozenset(
    {
        "gcp:bigquery/dataset:Dataset",
        "gcp:bigquery/table:Table",
        "gcp:filestore/instance:Instance",
        "gcp:storage/bucket:Bucket",
    }
)

# Types whose labels the provider's default labels do not reach: https://github.com/hashicorp/terraform-provider-google
# applies them to top-level fields of labels, which a node pool does not have, nor Cloud SQL, nor Monitoring.
NOT_BY_DEFAULT: Final = frozenset(kind for kind, path in LABELLED.items() if path not in ("labels", "resourceLabels"))


def _expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern} is no regular expression: {error}") from None
    return pattern


class Values(Parameters):
    """What the values of labels look like, as regular expressions by label."""

    values: Mapping[str, Annotated[str, AfterValidator(_expression)]] = Field(default_factory=dict)


def check(node: Node, asked: Asked[Values]) -> Iterator[str]:
    """One message for each resource that lacks labels, naming all that it lacks."""
    path = LABELLED.get(node.type)
    if path is None:
        return
    own = at(node.inputs, path)
    if isinstance(own, Placeholder):
        why = "not known before the update" if own is Placeholder.UNKNOWN else "secret"
        yield f"{path} is {why}, so nobody can say whose {node.name} is; write the labels out"
        return
    labels = {**_defaults(node, asked.provider), **(own or {})}
    required = (*REQUIRED, DATA_CLASS) if node.type in DATA else REQUIRED
    missing = [label for label in required if not labels.get(label)]
    if missing:
        yield f"{node.name} lacks {_list(missing)} in {path}"
    for label, pattern in sorted(asked.parameters.values.items()):
        value = labels.get(label)
        if isinstance(value, str) and value and not re.fullmatch(pattern, value):
            yield f"{node.name}: the label {label} in {path} is {value}, which does not look like {pattern}"


def _defaults(node: Node, provider: Node | None) -> Mapping[str, Any]:
    """The labels that the provider adds. It takes its own settings as JSON text."""
    if provider is None or node.type in NOT_BY_DEFAULT:
        return {}
    found = provider.inputs.get("defaultLabels") or {}
    if isinstance(found, str):
        found = json.loads(found)
    return found if isinstance(found, Mapping) else {}


def _list(labels: list[str]) -> str:
    return f"the label {labels[0]}" if len(labels) == 1 else f"the labels {', '.join(labels)}"


RULE: Final = Rule(
    name="labels",
    description="Resources carry environment, team, cost-center and owner; data carries data-class",
    level="mandatory",
    check=check,
    parameters=Values,
)
