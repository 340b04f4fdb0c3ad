"""Tests of `components.service_callers`."""

from __future__ import annotations

from components.service_callers import ServiceCallers, ServiceCallersArgs
from tests.components.in_cluster import LABELS, Objects, in_cluster

CALLERS = ServiceCallersArgs(
    service="parcels",
    namespace="vision",
    selector={"app": "parcels"},
    port=8080,
    callers=["forecasting", "planning"],
    labels=LABELS,
)
PORTS = [{"protocol": "TCP", "port": 8080}]


def _namespace(name: str) -> dict[str, object]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _callers() -> Objects:
    return in_cluster(ServiceCallers, CALLERS)


def test_authorization_policy_allows_callers_on_the_port_of_the_service_only() -> None:
    """The policy selects the pods of the service; other pods of the namespace stay closed."""
    callers = _callers()

    assert callers.kind("access") == ("security.istio.io/v1", "AuthorizationPolicy")
    assert callers.metadata("access") == {"name": "service-parcels", "namespace": "vision", "labels": LABELS}
    assert callers.spec("access") == {
        "selector": {"matchLabels": {"app": "parcels"}},
        "action": "ALLOW",
        "rules": [
            {
                "from": [{"source": {"namespaces": ["forecasting", "planning"]}}],
                "to": [{"operation": {"ports": ["8080"]}}],
            }
        ],
    }


def test_ingress_policy_admits_callers_to_the_pods_of_the_service() -> None:
    """The namespace denies all other ingress from other namespaces."""
    callers = _callers()

    assert callers.kind("ingress") == ("networking.k8s.io/v1", "NetworkPolicy")
    assert callers.metadata("ingress") == {"name": "service-parcels", "namespace": "vision", "labels": LABELS}
    assert callers.spec("ingress") == {
        "podSelector": {"matchLabels": {"app": "parcels"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [_namespace("forecasting"), _namespace("planning")], "ports": PORTS}],
    }


def test_egress_policy_of_each_caller_leads_to_the_pods_of_the_service() -> None:
    """Each caller's namespace denies egress by default, so it needs a policy there."""
    callers = _callers()

    assert callers.roles == {"access", "ingress", "egress-forecasting", "egress-planning"}
    for caller in CALLERS.callers:
        assert callers.metadata(f"egress-{caller}") == {
            "name": "service-vision.parcels",
            "namespace": caller,
            "labels": LABELS,
        }
        assert callers.spec(f"egress-{caller}") == {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [
                {
                    "to": [{**_namespace("vision"), "podSelector": {"matchLabels": {"app": "parcels"}}}],
                    "ports": PORTS,
                }
            ],
        }
