"""Restricted egress lets nodes pull every image that is allowed: registries serve layers from other hosts."""

from __future__ import annotations

from typing import Final

import pytest

from stacks.settings.facts.images import load_images
from tests.cloud_settings import read_file
from tests.conftest import ROOT

# Hosts that a pull contacts, by registry. Google's registries have private addresses and need no entry.
# Docker Hub: https://docs.docker.com/desktop/setup/allow-list/ (docker/docs pull request 25122), read in November 2026.
HOSTS: Final = {
    "docker.io": (
        "auth.docker.io",
        "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
        "production.cloudfront.docker.com",
        "registry-1.docker.io",
    ),
    "gcr.io": (),
    "ghcr.io": ("ghcr.io", "pkg-containers.githubusercontent.com"),
    "nvcr.io": ("nvcr.io",),
    "quay.io": ("cdn.quay.io", "cdn01.quay.io", "cdn02.quay.io", "cdn03.quay.io", "quay.io"),
    "registry.k8s.io": ("registry.k8s.io",),
}


def _registry(pattern: str) -> str:
    """The registry of an image; a name without a host is of Docker Hub."""
    host = pattern.partition("/")[0]
    return host if "." in host else "docker.io"


@pytest.mark.parametrize("stack", ["dr", "prod"])
def test_hosts_of_every_registry_are_allowed(stack: str) -> None:
    """Without a host of its layers, a pull ends in a time-out, and so does the release that waits for the pod."""
    egress = read_file(ROOT / f"Pulumi.{stack}.yaml").network.egress
    assert egress is not None
    allowed = {host for entry in egress.allow.values() for host in entry.hosts}
    registries = {_registry(pattern) for pattern in load_images().patterns}

    assert registries == set(HOSTS)
    assert sorted({host for registry in registries for host in HOSTS[registry]} - allowed) == []
