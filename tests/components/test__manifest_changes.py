"""Tests of `components._manifest_changes`."""

from __future__ import annotations

from typing import Any

from components._manifest_changes import DEPLOYMENT, environment, merged, pod_labels, requests


def _deployment(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "manager"}, "spec": {"template": {"spec": {"containers": list(containers)}}}}


def test_requests_are_set_for_named_containers_only() -> None:
    """Limits and other containers are not changed."""
    table = requests({"manager": {"main": {"cpu": "50m", "memory": "64Mi"}}})
    given = _deployment({"name": "main", "resources": {"limits": {"cpu": "1"}}}, {"name": "other"})

    assert list(table) == [(DEPLOYMENT, "manager")]
    assert table[DEPLOYMENT, "manager"](given) == _deployment(
        {"name": "main", "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "50m", "memory": "64Mi"}}},
        {"name": "other"},
    )


def test_merged_tables_apply_every_change_of_an_object() -> None:
    """A later table does not replace the change of an earlier one."""
    key = (DEPLOYMENT, "manager")
    table = merged(
        [
            {key: environment({"A": "2"})},
            requests({"manager": {"main": {"cpu": "1", "memory": "1Gi"}}}),
            {key: pod_labels({"x": "y"})},
        ]
    )
    changed = table[key](_deployment({"name": "main", "env": [{"name": "A", "value": "1"}]}))

    assert changed["spec"]["template"] == {
        "metadata": {"labels": {"x": "y"}},
        "spec": {
            "containers": [
                {
                    "name": "main",
                    "env": [{"name": "A", "value": "2"}],
                    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
                }
            ]
        },
    }
