"""What the mesh does in every stack: for each team in each cluster, for each service, and for nobody else."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from groundwork.engines import embedded
from groundwork.graph import Graph, Node
from groundwork.project import Project
from stacks.settings import Local, Settings, read_any
from stacks.settings.facts.images import load_images
from stacks.settings.facts.versions import load_versions
from tests.conftest import ROOT, STACKS
from tests.network_policies import Pod, allowed

SETTINGS = {stack: read_any(ROOT / f"Pulumi.{stack}.yaml") for stack in STACKS}
BALANCERS = {"130.211.0.0/22", "35.191.0.0/16"}


def _of(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph if node.type.startswith("kubernetes:") and node.type.endswith(f":{kind}")]


def _places(graph: Graph) -> dict[tuple[str | None, str], Settings | Local]:
    """Every namespace of a team in every cluster, by provider and name."""
    settings = SETTINGS[graph.stack]
    namespaces = [node for node in _of(graph, "Namespace") if _name(node) in settings.teams]
    assert len(namespaces) == sum(len(team.clusters) for team in settings.teams.values())
    return {(node.provider, _name(node)): settings for node in namespaces}


def _name(node: Node) -> str:
    return str(node.inputs["metadata"]["name"])


def _place(node: Node) -> tuple[str | None, str]:
    return node.provider, str(node.inputs["metadata"]["namespace"])


def _selects(node: Node) -> dict[str, str]:
    return dict(node.inputs["spec"].get("selector", {}).get("matchLabels", {}))


def test_every_team_shows_certificates_everywhere(graph: Graph) -> None:
    """In each cluster of a team its pods get proxies, and these answer nobody without a certificate."""
    whole = [node for node in _of(graph, "PeerAuthentication") if not _selects(node)]

    assert sorted(map(str, map(_place, whole))) == sorted(map(str, _places(graph)))
    assert all(node.inputs["spec"] == {"mtls": {"mode": "STRICT"}} for node in whole)
    for node in _of(graph, "Namespace"):
        in_mesh = node.inputs["metadata"]["labels"].get("istio-injection") == "enabled"

        assert in_mesh == ((node.provider, _name(node)) in _places(graph))


def test_plain_ways_are_those_of_load_balancers(graph: Graph) -> None:
    """Only ports of a gateway take requests without a certificate, and only from load balancers."""
    settings = SETTINGS[graph.stack]
    gateway = settings.gateway if isinstance(settings, Settings) else None
    open_ = [node for node in _of(graph, "PeerAuthentication") if _selects(node)]
    wanted = [] if gateway is None else [service for service in gateway.services.values() for _ in gateway.weights]
    subnets = settings.network.proxy_subnets if isinstance(settings, Settings) else {}
    proxies = {str(subnet.cidr) for subnet in subnets.values()}
    by_range = [node for node in _of(graph, "AuthorizationPolicy") if "ipBlocks" in str(node.inputs)]

    assert len(open_) == len(by_range) == len(wanted)
    for node in open_:
        service = next(one for one in wanted if one.selector == _selects(node))
        spec = node.inputs["spec"]

        assert (spec["mtls"]["mode"], spec["portLevelMtls"]) == ("STRICT", {str(service.port): {"mode": "PERMISSIVE"}})
        (rule,) = next(
            one for one in by_range if (_place(one), _selects(one)) == (_place(node), _selects(node))
        ).inputs["spec"]["rules"]
        assert set(rule["from"][0]["source"]["ipBlocks"]) == BALANCERS | proxies
        assert rule["to"] == [{"operation": {"ports": [str(service.port)]}}]


def test_no_other_team_may_call_unless_it_is_said(graph: Graph) -> None:
    """Policies name the team itself for all of its pods, and another team for one port of one service that names it."""
    settings = SETTINGS[graph.stack]
    whole = []
    for node in _of(graph, "AuthorizationPolicy"):
        _, team = _place(node)
        (rule,) = node.inputs["spec"]["rules"]
        named = set(rule["from"][0]["source"].get("namespaces", ()))
        services = [one for one in settings.teams[team].services.values() if one.selector == _selects(node)]

        assert node.inputs["spec"]["action"] == "ALLOW"
        if not _selects(node):
            whole.append(_place(node))
            assert named == {team}
        else:
            assert named <= {caller for one in services for caller in one.callers}
            assert {"operation": {"ports": [rule["to"][0]["operation"]["ports"][0]]}} == rule["to"][0]

    assert sorted(map(str, whole)) == sorted(map(str, _places(graph)))


def test_callers_get_through_both_walls(graph: Graph) -> None:
    """Who may call sees the service, may leave its own namespace for it, and may enter the other."""
    checked = 0
    for node in graph:
        if node.type != "groundwork:service_callers:ServiceCallers":
            continue
        children = [child for child in graph if child.parent == node.urn]
        policy = next(child for child in children if child.type.endswith("AuthorizationPolicy"))
        provider, team = _place(policy)
        callers = set(policy.inputs["spec"]["rules"][0]["from"][0]["source"]["namespaces"])
        out = {_place(child)[1] for child in children if child.inputs["spec"].get("policyTypes") == ["Egress"]}
        sights = [child for child in _of(graph, "Sidecar") if child.provider == provider]
        sees = {_place(one)[1] for one in sights if f"{team}/*" in one.inputs["spec"]["egress"][0]["hosts"]}

        assert callers == out == sees
        checked += 1

    assert checked == sum(
        any(cluster in settings.teams[caller].clusters for caller in service.callers)
        for settings in [SETTINGS[graph.stack]]
        for team in settings.teams.values()
        for service in team.services.values()
        for cluster in team.clusters
    )


def test_callers_reach_the_port_of_the_service_and_no_other(graph: Graph) -> None:
    """The walls as they stand let a caller's pods through to the pods of the service, and other teams not."""
    settings = SETTINGS[graph.stack]
    for name, team in settings.teams.items():
        for service in team.services.values():
            for cluster in team.clusters:
                to = Pod(cluster, name, service.selector)
                others = {other for other, entry in settings.teams.items() if cluster in entry.clusters} - {name}
                through = {one for one in others if allowed(graph, Pod(cluster, one), to, service.port)}

                assert through == others & set(service.callers)
                assert not any(allowed(graph, Pod(cluster, one), to, service.port + 1) for one in others)
                assert not any(allowed(graph, Pod(cluster, one), Pod(cluster, name), service.port) for one in others)


