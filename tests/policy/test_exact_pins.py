"""The rule `exact-pins`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Node, Placeholder
from policy.rules.exact_pins import CHARTS, FILES, FOLDERS, RULE
from tests.policy.asking import ask

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "0123456789abcdef" * 4


def _image(image: Any, kind: str = "kubernetes:apps/v1:Deployment") -> list[str]:
    return ask(RULE, Node("urn:a", kind, "a", {"spec": {"template": {"spec": {"containers": [{"image": image}]}}}}))


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        ("train:1.4", True),
        ("train:1.4.2", True),
        ("train:v1.4.2-cuda12.6", True),
        ("registry.example:5000/train:1.4", True),
        (f"train@sha256:{DIGEST}", True),
        (f"train:latest@sha256:{DIGEST}", True),
        (f"train@sha256:{DIGEST[:-1]}", False),
        (f"@sha256:{DIGEST}", False),
        (f"train@sha256:{DIGEST}0", False),
        ("train:latest", False),
        ("train:1", False),
        ("train", False),
        (":1.4", False),
        ("registry.example:5000.1/train", False),
        ("registry1.4/train", False),
        (Placeholder.UNKNOWN, False),
    ],
)
def test_image_has_a_version_or_a_digest(image: Any, *, pinned: bool) -> None:
    """A tag has at least a major and a minor version; a digest has 64 hexadecimal digits."""
    messages = _image(image)

    assert (messages == []) is pinned
    if image is Placeholder.UNKNOWN:
        assert messages == ["a runs an image that is unknown until pulumi up: write its name and version as text"]


def test_all_images_are_reported() -> None:
    """Each container is one message, and other types have no images."""
    containers = [{"image": "a:latest"}, {"image": Placeholder.UNKNOWN}, {"image": "b:latest"}]
    node = Node("urn:a", "kubernetes:core/v1:Pod", "a", {"spec": {"containers": containers}})

    assert len(ask(RULE, node)) == 3
    assert _image("a:latest", "gcp:cloudrun/service:Service") == []


@pytest.mark.parametrize("kind", sorted(CHARTS))
@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("1.2.3", ""),
        ("v1.2.3", ""),
        ("1.2.3-rc.1", ""),
        ("1.2.3+build", ""),
        ("1.2", "is 1.2:"),
        (">=1.2.3", "is >=1.2.3:"),
        ("1.2.3.4", "is 1.2.3.4:"),
        ("1.2.x", "is 1.2.x:"),
        (None, "is missing:"),
        ("", "is missing:"),
        (Placeholder.UNKNOWN, "is unknown until pulumi up:"),
    ],
)
def test_chart_has_an_exact_version(kind: str, version: Any, state: str) -> None:
    """A chart has a complete semantic version, with or without v."""
    messages = ask(RULE, Node("urn:a", kind, "a", {"chart": "kueue", "version": version}))

    assert [state in message for message in messages] == ([True] if state else [])


def test_kinds_of_charts_and_folders() -> None:
    """These types are charts and kustomize folders; the version of another type does not matter."""
    assert sorted(CHARTS) == [
        "kubernetes:helm.sh/v3:Chart",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:helm.sh/v4:Chart",
    ]
    assert sorted(FOLDERS) == ["kubernetes:kustomize/v2:Directory", "kubernetes:kustomize:Directory"]
    assert (
        ask(RULE, Node("urn:a", "kubernetes:core/v1:Pod", "a", {"version": "latest", "directory": "https://a"})) == []
    )


@pytest.mark.parametrize(
    ("file", "pinned"),
    [
        ("https://raw.example.com/org/repo/v0.12.0/crd.yaml", True),
        (f"https://raw.example.com/org/repo/{'a' * 40}/crd.yaml", True),
        ("https://raw.example.com/org/repo/main/crd.yaml", False),
        ("https://raw.example.com/org/repo/v0.12/crd.yaml", False),
        ("crds/jobset.yaml", True),
    ],
)
def test_downloaded_file_has_a_version_in_its_address(file: str, pinned: Any) -> None:
    """A local file is pinned by this repository."""
    messages = ask(RULE, Node("urn:a", FILES, "a", {"files": [file]}))

    assert [file in message for message in messages] == ([] if pinned else [True])


@pytest.mark.parametrize("kind", sorted(FOLDERS))
@pytest.mark.parametrize(
    ("folder", "pinned"),
    [
        ("https://github.com/a/b/c?ref=1.2.3", True),
        ("https://github.com/a/b/c?ref=release/v1.2.3", True),
        (f"https://github.com/a/b?ref={COMMIT}", True),
        (f"https://github.com/a/b?ref={COMMIT}&timeout=90s", True),
        (f"https://github.com/a/b?timeout=90s&ref={COMMIT}", True),
        (f"https://github.com/a/b?ref={COMMIT[:-1]}", False),
        ("https://github.com/a/b?ref=master", False),
        ("https://github.com/a/b", False),
        ("ssh://host/a", False),
        ("github.com/a/b", False),
        ("github.com/a/b?ref=1.2.3", True),
        ("./manifests/a.b", True),
        ("../manifests", True),
        ("manifests/a.b", True),
        (Placeholder.UNKNOWN, False),
    ],
)
def test_folder_of_another_repository_has_an_exact_version(kind: str, folder: Any, *, pinned: bool) -> None:
    """A remote folder ends with a released version or a commit; a local one needs none."""
    messages = ask(RULE, Node("urn:a", kind, "a", {"directory": folder}))

    assert (messages == []) is pinned
    assert len(messages) <= 1
    if folder is Placeholder.UNKNOWN:
        assert messages == ["a: the folder is unknown until pulumi up: write it as text"]
