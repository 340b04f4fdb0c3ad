"""Tests of `components.queue_provisioning`."""

from __future__ import annotations

from components.queue_provisioning import QueuedFlavorArgs, QueueProvisioning, QueueProvisioningArgs
from tests.components.in_cluster import Objects, in_cluster

API = "kueue.x-k8s.io/v1beta2"


def _provisioning(*, has_topology: bool = False) -> Objects:
    flavors = {"h100": QueuedFlavorArgs(86_400, has_topology=has_topology), "b200": QueuedFlavorArgs(3600)}
    return in_cluster(QueueProvisioning, QueueProvisioningArgs(flavors))


def test_each_queued_flavor_has_an_admission_check_of_its_name() -> None:
    """Queues name the check; it refers to the configuration of its flavor, which must exist before."""
    provisioning = _provisioning()

    assert provisioning.roles == {"h100-config", "h100-check", "b200-config", "b200-check"}
    assert provisioning.kind("h100-check") == (API, "AdmissionCheck")
    assert provisioning.metadata("h100-check") == {"name": "h100"}
    assert provisioning.spec("h100-check") == {
        "controllerName": "kueue.x-k8s.io/provisioning-request",
        "parameters": {"apiGroup": "kueue.x-k8s.io", "kind": "ProvisioningRequestConfig", "name": "h100"},
    }
    assert provisioning.dependencies("h100-check") == {"h100-config"}


def test_provisioning_request_is_for_gpus_and_deletes_machines_in_time() -> None:
    """Retries span about three hours, since the pool may still be at its maximum after the last job."""
    provisioning = _provisioning()

    assert provisioning.kind("h100-config") == (API, "ProvisioningRequestConfig")
    assert provisioning.metadata("h100-config") == {"name": "h100"}
    assert provisioning.spec("h100-config") == {
        "provisioningClassName": "queued-provisioning.gke.io",
        "parameters": {"maxRunDurationSeconds": "86400"},
        "managedResources": ["nvidia.com/gpu"],
        "retryStrategy": {"backoffLimitCount": 10, "backoffBaseSeconds": 60, "backoffMaxSeconds": 1800},
        "podSetMergePolicy": "IdenticalWorkloadSchedulingRequirements",
    }
    assert provisioning.spec("b200-config")["parameters"] == {"maxRunDurationSeconds": "3600"}
    assert "podSetUpdates" not in provisioning.spec("b200-config")


def test_flavor_with_topology_selects_the_machines_of_its_request() -> None:
    """Topology-aware scheduling must not choose machines of another request."""
    assert _provisioning(has_topology=True).spec("h100-config")["podSetUpdates"] == {
        "nodeSelector": [
            {
                "key": "autoscaling.gke.io/provisioning-request",
                "valueFromProvisioningClassDetail": "ResizeRequestName",
            }
        ]
    }
