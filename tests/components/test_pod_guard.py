"""Tests of `components.pod_guard`."""

from __future__ import annotations

from typing import Final

import pytest

from components.pod_guard import PodGuard, PodGuardArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

POD: Final = "object.spec.?securityContext"
PROFILES: Final = '["RuntimeDefault", "Localhost"]'
VOLUMES: Final = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
                  "secret"]  # fmt: skip
POD_RULES: Final = {
    "hostNetwork and hostPID must be unset": (
        "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false)"
    ),
    "securityContext.sysctls must be unset": f"{POD}.?sysctls.orValue([]).size() == 0",
    "securityContext.seccompProfile.type must be RuntimeDefault": (
        f"{POD}.?seccompProfile.?type.orValue('RuntimeDefault') in {PROFILES}"
    ),
    "securityContext.appArmorProfile must be unset": (
        f"{POD}.?appArmorProfile.?type.orValue('RuntimeDefault') in {PROFILES}"
    ),
    "securityContext.seLinuxOptions must be unset": (
        "!has(object.spec.securityContext) || !has(object.spec.securityContext.seLinuxOptions)"
    ),
    "securityContext.runAsUser must not be 0": f"{POD}.?runAsUser.orValue(1) != 0",
    f"volumes must be of {', '.join(VOLUMES)}": (
        f"object.spec.?volumes.orValue([]).all(volume, {' || '.join(f'has(volume.{kind})' for kind in VOLUMES)})"
    ),
}
CONTAINER_RULES: Final = {
    "securityContext.privileged must be unset": "!c.?securityContext.?privileged.orValue(false)",
    "securityContext.allowPrivilegeEscalation must be false": (
        "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)"
    ),
    'securityContext.capabilities.drop must be ["ALL"]': (
        "'ALL' in c.?securityContext.?capabilities.?drop.orValue([])"
    ),
    "securityContext.capabilities.add must be unset": (
        "c.?securityContext.?capabilities.?add.orValue([]).all(capability, capability == 'NET_BIND_SERVICE')"
    ),
    "securityContext.runAsNonRoot must be true": (
        f"c.?securityContext.?runAsNonRoot.orValue({POD}.?runAsNonRoot.orValue(false))"
    ),
    "securityContext.runAsUser must not be 0": "c.?securityContext.?runAsUser.orValue(1) != 0",
    "securityContext.seccompProfile.type must be RuntimeDefault": (
        f"c.?securityContext.?seccompProfile.?type.orValue({POD}.?seccompProfile.?type.orValue('')) in {PROFILES}"
    ),
    "securityContext.appArmorProfile must be unset": (
        f"c.?securityContext.?appArmorProfile.?type.orValue('RuntimeDefault') in {PROFILES}"
    ),
    "securityContext.seLinuxOptions must be unset": (
        "!has(c.securityContext) || !has(c.securityContext.seLinuxOptions)"
    ),
    "securityContext.procMount must be unset": "c.?securityContext.?procMount.orValue('Default') == 'Default'",
    "probes and lifecycle hooks must name no host": (
        "c.?livenessProbe.?httpGet.?host.orValue('') == '' && c.?livenessProbe.?tcpSocket.?host.orValue('') == '' && "
        "c.?readinessProbe.?httpGet.?host.orValue('') == '' && c.?readinessProbe.?tcpSocket.?host.orValue('') == '' && "
        "c.?startupProbe.?httpGet.?host.orValue('') == '' && c.?startupProbe.?tcpSocket.?host.orValue('') == '' && "
        "c.?lifecycle.?postStart.?httpGet.?host.orValue('') == '' && "
        "c.?lifecycle.?postStart.?tcpSocket.?host.orValue('') == '' && "
        "c.?lifecycle.?preStop.?httpGet.?host.orValue('') == '' && "
        "c.?lifecycle.?preStop.?tcpSocket.?host.orValue('') == ''"
    ),
    "ports.hostPort must be unset": "c.?ports.orValue([]).all(port, port.?hostPort.orValue(0) == 0)",
}
NAME: Final = "restricted-with-host-ipc"


def _guard() -> Objects:
    return in_cluster(PodGuard, PodGuardArgs(LABELS))


def _rules() -> dict[str, str]:
    """CEL expressions by message."""
    validations = _guard().spec("policy")["validations"]
    assert all(set(rule) == {"expression", "message"} for rule in validations)
    rules = {rule["message"]: rule["expression"] for rule in validations}
    assert len(rules) == len(validations)
    return rules


def test_policy_decides_on_every_new_and_changed_pod() -> None:
    """Ephemeral containers are added through a subresource; an expression that fails refuses the pod."""
    guard = _guard()

    assert guard.roles == {"policy", "binding"}
    assert guard.kind("policy") == ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy")
    assert guard.metadata("policy") == {"name": NAME, "labels": LABELS}
    assert guard.spec("policy")["failurePolicy"] == "Fail"
    assert guard.spec("policy")["matchConstraints"] == {
        "resourceRules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["pods", "pods/ephemeralcontainers"],
            }
        ]
    }


def test_binding_denies_in_namespaces_with_the_exception_host_ipc() -> None:
    """Other namespaces enforce a level of Pod Security; violations are also in the audit log."""
    guard = _guard()

    assert guard.kind("binding") == ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding")
    assert guard.metadata("binding") == {"name": NAME, "labels": LABELS}
    assert guard.spec("binding") == {
        "policyName": NAME,
        "validationActions": ["Deny", "Audit"],
        "matchResources": {"namespaceSelector": {"matchLabels": {"groundwork.dev/pod-security": "host-ipc"}}},
    }
    assert guard.dependencies("binding") == {"policy"}


def test_pod_rules_are_those_of_restricted_except_host_ipc() -> None:
    """One expression for each control of https://kubernetes.io/docs/concepts/security/pod-security-standards."""
    rules = _rules()

    assert {message: rules.get(message) for message in POD_RULES} == POD_RULES
    assert not any("hostIPC" in expression for expression in rules.values())


@pytest.mark.parametrize("kind", ["containers", "initContainers", "ephemeralContainers"])
def test_container_rules_apply_to_containers_of_every_kind(kind: str) -> None:
    """A rule that omits init containers or ephemeral containers could be bypassed."""
    rules = {
        message.removeprefix(f"{kind}: "): expression
        for message, expression in _rules().items()
        if message.startswith(f"{kind}: ")
    }

    assert rules == {
        message: f"object.spec.?{kind}.orValue([]).all(c, {expression})"
        for message, expression in CONTAINER_RULES.items()
    }


def test_policy_has_no_other_rules() -> None:
    """The rules above are all."""
    assert len(_rules()) == len(POD_RULES) + 3 * len(CONTAINER_RULES)
