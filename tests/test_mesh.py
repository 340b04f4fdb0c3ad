"""The service mesh in every stack: defaults of each team in each cluster, and rules of each service."""

from __future__ import annotations

from datetime import date
from typing import Any

from groundwork.graph import Graph, Node
from stacks.settings import Local, Settings, read_any
from stacks.settings.facts.images import load_images
from stacks.settings.facts.versions import load_versions
from tests.conftest import ROOT, STACKS
from tests.network_policies import Pod, allowed

SETTINGS = {stack: read_any(ROOT / f"Pulumi.{stack}.yaml") for stack in STACKS}
BALANCERS = {"130.211.0.0/22", "35.191.0.0/16"}


def _of(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph if node.type.startswith("kubernetes:") and node.type.endswith(f":{kind}")]


def _namespaces(graph: Graph) -> dict[tuple[str | None, str], Settings | Local]:
    """Every namespace of a team in every cluster, by provider and name."""
    settings = SETTINGS[graph.stack]
    namespaces = [node for node in _of(graph, "Namespace") if _name(node) in settings.teams]
    assert len(namespaces) == sum(len(team.clusters) for team in settings.teams.values())
    return {(node.provider, _name(node)): settings for node in namespaces}


def _name(node: Node) -> str:
    return str(node.inputs["metadata"]["name"])


def _namespace(node: Node) -> tuple[str | None, str]:
    return node.provider, str(node.inputs["metadata"]["namespace"])


def _selects(node: Node) -> dict[str, str]:
    return dict(node.inputs["spec"].get("selector", {}).get("matchLabels", {}))


def test_every_team_namespace_requires_mutual_tls(graph: Graph) -> None:
    """In each cluster of a team its pods get sidecars, which reject connections without a certificate."""
    namespace_wide = [node for node in _of(graph, "PeerAuthentication") if not _selects(node)]

    assert sorted(map(str, map(_namespace, namespace_wide))) == sorted(map(str, _namespaces(graph)))
    assert all(node.inputs["spec"] == {"mtls": {"mode": "STRICT"}} for node in namespace_wide)
    for node in _of(graph, "Namespace"):
        in_mesh = node.inputs["metadata"]["labels"].get("istio-injection") == "enabled"

        assert in_mesh == ((node.provider, _name(node)) in _namespaces(graph))


def test_plaintext_is_accepted_from_load_balancers_only(graph: Graph) -> None:
    """Only ports behind the gateway accept requests without a certificate, and only from load balancers."""
    settings = SETTINGS[graph.stack]
    gateway = settings.gateway if isinstance(settings, Settings) else None
    permissive = [node for node in _of(graph, "PeerAuthentication") if _selects(node)]
    expected = [] if gateway is None else [service for service in gateway.services.values() for _ in gateway.weights]
    subnets = settings.network.proxy_subnets if isinstance(settings, Settings) else {}
    proxies = {str(subnet.cidr) for subnet in subnets.values()}
    by_range = [node for node in _of(graph, "AuthorizationPolicy") if "ipBlocks" in str(node.inputs)]

    assert len(permissive) == len(by_range) == len(expected)
    for node in permissive:
        service = next(service for service in expected if service.selector == _selects(node))
        spec = node.inputs["spec"]

        assert (spec["mtls"]["mode"], spec["portLevelMtls"]) == ("STRICT", {str(service.port): {"mode": "PERMISSIVE"}})
        (rule,) = next(
            other for other in by_range if (_namespace(other), _selects(other)) == (_namespace(node), _selects(node))
        ).inputs["spec"]["rules"]
        assert set(rule["from"][0]["source"]["ipBlocks"]) == BALANCERS | proxies
        assert rule["to"] == [{"operation": {"ports": [str(service.port)]}}]


