"""Every change of an object of a kustomize folder has an object that it changes."""

from __future__ import annotations

import pytest

from components.pipelines import PipelinesState, changes
from stacks.layers import folders
from stacks.settings.facts.versions import load_versions
from tests.charts.conftest import RenderedOf
from tests.charts.rendering import Manifest

PIPELINES = ("pipelines", "pipelines-argo", "pipelines-metadata")
STATE = PipelinesState(
    account="runs@example.test",
    bucket="artifacts",
    database_address="10.0.0.3",
    database_user="pipelines",
    database_password="",
)


def resource_type(one: Manifest) -> str:
    """The type that the engine gives to an object of a folder."""
    version = one["apiVersion"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{one['kind']}"


def test_every_change_of_pipelines_matches_an_object(rendered_of: RenderedOf) -> None:
    """A renamed object would leave Pipelines with a database and a store that do not exist."""
    objects = {
        (resource_type(one), one["metadata"]["name"])
        for key in PIPELINES
        for _, rendered in rendered_of(key)
        for one in rendered
    }

    assert set(changes(STATE)) - objects == set()


@pytest.mark.parametrize("key", sorted(load_versions().manifests))
def test_every_change_of_a_folder_matches_an_object(key: str, rendered_of: RenderedOf) -> None:
    """Requests, variables and labels of `stacks/versions.yaml` name Deployments of the folder, and containers."""
    pin = load_versions().manifests[key]
    objects = {
        (resource_type(one), one["metadata"]["name"]): one for _, rendered in rendered_of(key) for one in rendered
    }

    assert set(folders.changes(pin)) - set(objects) == set()
    for deployment, containers in pin.container_requests.items():
        spec = objects["kubernetes:apps/v1:Deployment", deployment]["spec"]["template"]["spec"]
        names = {one["name"] for one in (*spec["containers"], *(spec.get("initContainers") or []))}

        assert set(containers) - names == set(), f"{key}: {deployment} has no such container"


def test_no_store_in_the_cluster_is_left(rendered_of: RenderedOf) -> None:
    """Every ConfigMap with the address of a store that is not installed is changed."""
    named = {
        (resource_type(one), one["metadata"]["name"])
        for key in PIPELINES
        for _, rendered in rendered_of(key)
        for one in rendered
        if one["kind"] == "ConfigMap" and any("seaweedfs" in str(text) for text in (one.get("data") or {}).values())
    }

    assert ("kubernetes:core/v1:ConfigMap", "workflow-controller-configmap") in named
    assert named - set(changes(STATE)) == set()
