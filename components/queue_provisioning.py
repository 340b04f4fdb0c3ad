"""Provisioning of all machines of a job at once: Kueue requests them from GKE and starts the job when they exist."""

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
# GKE refuses a request while the pool is at its maximum, where it remains for some minutes after the last job
# (https://github.com/kubernetes-sigs/kueue/issues/5129): the default of three retries ends before that. Ten take about
# three hours.
RETRIES: Final = {"backoffLimitCount": 10, "backoffBaseSeconds": 60, "backoffMaxSeconds": 1800}
# GKE labels the machines of a request with its name. Jobs with topology-aware scheduling need a selector of that label;
# if a request has no such detail, Kueue omits the selector.
REQUEST_MACHINES: Final = {
    "nodeSelector": [
        {
            "key": "autoscaling.gke.io/provisioning-request",
            "valueFromProvisioningClassDetail": "ResizeRequestName",
        }
    ]
}


@dataclass(frozen=True)
class QueuedFlavorArgs:
    """Seconds after which the machines are deleted unless a job sets less, and whether the flavor has a topology."""

    max_run_seconds: int
    has_topology: bool = False


@dataclass(frozen=True)
class QueueProvisioningArgs:
    """Flavors with provisioning requests, by name."""

    flavors: Mapping[str, QueuedFlavorArgs]


class QueueProvisioning(Component):
    """For each flavor, an admission check of the same name and its provisioning request."""

    def __init__(self, name: str, args: QueueProvisioningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the configuration and the admission check of each flavor."""
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
        # A job's annotation provreq.kueue.x-k8s.io/maxRunDurationSeconds takes precedence.
        "parameters": {"maxRunDurationSeconds": str(queued.max_run_seconds)},
        # Pods without a GPU, such as a launcher, run on existing machines.
        "managedResources": [GPU],
        "retryStrategy": RETRIES,
        # GKE accepts one pod template per request: a leader and its workers with equal scheduling are merged.
        "podSetMergePolicy": "IdenticalWorkloadSchedulingRequirements",
        **({"podSetUpdates": REQUEST_MACHINES} if queued.has_topology else {}),
    }
