"""Replacements that depend on the values: what a provider decides in code, where no schema can say it.

Source: CustomizeDiff in google-beta/services of hashicorp/terraform-provider-google-beta 7.45, and DiffConfig and
forceNewProperties of pulumi/pulumi-kubernetes 4.33 (read in November 2026).
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from groundwork.diff.replacements.paths import matches, parse
from groundwork.graph import Placeholder, Value, at


@dataclass(frozen=True)
class Changed:
    """One input that changes, None where a side has none, with all inputs of both sides and those of the provider."""

    before: Value
    after: Value
    old: Mapping[str, Value]
    new: Mapping[str, Value]
    provider: Mapping[str, Value]


Rule = Callable[[Changed], bool]


def _range_is_left(changed: Changed) -> bool:
    """A range of addresses grows in place (IsShrinkageIpCidr)."""
    try:
        return not ipaddress.IPv4Network(changed.before).subnet_of(ipaddress.IPv4Network(changed.after))
    except (TypeError, ValueError):
        return False  # it is taken from a reserved range now, or it is none and refused


def _turned_off(changed: Changed) -> bool:
    """What was turned on stays on (isBeenEnabled)."""
    return changed.before is True and changed.after is not True


def _unlocked(changed: Changed) -> bool:
    """A lock stays closed, and what it locks stays there (isPolicyLocked)."""
    path = "retentionPolicy.isLocked"
    return at(changed.old, path) is True and at(changed.new, path) is not True


def _taken_away(changed: Changed) -> bool:
    """What was given has to be given (privateNetworkCustomizeDiff)."""
    return bool(changed.before) and not changed.after


def _element_taken_away(changed: Changed) -> bool:
    """A list that may only grow (containerClusterEnableK8sBetaApisCustomizeDiff)."""
    path = "enableK8sBetaApis.enabledApis"
    return not {*(at(changed.old, path) or ())} <= {*(at(changed.new, path) or ())}


def _on_autopilot(changed: Changed) -> bool:
    """The rule holds for clusters whose nodes Google keeps (containerClusterAutopilotCustomizeDiff)."""
    return changed.new.get("enableAutopilot") is True


def _disk_shrinks(changed: Changed) -> bool:
    """A disk that does not grow by itself cannot become smaller (diskSizeCutomizeDiff)."""
    smaller = isinstance(changed.before, int) and isinstance(changed.after, int) and changed.after < changed.before
    return smaller and at(changed.new, "settings.diskAutoresize") is False


def _always(changed: Changed) -> bool:  # noqa: ARG001 - a rule takes a change
    """Any change: the code asks for nothing else."""
    return True


def _columns_break(changed: Changed) -> bool:
    """Columns are added or dropped, not both, and a required one may become optional.

    Whether a table has policies on rows, with which no column can be dropped, only the cloud knows
    (resourceBigQueryTableSchemaIsChangeable).
    """
    try:
        return changed.after is not None and _breaks(json.loads(changed.before or "[]"), json.loads(changed.after))
    except (TypeError, ValueError):
        return False  # no schema at all is refused


def _breaks(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    old, new = ({column.get("name"): column for column in columns} for columns in (before, after))
    if old.keys() - new.keys() and new.keys() - old.keys():
        return True
    return any(_column_breaks(old[name], new[name]) for name in old.keys() & new.keys())


def _column_breaks(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    modes = tuple(str(column.get("mode") or "NULLABLE").upper() for column in (before, after))
    if before.get("type") != after.get("type") or (modes[0] != modes[1] and modes != ("REQUIRED", "NULLABLE")):
        return True
    return _breaks(before.get("fields") or [], after.get("fields") or [])


def _other_cluster(changed: Changed) -> bool:
    """Another API server, or one that is not known yet, is another cluster; other credentials are not."""
    return changed.after is Placeholder.UNKNOWN or _server(changed.before) != _server(changed.after)


def _server(kubeconfig: Value) -> Any:
    """The clusters of a kubeconfig in JSON; of any other text, the whole."""
    try:
        return [found["cluster"] for found in json.loads(kubeconfig)["clusters"]]
    except (KeyError, TypeError, ValueError):
        return kubeconfig


def _is_fixed(changed: Changed, provider: str) -> bool:
    """Whether what an object holds is fixed: the provider replaces it, unless it is told that it may change."""
    return changed.new.get("immutable") is True or changed.provider.get(provider) is not True


# Beside what the table says.
FORCING: Final[Mapping[str, Mapping[str, Rule]]] = {
    "gcp:bigquery/table:Table": {"schema": _columns_break},
    "gcp:compute/subnetwork:Subnetwork": {"ipCidrRange": _range_is_left},
    "gcp:container/cluster:Cluster": {
        "dnsConfig.additiveVpcScopeDnsDomain": _on_autopilot,
        "enableFqdnNetworkPolicy": _turned_off,
        "enableK8sBetaApis.**": _element_taken_away,
        "enableL4IlbSubsetting": _turned_off,
    },
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "masterInstanceName": _always,
        "settings.autoUpgradeEnabled": _turned_off,
        "settings.diskSize": _disk_shrinks,
        "settings.ipConfiguration.privateNetwork": _taken_away,
    },
    "gcp:storage/bucket:Bucket": {"retentionPolicy.**": _unlocked},
    "pulumi:providers:kubernetes": {"cluster": _always, "context": _always, "kubeconfig": _other_cluster},
}

# Inputs that replace where they are no longer known, beside those of the table.
UNKNOWN: Final[Mapping[str, tuple[str, ...]]] = {"pulumi:providers:kubernetes": ("cluster", "context", "kubeconfig")}

# In place of what the table says: it holds where the rule does.
CONDITION: Final[Mapping[str, Mapping[str, Rule]]] = {
    "gcp:storage/bucket:Bucket": {
        # hierachicalNamespaceDiffSuppress: a block that is off is no block.
        "hierarchicalNamespace.**": lambda changed: (
            at(changed.old, "hierarchicalNamespace.enabled") is True
            or at(changed.new, "hierarchicalNamespace.enabled") is True
        ),
    },
    "kubernetes:core/v1:ConfigMap": {
        "binaryData.**": lambda changed: _is_fixed(changed, "enableConfigMapMutable"),
        "data.**": lambda changed: _is_fixed(changed, "enableConfigMapMutable"),
    },
    "kubernetes:core/v1:Secret": {
        "data.**": lambda changed: _is_fixed(changed, "enableSecretMutable"),
        "stringData.**": lambda changed: _is_fixed(changed, "enableSecretMutable"),
    },
}


def forces(kind: str, path: str, changed: Changed) -> bool:
    """Whether a rule says that this change replaces."""
    return any(rule(changed) for rule in _of(FORCING, kind, path))


def holds(kind: str, path: str, changed: Changed) -> bool:
    """Whether no rule takes back what the table says."""
    return all(rule(changed) for rule in _of(CONDITION, kind, path))


def _of(rules: Mapping[str, Mapping[str, Rule]], kind: str, path: str) -> list[Rule]:
    keys = parse(path)
    return [rule for pattern, rule in rules.get(kind, {}).items() if matches(pattern, keys)]
