"""Machines that come all at once or not at all: the queue asks GKE for them and starts the job once they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import GPU, KUEUE_API, Component

# https://cloud.google.com/kubernetes-engine/docs/how-to/provisioningrequest
PROVISIONING_CLASS: Final = "queued-provisioning.gke.io"
CONTROLLER: Final = "kueue.x-k8s.io/provisioning-request"
# GKE refuses a request while the pool is at its maximum, where the last job's machines keep it for some minutes
# (https://github.com/kubernetes-sigs/kueue/issues/5129): three tries, the default, are over before that. Ten take
# about three hours.
RETRIES: Final = {"backoffLimitCount": 10, "backoffBaseSeconds": 60, "backoffMaxSeconds": 1800}
# GKE labels the machines of a request with what it calls the request. Jobs that choose among machines by their topology
# need to be told which are theirs; where a request has no such detail, Kueue leaves the selector out.
OWN_MACHINES: Final = {
    "nodeSelector": [
        {
            "key": "autoscaling.gke.io/provisioning-request",
            "valueFromProvisioningClassDetail": "ResizeRequestName",
        }
    ]
}


@dataclass(frozen=True)
class QueuedFlavorArgs:
    """Seconds after which the machines go unless a job says less, and whether jobs choose among them by topology."""

    longest_run_seconds: int
    has_topology: bool = False


@dataclass(frozen=True)
class QueueProvisioningArgs:
    """Flavors whose machines are asked for, by name."""

    flavors: Mapping[str, QueuedFlavorArgs]


class QueueProvisioning(Component):
    """For each flavor an admission check of its name, and what it asks GKE for."""

    def __init__(self, name: str, args: QueueProvisioningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both."""
        super().__init__(name, opts)
        for flavor, queued in args.flavors.items():
            config = self._object(name, f"{flavor}-config", "ProvisioningRequestConfig", flavor, _request(queued))
            parameters = {"apiGroup": "kueue.x-k8s.io", "kind": "ProvisioningRequestConfig", "name": flavor}
            check = {"controllerName": CONTROLLER, "parameters": parameters}
            self._object(name, f"{flavor}-check", "AdmissionCheck", flavor, check, config)
        self.register_outputs({})

    def _object(
        self, name: str, role: str, kind: str, flavor: str, spec: dict[str, Any], *after: pulumi.Resource
    ) -> pulumi.Resource:
        return k8s.apiextensions.CustomResource(
            f"{name}-{role}",
            api_version=KUEUE_API,
            kind=kind,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=flavor),
            spec=spec,
            opts=self.child(depends_on=list(after)),
        )


def _request(queued: QueuedFlavorArgs) -> dict[str, Any]:
    return {
        "provisioningClassName": PROVISIONING_CLASS,
        # A job's own annotation provreq.kueue.x-k8s.io/maxRunDurationSeconds goes before this.
        "parameters": {"maxRunDurationSeconds": str(queued.longest_run_seconds)},
        # Pods without a GPU, such as a launcher, find a machine without being asked for.
        "managedResources": [GPU],
        "retryStrategy": RETRIES,
        # GKE takes one template in a request: a leader and its workers, alike but for what they run, become one.
        "podSetMergePolicy": "IdenticalWorkloadSchedulingRequirements",
        **({"podSetUpdates": OWN_MACHINES} if queued.has_topology else {}),
    }
