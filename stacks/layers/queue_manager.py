"""Kueue's configuration: ``stacks/kueue.yaml`` with what depends on the settings."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from stacks.settings import Tenancy
from stacks.settings.facts.kueue import load_configuration


def values(settings: Tenancy, cluster: str) -> dict[str, Any]:
    """Values of Kueue's chart, which takes the configuration as text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    configuration = load_configuration()
    configuration["waitForPodsReady"]["timeout"] = f"{settings.ready_minutes(cluster)}m"
    # Namespaces of the platform have the label `team` too.
    platform = {"key": "team", "operator": "NotIn", "values": [settings.ownership.team]}
    configuration["managedJobsNamespaceSelector"]["matchExpressions"].append(platform)
    text = io.StringIO()
    yaml.dump(configuration, text)
    return {"managerConfig": {"controllerManagerConfigYaml": text.getvalue()}}