def test_only_listed_teams_may_call_a_service(graph: Graph) -> None:
    """Policies allow the team itself for all of its pods, and another team for one port of a service that lists it."""
    settings = SETTINGS[graph.stack]
    namespace_wide = []
    for node in _of(graph, "AuthorizationPolicy"):
        if node.name.endswith("-notebook-activity"):
            continue  # for the controller of notebooks, which is not a team
        _, team = _namespace(node)
        (rule,) = node.inputs["spec"]["rules"]
        allowed_teams = set(rule["from"][0]["source"].get("namespaces", ()))
        services = [entry for entry in settings.teams[team].services.values() if entry.selector == _selects(node)]

        assert node.inputs["spec"]["action"] == "ALLOW"
        if not _selects(node):
            namespace_wide.append(_namespace(node))
            assert allowed_teams == {team}
        else:
            assert allowed_teams <= {caller for service in services for caller in service.callers}
            assert {"operation": {"ports": [rule["to"][0]["operation"]["ports"][0]]}} == rule["to"][0]

    assert sorted(map(str, namespace_wide)) == sorted(map(str, _namespaces(graph)))


def test_callers_pass_every_policy(graph: Graph) -> None:
    """Callers have the service in their sidecar scope, egress from their namespace and ingress to the service."""
    checked = 0
    for node in graph:
        if node.type != "groundwork:service_callers:ServiceCallers":
            continue
        children = [child for child in graph if child.parent == node.urn]
        policy = next(child for child in children if child.type.endswith("AuthorizationPolicy"))
        provider, team = _namespace(policy)
        callers = set(policy.inputs["spec"]["rules"][0]["from"][0]["source"]["namespaces"])
        egress = {_namespace(child)[1] for child in children if child.inputs["spec"].get("policyTypes") == ["Egress"]}
        sidecars = [child for child in _of(graph, "Sidecar") if child.provider == provider]
        scopes = {_namespace(node)[1] for node in sidecars if f"{team}/*" in node.inputs["spec"]["egress"][0]["hosts"]}

        assert callers == egress == scopes
        checked += 1

    assert checked == sum(
        any(cluster in settings.teams[caller].clusters for caller in service.callers)
        for settings in [SETTINGS[graph.stack]]
        for team in settings.teams.values()
        for service in team.services.values()
        for cluster in team.clusters
    )


def test_callers_reach_only_the_port_of_the_service(graph: Graph) -> None:
    """Network policies allow callers' pods to reach the service's pods, and pods of other teams not."""
    settings = SETTINGS[graph.stack]
    for name, entry in settings.teams.items():
        for service in entry.services.values():
            for cluster in entry.clusters:
                to = Pod(cluster, name, service.selector)
                others = set(settings.teams_in(cluster)) - {name}
                allowed_teams = {team for team in others if allowed(graph, Pod(cluster, team), to, service.port)}

                assert allowed_teams == others & set(service.callers)
                assert not any(allowed(graph, Pod(cluster, team), to, service.port + 1) for team in others)
                assert not any(allowed(graph, Pod(cluster, team), Pod(cluster, name), service.port) for team in others)


def test_sidecars_reach_only_istiod(graph: Graph) -> None:
    """They get certificates and configuration from istiod, and reach nothing else in its namespace."""
    settings = SETTINGS[graph.stack]
    for team, entry in settings.teams.items():
        for cluster in entry.clusters:
            pod, istiod = Pod(cluster, team), Pod(cluster, "istio-system", {"app": "istiod"})

            assert allowed(graph, pod, istiod, 15012)
            assert not allowed(graph, pod, istiod, 15010)
            assert not allowed(graph, pod, Pod(cluster, "istio-system"), 15012)
            # Google's managed collectors scrape pods; on a laptop there are none, and no rule for them.
            assert allowed(graph, Pod(cluster, "gmp-system"), pod, 15020) == settings.has_managed_prometheus


def test_every_team_has_mesh_defaults(graph: Graph) -> None:
    """Failing pods are ejected, requests are limited, and hosts are those of the team and of its services."""
    for namespace, settings in _namespaces(graph).items():
        team = settings.teams[namespace[1]]
        rules = [node for node in _of(graph, "DestinationRule") if _namespace(node) == namespace]
        (limit,) = [
            node
            for node in _of(graph, "EnvoyFilter")
            if _namespace(node) == namespace and "workloadSelector" not in node.inputs["spec"]
        ]
        hosts = {f"{name}.{namespace[1]}.svc.cluster.local" for name in ("*", *team.services)}

        assert {node.inputs["spec"]["host"] for node in rules} == hosts
        for node in rules:
            policy = node.inputs["spec"]["trafficPolicy"]
            assert policy["outlierDetection"]["maxEjectionPercent"] <= 50
            assert policy["connectionPool"]["tcp"]["connectTimeout"]
        assert _bucket(limit)["max_tokens"] >= _bucket(limit)["tokens_per_fill"] > 0


