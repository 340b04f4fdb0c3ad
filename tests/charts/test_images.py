"""Images of charts and folders are those that Binary Authorization allows, and no others are allowed."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from stacks.settings.facts.images import load_images
from tests.charts import sources
from tests.charts.conftest import RenderedOf
from tests.charts.rendering import Manifest
from tests.charts.workloads import templates

KEYS = sorted((*sources.charts(), *sources.manifests()))
# Images of pods that the installed parts, or people, create later: no rendered object has them.
CREATED_LATER = {
    "istiod": {"docker.io/istio/proxyv2*": "injected into pods"},
    "notebooks": {"ghcr.io/kubeflow/kubeflow/notebook-servers/*": "the images of notebooks"},
    "kserve": {"kserve/*": "the storage initializer, in the configuration"},
}


@pytest.mark.parametrize("key", KEYS)
def test_every_image_is_allowed(key: str, rendered_of: RenderedOf) -> None:
    """Where `security.images.enforce` is set, a pod with another image is refused and its update fails."""
    allowed = load_images().images[key]
    refused = {
        f"{owner}: {image}"
        for _, objects in rendered_of(key)
        for owner, image in _images(objects)
        if not any(fnmatchcase(image, pattern) for pattern in allowed)
    }

    assert sorted(refused) == [], f"stacks/images.yaml does not allow these images for {key}"


@pytest.mark.parametrize("key", KEYS)
def test_every_allowed_pattern_is_used(key: str, rendered_of: RenderedOf) -> None:
    """A pattern that no image needs only widens what may run."""
    images = {image for _, objects in rendered_of(key) for _, image in _images(objects)}
    patterns = set(load_images().images[key]) - set(CREATED_LATER.get(key, {}))

    assert sorted(one for one in patterns if not any(fnmatchcase(image, one) for image in images)) == []


@pytest.mark.parametrize("key", KEYS)
def test_every_image_has_a_version(key: str, rendered_of: RenderedOf) -> None:
    """`latest` or no tag would run another image after each restart."""
    if key.startswith("istio"):
        pytest.skip("the module's chart has the tag `latest`, which a release replaces")
    images = {image for _, objects in rendered_of(key) for _, image in _images(objects)}

    assert sorted(one for one in images if _tag(one) in ("", "latest", "main")) == []


def _images(objects: list[Manifest]) -> Iterator[tuple[str, str]]:
    for template in templates(objects):
        for container in template.containers:
            yield template.owner, container["image"]


def _tag(image: str) -> str:
    name = image.rpartition("/")[2]
    return name.partition("@")[2] or name.partition(":")[2]
