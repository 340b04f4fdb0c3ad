"""Tests of `components.secret_mount`."""

from __future__ import annotations

import json

from components.secret_mount import SecretMount, SecretMountArgs
from tests.components.in_cluster import LABELS, in_cluster


def test_secret_mount_lists_the_latest_version_of_each_secret_as_a_file() -> None:
    """GKE's add-on mounts each secret as a file of its name."""
    mount = in_cluster(SecretMount, SecretMountArgs("secrets", "vision", "acme-prod", ["token", "api-key"], LABELS))
    spec = mount.spec("class")

    assert mount.roles == {"class"}
    assert mount.kind("class") == ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass")
    assert mount.metadata("class") == {"name": "secrets", "namespace": "vision", "labels": LABELS}
    assert spec["provider"] == "gke"
    assert set(spec["parameters"]) == {"secrets"}
    assert json.loads(spec["parameters"]["secrets"]) == [
        {"resourceName": "projects/acme-prod/secrets/api-key/versions/latest", "path": "api-key"},
        {"resourceName": "projects/acme-prod/secrets/token/versions/latest", "path": "token"},
    ]
