"""Replacements that depend on values, which providers decide in code.

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
class InputChange:
    """The change of one input (None where absent), with all inputs of the old and new resource and of its provider."""

    before: Value
    after: Value
    old: Mapping[str, Value]
    new: Mapping[str, Value]
    provider: Mapping[str, Value]


Rule = Callable[[InputChange], bool]


def _range_does_not_grow(change: InputChange) -> bool:
    """An address range can only grow in place (IsShrinkageIpCidr)."""
    try:
        return not ipaddress.IPv4Network(change.before).subnet_of(ipaddress.IPv4Network(change.after))
    except (TypeError, ValueError):
        return False  # taken from a reserved range now, or invalid and refused


def _turned_off(change: InputChange) -> bool:
    """A feature cannot be turned off in place (isBeenEnabled)."""
    return change.before is True and change.after is not True


def _unlocked(change: InputChange) -> bool:
    """A locked policy cannot be unlocked or removed in place (isPolicyLocked)."""
    path = "retentionPolicy.isLocked"
    return at(change.old, path) is True and at(change.new, path) is not True


def _removed(change: InputChange) -> bool:
    """A value cannot be removed in place (privateNetworkCustomizeDiff)."""
    return bool(change.before) and not change.after


def _beta_api_removed(change: InputChange) -> bool:
    """Beta APIs can only be added in place (containerClusterEnableK8sBetaApisCustomizeDiff)."""
    path = "enableK8sBetaApis.enabledApis"
    return not {*(at(change.old, path) or ())} <= {*(at(change.new, path) or ())}


def _on_autopilot(change: InputChange) -> bool:
    """Autopilot clusters cannot change this in place (containerClusterAutopilotCustomizeDiff)."""
    return change.new.get("enableAutopilot") is True


def _disk_shrinks(change: InputChange) -> bool:
    """A disk without automatic growth cannot shrink in place (diskSizeCutomizeDiff)."""
    is_smaller = isinstance(change.before, int) and isinstance(change.after, int) and change.after < change.before
    return is_smaller and at(change.new, "settings.diskAutoresize") is False


def _always(change: InputChange) -> bool:  # noqa: ARG001 - the signature of a rule
    """Every change replaces."""
    return True


def _columns_are_incompatible(change: InputChange) -> bool:
    """Columns can be added or dropped in place, not both, and a required one can become nullable.

    With row-level access policies no column can be dropped either, which only the cloud knows
    (resourceBigQueryTableSchemaIsChangeable).
    """
    try:
        return change.after is not None and _are_incompatible(
            json.loads(change.before or "[]"), json.loads(change.after)
        )
    except (TypeError, ValueError):
        return False  # an invalid schema is refused


def _are_incompatible(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    old, new = ({column.get("name"): column for column in columns} for columns in (before, after))
    if old.keys() - new.keys() and new.keys() - old.keys():
        return True
    return any(_is_incompatible(old[name], new[name]) for name in old.keys() & new.keys())


def _is_incompatible(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    modes = tuple(str(column.get("mode") or "NULLABLE").upper() for column in (before, after))
    if before.get("type") != after.get("type") or (modes[0] != modes[1] and modes != ("REQUIRED", "NULLABLE")):
        return True
    return _are_incompatible(before.get("fields") or [], after.get("fields") or [])


def _other_cluster(change: InputChange) -> bool:
    """Another or an unknown API server is another cluster; other credentials are not."""
    return change.after is Placeholder.UNKNOWN or _clusters(change.before) != _clusters(change.after)


def _clusters(kubeconfig: Value) -> Any:
    """The clusters of a kubeconfig in JSON; any other text as it is."""
    try:
        return [entry["cluster"] for entry in json.loads(kubeconfig)["clusters"]]
    except (KeyError, TypeError, ValueError):
        return kubeconfig


def _is_immutable(change: InputChange, option: str) -> bool:
    """Whether an object's data is immutable: it always is, unless an option of the provider allows changes."""
    return change.new.get("immutable") is True or change.provider.get(option) is not True


# Inputs that replace where the rule is true, in addition to those of the table.
REPLACING: Final[Mapping[str, Mapping[str, Rule]]] = {
    "gcp:bigquery/table:Table": {"schema": _columns_are_incompatible},
    "gcp:compute/subnetwork:Subnetwork": {"ipCidrRange": _range_does_not_grow},
    "gcp:container/cluster:Cluster": {
        "dnsConfig.additiveVpcScopeDnsDomain": _on_autopilot,
        "enableFqdnNetworkPolicy": _turned_off,
        "enableK8sBetaApis.**": _beta_api_removed,
        "enableL4IlbSubsetting": _turned_off,
    },
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "masterInstanceName": _always,
        "settings.autoUpgradeEnabled": _turned_off,
        "settings.diskSize": _disk_shrinks,
        "settings.ipConfiguration.privateNetwork": _removed,
    },
    "gcp:storage/bucket:Bucket": {"retentionPolicy.**": _unlocked},
    "pulumi:providers:kubernetes": {"cluster": _always, "context": _always, "kubeconfig": _other_cluster},
}

# Inputs that replace where they become unknown, in addition to those of the table.
UNKNOWN: Final[Mapping[str, tuple[str, ...]]] = {"pulumi:providers:kubernetes": ("cluster", "context", "kubeconfig")}

# Inputs of the table that replace only where the rule is true.
CONDITIONS: Final[Mapping[str, Mapping[str, Rule]]] = {
    "gcp:storage/bucket:Bucket": {
        # hierachicalNamespaceDiffSuppress: a disabled block equals an absent one.
        "hierarchicalNamespace.**": lambda change: (
            at(change.old, "hierarchicalNamespace.enabled") is True
            or at(change.new, "hierarchicalNamespace.enabled") is True
        ),
    },
    "kubernetes:core/v1:ConfigMap": {
        "binaryData.**": lambda change: _is_immutable(change, "enableConfigMapMutable"),
        "data.**": lambda change: _is_immutable(change, "enableConfigMapMutable"),
    },
    "kubernetes:core/v1:Secret": {
        "data.**": lambda change: _is_immutable(change, "enableSecretMutable"),
        "stringData.**": lambda change: _is_immutable(change, "enableSecretMutable"),
    },
}


def replaces(kind: str, path: str, change: InputChange) -> bool:
    """Whether a rule replaces for this change, whatever the table says."""
    return any(rule(change) for rule in _rules(REPLACING, kind, path))


def confirms(kind: str, path: str, change: InputChange) -> bool:
    """Whether all conditions are met under which the table replaces for this change."""
    return all(rule(change) for rule in _rules(CONDITIONS, kind, path))


def _rules(rules: Mapping[str, Mapping[str, Rule]], kind: str, path: str) -> list[Rule]:
    keys = parse(path)
    return [rule for pattern, rule in rules.get(kind, {}).items() if matches(pattern, keys)]