def test_proxies_reach_their_control_plane(graph: Graph) -> None:
    """They get certificates and rules from it, and reach nothing else of its namespace."""
    settings = SETTINGS[graph.stack]
    for team, entry in settings.teams.items():
        for cluster in entry.clusters:
            pod, istiod = Pod(cluster, team), Pod(cluster, "istio-system", {"app": "istiod"})

            assert allowed(graph, pod, istiod, 15012)
            assert not allowed(graph, pod, istiod, 15010)
            assert not allowed(graph, pod, Pod(cluster, "istio-system"), 15012)
            # Google's collectors read metrics of pods; a laptop has none of them, and lets nobody in for them.
            in_google = isinstance(settings, Settings)
            assert allowed(graph, Pod(cluster, "gmp-system"), pod, 15020) == in_google


def test_every_team_has_the_defaults(graph: Graph) -> None:
    """Broken pods are left out, requests are limited, and proxies know of no team that they do not call."""
    for place, settings in _places(graph).items():
        team = settings.teams[place[1]]
        rules = [node for node in _of(graph, "DestinationRule") if _place(node) == place]
        (limit,) = [
            node
            for node in _of(graph, "EnvoyFilter")
            if _place(node) == place and "workloadSelector" not in node.inputs["spec"]
        ]
        hosts = {f"{name}.{place[1]}.svc.cluster.local" for name in ("*", *team.services)}

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


def test_every_service_is_waited_for_so_long(graph: Graph) -> None:
    """Each service has a time limit and tries in each cluster; its limit replaces that of the namespace."""
    found = 0
    for place, settings in _places(graph).items():
        for name, service in settings.teams[place[1]].services.items():
            (route,) = [
                node
                for node in _of(graph, "VirtualService")
                if _place(node) == place and _name(node) == f"service-{name}"
            ]
            (http,) = route.inputs["spec"]["http"]
            limits = [
                node for node in _of(graph, "EnvoyFilter") if _place(node) == place and _name(node) == f"service-{name}"
            ]
            found += 1

            assert http["timeout"] == f"{service.timeout_seconds}s"
            assert http["retries"]["attempts"] == service.retries
            assert ("gateway-error" in http["retries"].get("retryOn", "")) == service.idempotent
            assert len(limits) == (service.rate_limit is not None)
            for node in limits:
                assert service.rate_limit is not None
                assert node.inputs["spec"]["workloadSelector"]["labels"] == service.selector
                assert _bucket(node)["max_tokens"] == service.rate_limit.burst

    assert found == len(_of(graph, "VirtualService"))