def _bucket(node: Node) -> dict[str, Any]:
    value = node.inputs["spec"]["configPatches"][0]["patch"]["value"]
    per_route = value.get("typed_per_filter_config", {}).get("envoy.filters.http.local_ratelimit")
    bucket: dict[str, Any] = (per_route or value["typed_config"])["token_bucket"]
    return bucket


def test_every_service_has_its_timeout_retries_and_rate_limit(graph: Graph) -> None:
    """Each service has them in each cluster; its rate limit replaces that of the namespace."""
    services = 0
    for namespace, settings in _namespaces(graph).items():
        for name, service in settings.teams[namespace[1]].services.items():
            (route,) = [
                node
                for node in _of(graph, "VirtualService")
                if _namespace(node) == namespace and _name(node) == f"service-{name}"
            ]
            (http,) = route.inputs["spec"]["http"]
            limits = [
                node
                for node in _of(graph, "EnvoyFilter")
                if _namespace(node) == namespace and _name(node) == f"service-{name}"
            ]
            services += 1

            assert http["timeout"] == f"{service.timeout_seconds}s"
            assert http["retries"]["attempts"] == service.retries
            assert len(limits) == (service.rate_limit is not None)
            for node in limits:
                assert service.rate_limit is not None
                assert node.inputs["spec"]["workloadSelector"]["labels"] == service.selector
                assert _bucket(node)["max_tokens"] == service.rate_limit.burst

    assert services == len(_of(graph, "VirtualService"))


def test_fault_injection_is_limited_to_development(graphs: dict[str, Graph]) -> None:
    """Faults are only in environments that allow them, and have an end; production has none."""
    faults = {
        stack: [node for node in _of(graph, "VirtualService") if "fault" in node.inputs["spec"]["http"][0]]
        for stack, graph in graphs.items()
    }

    assert {stack for stack, nodes in faults.items() if nodes} == {"dev"}
    assert SETTINGS["dev"].mesh.fault_injection
    assert not SETTINGS["prod"].mesh.fault_injection
    for node in faults["dev"]:
        annotations = node.inputs["metadata"]["annotations"]
        fault = node.inputs["spec"]["http"][0]["fault"]

        assert date.fromisoformat(annotations["groundwork.dev/fault-until"]) > date(2026, 11, 1)
        assert annotations["groundwork.dev/fault-reason"]
        assert fault["delay"] == {"percentage": {"value": 20}, "fixedDelay": "2.000s"}
        assert fault["abort"] == {"percentage": {"value": 10}, "httpStatus": 503}


def test_mesh_objects_depend_on_the_charts_of_their_cluster(graph: Graph) -> None:
    """No object of the mesh is created before the charts with its CustomResourceDefinition."""
    objects = [node for node in graph if "istio.io/" in node.type]

    assert objects
    for node in objects:
        dependencies, pending = {node.urn}, [node.urn]
        while pending:
            current = graph.nodes[pending.pop()]
            # Children inherit the dependencies of their component, since they are created after it.
            more = {*current.dependencies, *([current.parent] if current.parent else [])} - dependencies
            dependencies |= more
            pending.extend(more)

        releases = [graph.nodes[urn] for urn in dependencies if urn.endswith("-istiod")]
        assert [release.provider for release in releases] == [node.provider], node.urn


def test_pods_need_no_network_privileges() -> None:
    """The CNI plugin redirects traffic, sidecars end with their pod, and images are from allowed registries."""
    charts = load_versions().charts
    values = charts["istiod"].values

    assert values["cni"]["enabled"] is True
    assert values["env"]["ENABLE_NATIVE_SIDECARS"] == "true"
    assert values["global"]["proxy"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert len({charts[key].version for key in ("istio-base", "istio-cni", "istiod")}) == 1
    for key, image in (("istio-cni", "install-cni"), ("istiod", "pilot"), ("istiod", "proxyv2")):
        name = f"{charts[key].values['global']['hub']}/{image}"
        assert any(name.startswith(pattern.rstrip("*")) for pattern in load_images().images[key])
