"""An admission policy that enforces `restricted` except for hostIPC: Pod Security has no such level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as k8s

from components._admission_policy import Rule, Validation, admission_policy
from components._common import HOST_IPC, POD_SECURITY_EXCEPTION, Component, Labels

NAME: Final = "restricted-with-host-ipc"
CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
PROFILES: Final = '["RuntimeDefault", "Localhost"]'
VOLUMES: Final = ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
                  "secret")  # fmt: skip
POD: Final = "object.spec.?securityContext"
# https://kubernetes.io/docs/concepts/security/pod-security-standards: all of baseline and restricted except
# hostIPC, as CEL expressions on a pod and the message of a refusal. Windows is omitted: its nodes have no GPUs.
POD_RULES: Final = {
    "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false)": (
        "hostNetwork and hostPID must be unset"
    ),
    f"{POD}.?sysctls.orValue([]).size() == 0": "securityContext.sysctls must be unset",
    f"{POD}.?seccompProfile.?type.orValue('RuntimeDefault') in {PROFILES}": (
        "securityContext.seccompProfile.type must be RuntimeDefault"
    ),
    f"{POD}.?appArmorProfile.?type.orValue('RuntimeDefault') in {PROFILES}": (
        "securityContext.appArmorProfile must be unset"
    ),
    "!has(object.spec.securityContext) || !has(object.spec.securityContext.seLinuxOptions)": (
        "securityContext.seLinuxOptions must be unset"
    ),
    f"{POD}.?runAsUser.orValue(1) != 0": "securityContext.runAsUser must not be 0",
    "object.spec.?volumes.orValue([]).all(volume, {})".format(
        " || ".join(f"has(volume.{kind})" for kind in VOLUMES)
    ): f"volumes must be of {', '.join(VOLUMES)}",
}
# Hosts that the kubelet calls from the node: https://kubernetes.io/docs/concepts/security/pod-security-standards,
# "Host Probes / Lifecycle Hooks".
NO_HOOK_HOSTS: Final = tuple(
    f"c.?{hook}.?{action}.?host.orValue('') == ''"
    for hook in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop")
    for action in ("httpGet", "tcpSocket")
)
# The same for each container, the variable `c`.
CONTAINER_RULES: Final = {
    "!c.?securityContext.?privileged.orValue(false)": "securityContext.privileged must be unset",
    "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)": (
        "securityContext.allowPrivilegeEscalation must be false"
    ),
    "'ALL' in c.?securityContext.?capabilities.?drop.orValue([])": 'securityContext.capabilities.drop must be ["ALL"]',
    "c.?securityContext.?capabilities.?add.orValue([]).all(capability, capability == 'NET_BIND_SERVICE')": (
        "securityContext.capabilities.add must be unset"
    ),
    f"c.?securityContext.?runAsNonRoot.orValue({POD}.?runAsNonRoot.orValue(false))": (
        "securityContext.runAsNonRoot must be true"
    ),
    "c.?securityContext.?runAsUser.orValue(1) != 0": "securityContext.runAsUser must not be 0",
    f"c.?securityContext.?seccompProfile.?type.orValue({POD}.?seccompProfile.?type.orValue('')) in {PROFILES}": (
        "securityContext.seccompProfile.type must be RuntimeDefault"
    ),
    f"c.?securityContext.?appArmorProfile.?type.orValue('RuntimeDefault') in {PROFILES}": (
        "securityContext.appArmorProfile must be unset"
    ),
    "!has(c.securityContext) || !has(c.securityContext.seLinuxOptions)": (
        "securityContext.seLinuxOptions must be unset"
    ),
    "c.?securityContext.?procMount.orValue('Default') == 'Default'": "securityContext.procMount must be unset",
    " && ".join(NO_HOOK_HOSTS): "probes and lifecycle hooks must name no host",
    "c.?ports.orValue([]).all(port, port.?hostPort.orValue(0) == 0)": "ports.hostPort must be unset",
}


@dataclass(frozen=True)
class PodGuardArgs:
    """Labels of the owning team."""

    labels: Labels


class PodGuard(Component):
    """A ValidatingAdmissionPolicy for namespaces whose exception is host-ipc; needs a Kubernetes provider.

    To allow hostIPC, such a namespace must enforce `privileged`, which allows everything; this policy refuses the rest.
    It selects namespaces by label, so it must exist before they do.
    """

    def __init__(self, name: str, args: PodGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy and its binding."""
        super().__init__(name, opts)
        admission_policy(
            self,
            name,
            policy=NAME,
            labels=args.labels,
            rules=[
                Rule(
                    api_groups=[""],
                    api_versions=["v1"],
                    operations=["CREATE", "UPDATE"],
                    resources=["pods", "pods/ephemeralcontainers"],
                )
            ],
            validations=_validations(),
            namespaces=k8s.meta.v1.LabelSelectorArgs(match_labels={POD_SECURITY_EXCEPTION: HOST_IPC}),
        )
        self.register_outputs({})


def _validations() -> list[Validation]:
    pods = [Validation(expression=expression, message=message) for expression, message in POD_RULES.items()]
    containers = [
        Validation(
            expression=f"object.spec.?{kind}.orValue([]).all(c, {expression})",
            message=f"{kind}: {message}",
        )
        for expression, message in CONTAINER_RULES.items()
        for kind in CONTAINERS
    ]
    return [*pods, *containers]