def test_what_fails_on_purpose_ends(graphs: dict[str, Graph]) -> None:
    """Faults are in environments that allow them only, and say until when; production has none."""
    faults = {
        stack: [node for node in _of(graph, "VirtualService") if "fault" in node.inputs["spec"]["http"][0]]
        for stack, graph in graphs.items()
    }

    assert {stack for stack, found in faults.items() if found} == {"dev"}
    assert SETTINGS["dev"].mesh.fault_injection
    assert not SETTINGS["prod"].mesh.fault_injection
    for node in faults["dev"]:
        annotations = node.inputs["metadata"]["annotations"]
        fault = node.inputs["spec"]["http"][0]["fault"]

        assert date.fromisoformat(annotations["groundwork.dev/fault-until"]) > date(2026, 11, 1)
        assert annotations["groundwork.dev/fault-reason"]
        assert fault["delay"] == {"percentage": {"value": 20}, "fixedDelay": "2.000s"}
        assert fault["abort"] == {"percentage": {"value": 10}, "httpStatus": 503}


def test_objects_come_after_their_definitions(graph: Graph) -> None:
    """Nothing of the mesh is made before the charts of its own cluster that define it."""
    objects = [node for node in graph if "istio.io/" in node.type]

    assert objects
    for node in objects:
        reached, waiting = {node.urn}, [node.urn]
        while waiting:
            here = graph.nodes[waiting.pop()]
            # What a component waits for its children wait for: they are not begun before their parent is.
            more = {*here.dependencies, *([here.parent] if here.parent else [])} - reached
            reached |= more
            waiting.extend(more)

        releases = [graph.nodes[urn] for urn in reached if urn.endswith("-istiod")]
        assert [release.provider for release in releases] == [node.provider], node.urn


def test_pods_need_no_power_over_the_network() -> None:
    """The charts redirect traffic from the node, proxies end with their pod, and images come from where they may."""
    charts = load_versions().charts
    values = charts["istiod"].values

    assert values["cni"]["enabled"] is True
    assert values["env"]["ENABLE_NATIVE_SIDECARS"] == "true"
    assert values["global"]["proxy"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert len({charts[key].version for key in ("istio-base", "istio-cni", "istiod")}) == 1
    for key, image in (("istio-cni", "install-cni"), ("istiod", "pilot"), ("istiod", "proxyv2")):
        name = f"{charts[key].values['global']['hub']}/{image}"
        assert any(name.startswith(pattern.rstrip("*")) for pattern in load_images().images[key])


@pytest.mark.parametrize(("stack", "cluster"), [("dev", "main"), ("local", "laptop")])
def test_a_new_team_changes_nothing_of_others(
    stack: str, cluster: str, project: Project, graphs: dict[str, Graph], tmp_path: Path
) -> None:
    """Objects of the mesh are the same beside one more team, but for its own."""
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    more = text.replace(
        "  groundwork:teams:\n",
        "  groundwork:teams:\n    planning:\n      cost_center: cc-1001\n      owner: planning\n"
        "      members: {vision: member}\n"
        f"      clusters: [{cluster}]\n      quota: {{cpu: 1, memory_gib: 1}}\n      monthly_budget: 1\n",
    )
    for part in ("Pulumi.yaml", "__main__.py", "stacks", "components"):
        (tmp_path / part).symlink_to(ROOT / part)
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(more, encoding="utf-8")
    after = embedded.plan(dataclasses.replace(project, root=tmp_path), stack)

    def meshed(graph: Graph) -> dict[str, Any]:
        return {node.urn: node.inputs for node in graph if "istio.io/" in node.type}

    own = {urn: inputs for urn, inputs in meshed(after).items() if f"{cluster}.planning" in urn}
    assert own
    assert {urn: inputs for urn, inputs in meshed(after).items() if urn not in own} == meshed(graphs[stack])
