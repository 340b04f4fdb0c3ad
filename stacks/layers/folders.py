"""Changes to the objects of kustomize folders, from their entries in ``stacks/versions.yaml``."""

from __future__ import annotations

from components._manifest_changes import DEPLOYMENT, Changes, environment, merged, pod_labels, requests
from stacks.settings.facts.versions import Manifests


def changes(pin: Manifests) -> Changes:
    """The changes that the entry of a folder describes: requests, environment variables and labels of pods."""
    return merged(
        [
            requests(pin.container_requests),
            {(DEPLOYMENT, name): environment(values) for name, values in pin.environment.items()},
            {(DEPLOYMENT, name): pod_labels(values) for name, values in pin.pod_labels.items()},
        ]
    )
