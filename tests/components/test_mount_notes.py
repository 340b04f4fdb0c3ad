"""Tests of `components.mount_notes`."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from components.mount_notes import DriverArgs, MountNotes, MountNotesArgs, PodMountsArgs
from tests.components.in_cluster import LABELS, in_cluster

DRIVER = DriverArgs(memory_mib=512, disk_mib=1024, cache_mib=2048, cache_medium="local-ssd")


def _pod(driver: DriverArgs | None) -> dict[str, Any]:
    args = MountNotesArgs("vision", {"any": PodMountsArgs(["raw", "weights"], driver)}, LABELS)
    pod: dict[str, Any] = json.loads(in_cluster(MountNotes, args).inputs("configmap")["data"]["any"])
    return pod


def test_mount_notes_are_a_config_map_with_a_key_for_each_pool() -> None:
    """Users look up ``mounts`` in their namespace, by the pool that their pod runs on."""
    pods = {"any": PodMountsArgs(["raw"]), "a100": PodMountsArgs(["weights"])}
    notes = in_cluster(MountNotes, MountNotesArgs("vision", pods, LABELS))

    assert notes.roles == {"configmap"}
    assert notes.kind("configmap") == ("v1", "ConfigMap")
    assert notes.metadata("configmap") == {"name": "mounts", "namespace": "vision", "labels": LABELS}
    assert {key: json.loads(text)["claims"] for key, text in notes.inputs("configmap")["data"].items()} == {
        "any": ["raw"],
        "a100": ["weights"],
    }


def test_mount_notes_are_indented_and_sorted() -> None:
    """People read them, and an update changes no more lines than it has to."""
    notes = in_cluster(MountNotes, MountNotesArgs("vision", {"any": PodMountsArgs(["raw"])}, LABELS))

    assert notes.inputs("configmap")["data"]["any"] == (
        '{\n  "annotations": {},\n  "claims": [\n    "raw"\n  ],\n  "volumes": []\n}'
    )


def test_pod_without_driver_needs_claims_only() -> None:
    """Volumes of a laptop need no sidecar."""
    assert _pod(None) == {"claims": ["raw", "weights"], "annotations": {}, "volumes": []}


def test_pod_with_driver_needs_the_sidecar_and_its_limits() -> None:
    """The annotations inject the driver's sidecar and limit its memory and its disk."""
    pod = _pod(DRIVER)

    assert pod["claims"] == ["raw", "weights"]
    assert pod["annotations"] == {
        "gke-gcsfuse/volumes": "true",
        "gke-gcsfuse/memory-limit": "512Mi",
        "gke-gcsfuse/ephemeral-storage-limit": "1024Mi",
    }


def test_pod_with_file_cache_on_disk_has_a_cache_volume_of_the_node() -> None:
    """The driver finds its cache by the name of the volume."""
    assert _pod(DRIVER)["volumes"] == [{"name": "gke-gcsfuse-cache", "emptyDir": {"sizeLimit": "2048Mi"}}]


def test_pod_with_file_cache_in_memory_has_a_cache_volume_in_memory() -> None:
    """Kubernetes counts such a volume as memory of the pod."""
    assert _pod(dataclasses.replace(DRIVER, cache_medium="memory"))["volumes"] == [
        {"name": "gke-gcsfuse-cache", "emptyDir": {"medium": "Memory", "sizeLimit": "2048Mi"}}
    ]


def test_pod_without_file_cache_has_no_cache_volume() -> None:
    """Zero MiB means no cache; one MiB is a cache."""
    assert _pod(dataclasses.replace(DRIVER, cache_mib=0))["volumes"] == []
    assert len(_pod(dataclasses.replace(DRIVER, cache_mib=1))["volumes"]) == 1
