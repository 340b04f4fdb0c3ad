"""Tests of `components._network_policy`."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components._common import Component
from components._network_policy import LOAD_BALANCERS, AllowArgs, allow, default_deny, ip_range, pods, tcp
from tests.components.in_cluster import Objects, in_cluster

METADATA = k8s.meta.v1.ObjectMetaArgs(name="rule", namespace="vision")


class _Sample(Component):
    """A component with one policy; without arguments it is the default deny."""

    def __init__(self, name: str, args: dict[str, Any] | None, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts)
        if args is None:
            default_deny(f"{name}-policy", METADATA, self.child())
        else:
            allow(self, f"{name}-policy", METADATA, **args)
        self.register_outputs({})


def _policy(args: dict[str, Any] | None) -> Objects:
    return in_cluster(_Sample, args)


def test_load_balancer_ranges_are_those_of_google() -> None:
    """https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges."""
    assert set(LOAD_BALANCERS) == {"130.211.0.0/22", "35.191.0.0/16"}


def test_default_deny_selects_all_pods_in_both_directions_without_rules() -> None:
    """A policy without rules allows nothing."""
    policy = _policy(None)

    assert policy.kind("policy") == ("networking.k8s.io/v1", "NetworkPolicy")
    assert policy.metadata("policy") == {"name": "rule", "namespace": "vision"}
    assert policy.spec("policy") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_ingress_policy_names_no_other_direction() -> None:
    """A policy that names Egress without rules would deny it."""
    policy = _policy({"ingress": [AllowArgs([pods("forecasting")], tcp(80, 443))]})

    assert policy.kind("policy") == ("networking.k8s.io/v1", "NetworkPolicy")
    assert policy.metadata("policy") == {"name": "rule", "namespace": "vision"}
    assert policy.spec("policy") == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "forecasting"}}}],
                "ports": [{"protocol": "TCP", "port": 80}, {"protocol": "TCP", "port": 443}],
            }
        ],
    }


def test_egress_policy_names_no_other_direction() -> None:
    """A policy that names Ingress without rules would deny it."""
    assert _policy({"egress": [AllowArgs([ip_range("10.0.0.0/8")], tcp(443))]}).spec("policy") == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"protocol": "TCP", "port": 443}]}],
    }


def test_policy_may_select_pods_and_both_directions() -> None:
    """Each direction has its own rules; a rule without ports allows all ports."""
    args = {"selector": {"app": "parcels"}, "ingress": [AllowArgs([pods()])], "egress": [AllowArgs([pods()])]}

    assert _policy(args).spec("policy") == {
        "podSelector": {"matchLabels": {"app": "parcels"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"podSelector": {}}]}],
        "egress": [{"to": [{"podSelector": {}}]}],
    }


def test_peer_may_be_some_pods_of_a_namespace() -> None:
    """Both selectors of one peer must match, so that pods of other namespaces with the same labels do not."""
    rule = _policy({"egress": [AllowArgs([pods("vision", {"app": "parcels"})])]}).spec("policy")["egress"][0]

    assert rule == {
        "to": [
            {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "vision"}},
                "podSelector": {"matchLabels": {"app": "parcels"}},
            }
        ]
    }


def test_peer_may_be_some_pods_of_the_same_namespace() -> None:
    """Without a namespace, the pod selector applies to the namespace of the policy."""
    rule = _policy({"egress": [AllowArgs([pods(labels={"app": "parcels"})])]}).spec("policy")["egress"][0]

    assert rule == {"to": [{"podSelector": {"matchLabels": {"app": "parcels"}}}]}
