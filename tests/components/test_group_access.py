"""Tests of `components.group_access`."""

from __future__ import annotations

from components.group_access import GroupAccess, GroupAccessArgs
from tests.components.declare import declare, declared, inputs
from tests.components.grants import CONDITION, EXPIRY


def test_group_access_is_an_additive_binding_for_each_role() -> None:
    """A binding is named by its role, and expires where the settings say so."""
    args = GroupAccessArgs("ml-service", "ml@example.com", {"roles/viewer": None, "roles/monitoring.editor": EXPIRY})
    graph = declare(lambda: GroupAccess("access-ml", args))

    assert declared(graph) == {
        "access-ml-viewer": "gcp:projects/iAMMember:IAMMember",
        "access-ml-monitoring.editor": "gcp:projects/iAMMember:IAMMember",
    }
    assert inputs(graph, "access-ml-viewer") == {
        "project": "ml-service",
        "role": "roles/viewer",
        "member": "group:ml@example.com",
    }
    assert inputs(graph, "access-ml-monitoring.editor")["role"] == "roles/monitoring.editor"
    assert inputs(graph, "access-ml-monitoring.editor")["condition"] == CONDITION
