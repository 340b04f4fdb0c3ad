"""A ValidatingAdmissionPolicy and its binding to namespaces."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi_kubernetes as k8s

from components._common import Component, Labels

Rule = k8s.admissionregistration.v1.NamedRuleWithOperationsArgs
Validation = k8s.admissionregistration.v1.ValidationArgs
Variable = k8s.admissionregistration.v1.VariableArgs


def admission_policy(
    component: Component,
    name: str,
    *,
    policy: str,
    labels: Labels,
    rules: Sequence[Rule],
    validations: Sequence[Validation],
    namespaces: k8s.meta.v1.LabelSelectorArgs,
    variables: Sequence[Variable] | None = None,
) -> None:
    """Declare a policy named `policy` for requests that match `rules`, in namespaces that match `namespaces`.

    `component` is the parent of both resources, and `name` the first part of their names.
    """
    declared = k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        f"{name}-policy",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=policy, labels=dict(labels)),
        spec=k8s.admissionregistration.v1.ValidatingAdmissionPolicySpecArgs(
            # If an expression fails to evaluate, the request is refused.
            failure_policy="Fail",
            match_constraints=k8s.admissionregistration.v1.MatchResourcesArgs(resource_rules=list(rules)),
            variables=None if variables is None else list(variables),
            validations=list(validations),
        ),
        opts=component.child(),
    )
    k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        f"{name}-binding",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=policy, labels=dict(labels)),
        spec=k8s.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpecArgs(
            policy_name=policy,
            validation_actions=["Deny", "Audit"],
            match_resources=k8s.admissionregistration.v1.MatchResourcesArgs(namespace_selector=namespaces),
        ),
        opts=component.child(depends_on=[declared]),
    )
