"""Changes to objects of kustomize folders, as transforms of the resources that a folder becomes.

A table names each changed object by resource type and name, so that tests can compare it with the folders' objects: a
change that matches no object has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi

Change = Callable[[Mapping[str, Any]], dict[str, Any]]  # the properties of an object after the change
Changes = Mapping[tuple[str, str], Change]  # by resource type and name

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
# Requests by Deployment and container, each by resource.
Requests = Mapping[str, Mapping[str, Mapping[str, str]]]


def transform(changes: Changes) -> pulumi.ResourceTransform:
    """The transform that applies a table of changes to the children of a folder."""

    def changed(given: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        properties: dict[str, Any] = dict(given.props)
        change = changes.get((given.type_, str((properties.get("metadata") or {}).get("name"))))
        if change is None:
            return None
        return pulumi.ResourceTransformResult(props=change(properties), opts=given.opts)

    return changed


def merged(tables: Iterable[Changes]) -> Changes:
    """One table; an object in several of them gets all of its changes, in order."""
    result: dict[tuple[str, str], Change] = {}
    for table in tables:
        for key, change in table.items():
            result[key] = change if key not in result else _both(result[key], change)
    return result


def _both(first: Change, second: Change) -> Change:
    return lambda properties: second(first(properties))


def requests(deployments: Requests) -> Changes:
    """Requests of the containers of Deployments, in place of those that the folder has."""
    return {(DEPLOYMENT, name): _requests(containers) for name, containers in deployments.items()}


def _requests(containers: Mapping[str, Mapping[str, str]]) -> Change:
    def change(container: Mapping[str, Any]) -> dict[str, Any]:
        if container["name"] not in containers:
            return dict(container)
        resources = container.get("resources") or {}
        return {**container, "resources": {**resources, "requests": dict(containers[container["name"]])}}

    return lambda properties: with_containers(properties, change)


def environment(values: Mapping[str, str]) -> Change:
    """Values of environment variables in every container of a Deployment that has the variable."""

    def change(container: Mapping[str, Any]) -> dict[str, Any]:
        entries = [
            {"name": entry["name"], "value": values[entry["name"]]} if entry["name"] in values else entry
            for entry in container.get("env") or []
        ]
        return {**container, **({"env": entries} if entries else {})}

    return lambda properties: with_containers(properties, change)


def pod_labels(labels: Mapping[str, str]) -> Change:
    """Labels that are added to the pods of a Deployment."""

    def change(properties: Mapping[str, Any]) -> dict[str, Any]:
        spec = properties["spec"]
        template = spec["template"]
        metadata = template.get("metadata") or {}
        labelled = {**metadata, "labels": {**(metadata.get("labels") or {}), **labels}}
        return {**properties, "spec": {**spec, "template": {**template, "metadata": labelled}}}

    return change


def annotated(values: Mapping[str, pulumi.Input[str]]) -> Change:
    """Annotations that are added to an object."""

    def change(properties: Mapping[str, Any]) -> dict[str, Any]:
        metadata = properties["metadata"]
        both = {**(metadata.get("annotations") or {}), **values}
        return {**properties, "metadata": {**metadata, "annotations": both}}

    return change


def with_containers(
    properties: Mapping[str, Any], change: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """The properties of a Deployment with each of its containers changed."""
    spec = properties["spec"]
    template = spec["template"]
    containers = [change(container) for container in template["spec"]["containers"]]
    pod = {**template["spec"], "containers": containers}
    return {**properties, "spec": {**spec, "template": {**template, "spec": pod}}}
