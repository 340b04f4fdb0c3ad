"""How the queue of a cluster is configured: what is in ``stacks/kueue.yaml``, and what depends on the settings."""

from __future__ import annotations

import io
from typing import Any, Final

from ruamel.yaml import YAML

from stacks.settings import Local, Settings
from stacks.settings.facts.kueue import load_configuration
from stacks.settings.model.gpu_pools import Capacity

# A machine, its driver and an image of some gigabytes take ten minutes or so.
READY_MINUTES: Final = 30
# Flex-start machines come when there are some. Pods that are taken back meanwhile would ask for them anew.
READY_MINUTES_WITH_FLEX_START: Final = 1440


def values(settings: Settings | Local, cluster: str) -> dict[str, Any]:
    """Values of Kueue's chart, which takes the configuration as text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    configuration = load_configuration()
    configuration["waitForPodsReady"]["timeout"] = f"{_ready_minutes(settings, cluster)}m"
    # Namespaces of the platform say whose they are too.
    platform = {"key": "team", "operator": "NotIn", "values": [settings.ownership.team]}
    configuration["managedJobsNamespaceSelector"]["matchExpressions"].append(platform)
    text = io.StringIO()
    yaml.dump(configuration, text)
    return {"managerConfig": {"controllerManagerConfigYaml": text.getvalue()}}


def _ready_minutes(settings: Settings | Local, cluster: str) -> int:
    if settings.queueing.ready_minutes is not None:
        return settings.queueing.ready_minutes
    if isinstance(settings, Local):
        return READY_MINUTES
    pools = [pool for pool in settings.gpu_pools.values() if cluster in pool.clusters]
    flex_start = any(pool.capacity is Capacity.FLEX_START for pool in pools)
    return READY_MINUTES_WITH_FLEX_START if flex_start else READY_MINUTES
