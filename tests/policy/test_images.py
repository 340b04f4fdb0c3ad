"""The images of Kubernetes objects, which two rules check."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules._images import images

POD = {"containers": [{"image": "a"}]}


def _images(inputs: dict[str, Any], kind: str = "kubernetes:core/v1:Pod") -> list[Any]:
    return list(images(Node("urn:a", kind, "a", inputs)))


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"spec": POD}, ["a"]),
        ({"spec": {"initContainers": [{"image": "b"}], **POD}}, ["b", "a"]),
        ({"spec": {"ephemeralContainers": ({"image": "c"},)}}, ["c"]),
        ({"spec": {"template": {"spec": POD}}}, ["a"]),
        ({"items": [{"spec": POD}, {"spec": POD}]}, ["a", "a"]),
        ({"items": ({"spec": POD},)}, ["a"]),
        ({"spec": {"containers": [{"name": "x"}, "text", Placeholder.UNKNOWN, {"image": "d"}]}}, ["d"]),
        ({"spec": {"containers": "text"}}, []),
        ({"spec": {"containers": None}}, []),
        ({"spec": {"image": "e"}}, []),
        ({"spec": {"containers": Placeholder.UNKNOWN}}, [Placeholder.UNKNOWN]),
        ({"spec": {"containers": [{"image": Placeholder.SECRET}]}}, [Placeholder.UNKNOWN]),
    ],
)
def test_images_of_containers(inputs: dict[str, Any], found: list[Any]) -> None:
    """Images of all kinds of containers are found at any depth, and unknown ones are placeholders."""
    assert _images(inputs) == found


@pytest.mark.parametrize(
    ("kind", "has_images"),
    [
        ("kubernetes:apps/v1:Deployment", True),
        ("kubernetes:helm.sh/v3:Release", False),
        ("kubernetes:kustomize/v2:Directory", False),
        ("gcp:cloudrun/service:Service", False),
    ],
)
def test_types_with_images(kind: str, *, has_images: bool) -> None:
    """Values of charts and resources of Google are not objects of Kubernetes."""
    assert bool(_images({"spec": POD}, kind)) is has_images
