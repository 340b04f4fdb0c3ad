"""Grants with an end and without a reason, one for each place of grants."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import Wrong

ACCESS: Final = {"access": "read", "until": "2027-01-31"}
ROLE: Final = {"role": "roles/monitoring.viewer", "until": "2027-01-31"}


def _without_reason(path: str, value: object, at: str) -> Wrong:
    return Wrong(path, value, "is missing", "a grant that ends needs a reason", at=f"{at}.reason")


def _access(path: str) -> Wrong:
    """Access of `vision`, the key of both a group and a team."""
    return _without_reason(path, {"vision": ACCESS}, f"{path}.vision")


def _role(path: str) -> Wrong:
    return _without_reason(path, [ROLE], f"{path}[0]")


GRANTS: Final = {
    "audit reader that ends without a reason": _without_reason(
        "audit", {"readers": {"vision": ACCESS}}, "audit.readers.vision"
    ),
    "role of a deployer that ends without a reason": _role("github.deployers.preview.roles"),
    "host role of a deployer that ends without a reason": _role("github.deployers.preview.host_roles"),
    "group of a bucket that ends without a reason": _access("buckets.pipeline-runs.groups"),
    "group of a registry that ends without a reason": _access("registries.images.groups"),
    "workloads of a registry that end without a reason": _access("registries.images.workloads"),
    "group of a secret that ends without a reason": _access("secrets.labelling-password.groups"),
    "workloads of a secret that end without a reason": _access("secrets.labelling-password.workloads"),
    "group of a warehouse that ends without a reason": _access("warehouses.experiments.groups"),
    "workloads of a warehouse that end without a reason": _access("warehouses.experiments.workloads"),
}
