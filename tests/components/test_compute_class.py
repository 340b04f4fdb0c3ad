"""Tests of `components.compute_class`."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.compute_class import ComputeClass, ComputeClassArgs, CreatedPoolArgs
from tests.components.in_cluster import in_cluster

CLASS = ComputeClassArgs(class_name="a100", priorities=["reserved", "spot"], when_unsatisfiable="DoNotScaleUp")
POOL = CreatedPoolArgs(
    machine_type="a2-highgpu-1g",
    accelerator="nvidia-tesla-a100",
    accelerators=1,
    spot=True,
    disk_gb=200,
    local_ssd_partitions=0,
    zones=["europe-west4-a", "europe-west4-b"],
)


def _spec(**changes: Any) -> dict[str, Any]:
    return in_cluster(ComputeClass, dataclasses.replace(CLASS, **changes)).spec("class")


def test_compute_class_has_the_name_that_pods_select() -> None:
    """Pods name the class in a node selector."""
    objects = in_cluster(ComputeClass, CLASS)

    assert objects.roles == {"class"}
    assert objects.kind("class") == ("cloud.google.com/v1", "ComputeClass")
    assert objects.metadata("class") == {"name": "a100"}


def test_compute_class_has_one_rule_per_pool_in_order_of_priority() -> None:
    """GKE does not order the pools within one rule."""
    assert _spec()["priorities"] == [{"nodepools": ["reserved"]}, {"nodepools": ["spot"]}]


def test_compute_class_by_default_creates_no_pools_and_moves_no_pods() -> None:
    """Moving pods restarts them, and pools are those of the settings."""
    assert _spec() == {
        "priorities": [{"nodepools": ["reserved"]}, {"nodepools": ["spot"]}],
        "whenUnsatisfiable": "DoNotScaleUp",
        "activeMigration": {"optimizeRulePriority": False},
        "nodePoolAutoCreation": {"enabled": False},
    }


def test_compute_class_may_scale_up_any_pool_and_migrate_pods() -> None:
    """Both are settings of the class."""
    spec = _spec(when_unsatisfiable="ScaleUpAnyway", active_migration=True)

    assert spec["whenUnsatisfiable"] == "ScaleUpAnyway"
    assert spec["activeMigration"] == {"optimizeRulePriority": True}


def test_auto_creation_is_the_last_priority() -> None:
    """GKE creates pools of this shape when no declared pool has capacity."""
    spec = _spec(auto_creation=POOL)

    assert spec["nodePoolAutoCreation"] == {"enabled": True}
    assert spec["priorities"] == [
        {"nodepools": ["reserved"]},
        {"nodepools": ["spot"]},
        {
            "machineType": "a2-highgpu-1g",
            "gpu": {"type": "nvidia-tesla-a100", "count": 1, "driverVersion": "default"},
            "spot": True,
            "storage": {"bootDiskType": "pd-balanced", "bootDiskSize": 200},
            "location": {"zones": ["europe-west4-a", "europe-west4-b"]},
        },
    ]


def test_auto_creation_counts_local_ssds() -> None:
    """A pool without local SSDs omits the count."""
    pool = dataclasses.replace(POOL, local_ssd_partitions=1)

    assert _spec(auto_creation=pool)["priorities"][-1]["storage"]["localSSDCount"] == 1
    assert "localSSDCount" not in _spec(auto_creation=POOL)["priorities"][-1]["storage"]
