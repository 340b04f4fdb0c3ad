"""What stands in for the profile `restricted` where pods may use the host's IPC: Pod Security has no such level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from components._common import HOST_IPC, POD_SECURITY_EXCEPTION, Component, Labels

NAME: Final = "restricted-with-host-ipc"
CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
PROFILES: Final = '["RuntimeDefault", "Localhost"]'
VOLUMES: Final = ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
                  "secret")  # fmt: skip
POD: Final = "object.spec.?securityContext"
# https://kubernetes.io/docs/concepts/security/pod-security-standards: all of baseline and restricted but hostIPC, as
# CEL on a pod, with what a refusal says. Windows is left out: its nodes have no GPUs.
OF_PODS: Final = {
    "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false)": (
        "hostNetwork and hostPID must be left out"
    ),
    f"{POD}.?sysctls.orValue([]).size() == 0": "securityContext.sysctls must be left out",
    f"{POD}.?seccompProfile.?type.orValue('RuntimeDefault') in {PROFILES}": (
        "securityContext.seccompProfile.type must be RuntimeDefault"
    ),
    f"{POD}.?appArmorProfile.?type.orValue('RuntimeDefault') in {PROFILES}": (
        "securityContext.appArmorProfile must be left out"
    ),
    "!has(object.spec.securityContext) || !has(object.spec.securityContext.seLinuxOptions)": (
        "securityContext.seLinuxOptions must be left out"
    ),
    f"{POD}.?runAsUser.orValue(1) != 0": "securityContext.runAsUser must not be 0",
    "object.spec.?volumes.orValue([]).all(volume, {})".format(
        " || ".join(f"has(volume.{kind})" for kind in VOLUMES)
    ): f"volumes must be of {', '.join(VOLUMES)}",
}
# What the kubelet is told to call, from the node: https://kubernetes.io/docs/concepts/security/pod-security-standards,
# "Host Probes / Lifecycle Hooks".
CALLS: Final = tuple(
    f"c.?{hook}.?{way}.?host.orValue('') == ''"
    for hook in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop")
    for way in ("httpGet", "tcpSocket")
)
# The same on each container, which is called c.
OF_CONTAINERS: Final = {
    "!c.?securityContext.?privileged.orValue(false)": "securityContext.privileged must be left out",
    "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)": (
        "securityContext.allowPrivilegeEscalation must be false"
    ),
    "'ALL' in c.?securityContext.?capabilities.?drop.orValue([])": 'securityContext.capabilities.drop must be ["ALL"]',
    "c.?securityContext.?capabilities.?add.orValue([]).all(one, one == 'NET_BIND_SERVICE')": (
        "securityContext.capabilities.add must be left out"
    ),
    f"c.?securityContext.?runAsNonRoot.orValue({POD}.?runAsNonRoot.orValue(false))": (
        "securityContext.runAsNonRoot must be true"
    ),
    "c.?securityContext.?runAsUser.orValue(1) != 0": "securityContext.runAsUser must not be 0",
    f"c.?securityContext.?seccompProfile.?type.orValue({POD}.?seccompProfile.?type.orValue('')) in {PROFILES}": (
        "securityContext.seccompProfile.type must be RuntimeDefault"
    ),
    f"c.?securityContext.?appArmorProfile.?type.orValue('RuntimeDefault') in {PROFILES}": (
        "securityContext.appArmorProfile must be left out"
    ),
    "!has(c.securityContext) || !has(c.securityContext.seLinuxOptions)": (
        "securityContext.seLinuxOptions must be left out"
    ),
    "c.?securityContext.?procMount.orValue('Default') == 'Default'": "securityContext.procMount must be left out",
    " && ".join(CALLS): "probes and lifecycle hooks must name no host",
    "c.?ports.orValue([]).all(port, port.?hostPort.orValue(0) == 0)": "ports.hostPort must be left out",
}


@dataclass(frozen=True)
class PodGuardArgs:
    """Whose it is."""

    labels: Labels


class PodGuard(Component):
    """An admission policy of the cluster for namespaces whose exception is host-ipc; needs a Kubernetes provider.

    To let hostIPC in, such a namespace has to enforce `privileged`, which lets in everything; this refuses the rest
    again. It knows its namespaces by their label, so it has to be there before they are.
    """

    def __init__(self, name: str, args: PodGuardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the policy and where it holds."""
        super().__init__(name, opts)
        labels = dict(args.labels)
        policy = k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
            f"{name}-policy",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, labels=labels),
            spec=k8s.admissionregistration.v1.ValidatingAdmissionPolicySpecArgs(
                # Where the policy itself is broken, pods wait rather than slip through.
                failure_policy="Fail",
                match_constraints=k8s.admissionregistration.v1.MatchResourcesArgs(
                    resource_rules=[
                        k8s.admissionregistration.v1.NamedRuleWithOperationsArgs(
                            api_groups=[""],
                            api_versions=["v1"],
                            operations=["CREATE", "UPDATE"],
                            resources=["pods", "pods/ephemeralcontainers"],
                        )
                    ]
                ),
                validations=_validations(),
            ),
            opts=self.child(),
        )
        k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            f"{name}-binding",
            metadata=k8s.meta.v1.ObjectMetaArgs(name=NAME, labels=labels),
            spec=k8s.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpecArgs(
                policy_name=NAME,
                validation_actions=["Deny", "Audit"],
                match_resources=k8s.admissionregistration.v1.MatchResourcesArgs(
                    namespace_selector=k8s.meta.v1.LabelSelectorArgs(match_labels={POD_SECURITY_EXCEPTION: HOST_IPC})
                ),
            ),
            opts=self.child(depends_on=[policy]),
        )
        self.register_outputs({})


def _validations() -> list[Any]:
    rule = k8s.admissionregistration.v1.ValidationArgs
    pods = [rule(expression=expression, message=message) for expression, message in OF_PODS.items()]
    containers = [
        rule(
            expression=f"object.spec.?{kind}.orValue([]).all(c, {expression})",
            message=f"every one of {kind}: {message}",
        )
        for expression, message in OF_CONTAINERS.items()
        for kind in CONTAINERS
    ]
    return [*pods, *containers]
