"""Tests of `components.registry`."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components.registry import Registry, RegistryArgs
from groundwork.graph import Graph
from tests.components.declare import declare, declared, depends_on, inputs, protected
from tests.components.grants import CONDITION, GRANTS

DAY = 24 * 60 * 60
IMAGES = RegistryArgs(
    repository_id="images",
    project="ml-service",
    location="europe-west4",
    package_format="docker",
    upstream=None,
    members={},
    cleanup_days=30,
    key=None,
    labels={"environment": "test"},
)
IMAGE_CACHE = dataclasses.replace(IMAGES, upstream="docker-hub")
PACKAGES = dataclasses.replace(IMAGES, package_format="python")
PACKAGE_CACHE = dataclasses.replace(PACKAGES, upstream="pypi")
VIRTUAL = dataclasses.replace(PACKAGES, members={"packages": 20, "cache": 10})
KEEP = {"id": "keep-newest", "action": "KEEP", "mostRecentVersions": {"keepCount": 10}}


def _graph(args: RegistryArgs = IMAGES) -> Graph:
    return declare(lambda: Registry("registry", args))


def _repository(args: RegistryArgs = IMAGES) -> dict[str, Any]:
    return inputs(_graph(args), "registry-repository")


def _delete(tag_state: str) -> dict[str, Any]:
    condition = {"tagState": tag_state, "olderThan": f"{30 * DAY}s"}
    return {"id": "delete-old", "action": "DELETE", "condition": condition}


def test_registry_of_images_has_immutable_tags_and_is_scanned() -> None:
    """All inputs of a standard registry of images."""
    assert declared(_graph()) == {"registry-repository": "gcp:artifactregistry/repository:Repository"}
    assert _repository() == {
        "repositoryId": "images",
        "project": "ml-service",
        "location": "europe-west4",
        "format": "DOCKER",
        "mode": "STANDARD_REPOSITORY",
        "dockerConfig": {"immutableTags": True},
        "cleanupPolicies": [_delete("UNTAGGED"), KEEP],
        "cleanupPolicyDryRun": False,
        "vulnerabilityScanningConfig": {"enablementConfig": "INHERITED"},
        "labels": {"environment": "test"},
    }


@pytest.mark.parametrize(
    ("args", "tag_state"),
    [(IMAGES, "UNTAGGED"), (PACKAGES, "UNTAGGED"), (IMAGE_CACHE, "ANY"), (PACKAGE_CACHE, "ANY")],
    ids=["images", "packages", "image cache", "package cache"],
)
def test_registry_cleanup_deletes_old_released_versions_from_caches_only(args: RegistryArgs, tag_state: str) -> None:
    """A tagged version of a standard registry is a release, and the newest versions are not deleted at all."""
    assert _repository(args)["cleanupPolicies"] == [_delete(tag_state), KEEP]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (IMAGES, {"registry-repository"}),
        (PACKAGES, {"registry-repository"}),
        (IMAGE_CACHE, set()),
        (VIRTUAL, set()),
    ],
    ids=["images", "packages", "cache", "virtual"],
)
def test_registry_with_releases_is_protected(args: RegistryArgs, expected: set[str]) -> None:
    """A cache fills again, and a virtual registry stores nothing."""
    assert protected(_graph(args)) == expected


def test_registry_of_packages_has_no_docker_options() -> None:
    """Tags and scanning are about images."""
    repository = _repository(PACKAGES)

    assert repository["format"] == "PYTHON"
    assert repository["mode"] == "STANDARD_REPOSITORY"
    assert not {"dockerConfig", "vulnerabilityScanningConfig"} & set(repository)


@pytest.mark.parametrize(
    ("args", "config"),
    [
        (IMAGE_CACHE, {"dockerRepository": {"publicRepository": "DOCKER_HUB"}}),
        (PACKAGE_CACHE, {"pythonRepository": {"publicRepository": "PYPI"}}),
        (
            dataclasses.replace(IMAGES, upstream="https://images.example.com"),
            {"dockerRepository": {"customRepository": {"uri": "https://images.example.com"}}},
        ),
        (
            dataclasses.replace(PACKAGES, upstream="https://packages.example.com"),
            {"pythonRepository": {"customRepository": {"uri": "https://packages.example.com"}}},
        ),
    ],
    ids=["preset images", "preset packages", "custom images", "custom packages"],
)
def test_registry_cache_has_an_upstream_by_preset_or_address(args: RegistryArgs, config: dict[str, Any]) -> None:
    """A preset is a public registry that Artifact Registry knows."""
    repository = _repository(args)

    assert repository["mode"] == "REMOTE_REPOSITORY"
    assert repository["remoteRepositoryConfig"] == {"description": f"cache of {args.upstream}", **config}
    assert "virtualRepositoryConfig" not in repository


def test_registry_cache_of_images_is_scanned_and_its_tags_may_move() -> None:
    """A tag of the upstream may move, so it is not immutable in the cache."""
    repository = _repository(IMAGE_CACHE)

    assert repository["vulnerabilityScanningConfig"] == {"enablementConfig": "INHERITED"}
    assert "dockerConfig" not in repository


def test_virtual_registry_searches_members_by_priority_and_stores_nothing() -> None:
    """The internal registry has the higher priority, so that outsiders cannot publish under its names."""
    repository = _repository(VIRTUAL)
    prefix = "projects/ml-service/locations/europe-west4/repositories"

    assert repository["mode"] == "VIRTUAL_REPOSITORY"
    assert repository["virtualRepositoryConfig"] == {
        "upstreamPolicies": [
            {"id": "cache", "priority": 10, "repository": f"{prefix}/cache"},
            {"id": "packages", "priority": 20, "repository": f"{prefix}/packages"},
        ]
    }
    assert not {"cleanupPolicies", "cleanupPolicyDryRun", "remoteRepositoryConfig"} & set(repository)


def test_virtual_registry_of_images_has_neither_immutable_tags_nor_scanning() -> None:
    """Its members have both."""
    repository = _repository(dataclasses.replace(IMAGES, members={"images": 10}))

    assert not {"dockerConfig", "vulnerabilityScanningConfig"} & set(repository)


def test_registry_key_encrypts_its_versions() -> None:
    """Another key replaces the registry."""
    assert _repository(dataclasses.replace(IMAGES, key="projects/p/key"))["kmsKeyName"] == "projects/p/key"


def test_registry_grants_are_roles_on_the_registry() -> None:
    """Reading is to pull, writing is to push; an expiry is a condition."""
    graph = _graph(dataclasses.replace(IMAGES, grants=GRANTS))
    reader = inputs(graph, "registry-group-analysts")
    reader.pop("repository")

    assert reader == {
        "project": "ml-service",
        "location": "europe-west4",
        "role": "roles/artifactregistry.reader",
        "member": "group:analysts@example.com",
    }
    assert inputs(graph, "registry-group-engineers")["role"] == "roles/artifactregistry.writer"
    assert inputs(graph, "registry-group-auditors")["condition"] == CONDITION
    assert depends_on(graph, "registry-group-analysts") == {"registry-repository"}
