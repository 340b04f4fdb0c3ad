"""Properties of every declared graph, independent of the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from groundwork.graph import STACK_TYPE, Graph, Node
from stacks.settings.facts.images import load_images
from stacks.settings.facts.versions import load_versions
from tests.conftest import ROOT
from tests.nonempty import nonempty


def _custom(graph: Graph) -> list[Node]:
    return nonempty(node for node in graph if node.custom and not node.is_provider and node.type != STACK_TYPE)


def _components(graph: Graph) -> list[Node]:
    """The components of this repository; charts declare others."""
    return nonempty(node for node in graph if node.type.startswith("groundwork:"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _class(bucket: Node) -> str:
    return str(bucket.inputs["labels"]["data-class"])


def test_every_resource_has_a_component_as_parent(graph: Graph) -> None:
    """The stack itself declares only components and providers."""
    assert [node.urn for node in _custom(graph) if graph.nodes[node.parent or ""].type == STACK_TYPE] == []


def test_names_start_with_the_name_of_the_component(graph: Graph) -> None:
    """The name of a resource shows which component declares it."""
    misnamed = [
        node.urn for node in _custom(graph) if not node.name.startswith(f"{graph.nodes[node.parent or ''].name}-")
    ]

    assert misnamed == []


def test_component_types_name_their_file_and_class(graph: Graph) -> None:
    """A type token has the form groundwork:<file>:<Class>."""
    for node in _components(graph):
        package, file, name = node.type.split(":")
        source = (ROOT / "components" / f"{file}.py").read_text(encoding="utf-8")

        assert package == "groundwork"
        assert f"class {name}(Component):" in source


def test_every_resource_uses_a_declared_provider(graph: Graph) -> None:
    """No resource is created with the default credentials of the shell."""
    assert [node.urn for node in _custom(graph) if graph.provider_of(node) is None] == []


def test_every_dependency_is_declared(graph: Graph) -> None:
    """Dependencies are nodes of the same graph."""
    edges = {urn for node in graph for urn in node.dependencies}
    edges |= {urn for node in graph for urns in node.property_dependencies.values() for urn in urns}

    assert set() == edges - set(graph.nodes)


def test_graph_has_no_cycle(graph: Graph) -> None:
    """The resources have a topological order."""
    pending = {node.urn: set(node.dependencies) for node in graph}
    while ready := {urn for urn, dependencies in pending.items() if not dependencies & set(pending)}:
        pending = {urn: dependencies for urn, dependencies in pending.items() if urn not in ready}

    assert pending == {}


def test_names_contain_no_position(graph: Graph) -> None:
    """Names are derived from keys: inserting an entry renames no other."""
    assert [node.urn for node in graph if re.search(r"[-_]\d{1,2}$", node.name) and "europe" not in node.name] == []


def test_buckets_are_protected_and_recoverable(cloud_graph: Graph) -> None:
    """Buckets are protected, never emptied for deletion, and objects can be restored, except for scratch data."""
    buckets = cloud_graph.of_type("gcp:storage/bucket:Bucket")

    assert buckets
    for bucket in buckets:
        assert bucket.protect
        versioned = bucket.inputs["versioning"]["enabled"] or "retentionPolicy" in bucket.inputs
        assert versioned or bucket.inputs["softDeletePolicy"]["retentionDurationSeconds"] or _class(bucket) == "scratch"
        assert bucket.inputs["forceDestroy"] is False


def test_clusters_have_a_system_pool_and_gpu_pools_scale_to_zero(cloud_graph: Graph) -> None:
    """GPU pools have a minimum of zero and a taint, in addition to a pool for system pods."""
    pools = cloud_graph.of_type("gcp:container/nodePool:NodePool")
    gpu = [pool for pool in pools if "guestAccelerators" in pool.inputs["nodeConfig"]]
    system = [pool for pool in pools if pool not in gpu]

    assert len(system) == len(cloud_graph.of_type("gcp:container/cluster:Cluster"))
    assert gpu
    for pool in gpu:
        taints = {(taint["key"], taint["effect"]) for taint in pool.inputs["nodeConfig"]["taints"]}

        assert pool.inputs["autoscaling"]["totalMinNodeCount"] == 0
        assert ("nvidia.com/gpu", "NO_SCHEDULE") in taints


def test_nodes_use_a_dedicated_account(graph: Graph) -> None:
    """No node uses the project's default account, which has the role editor."""
    pools = graph.of_type("gcp:container/nodePool:NodePool")

    assert all(pool.inputs["nodeConfig"]["serviceAccount"] for pool in pools)
    assert all(pool.inputs["nodeConfig"]["workloadMetadataConfig"]["mode"] == "GKE_METADATA" for pool in pools)


def test_members_are_groups_or_workloads(cloud_graph: Graph) -> None:
    """No user is granted anything; external identities may only impersonate an account."""
    granted = {
        (node.inputs["member"], node.inputs["role"]) for node in cloud_graph if _is_text(node.inputs.get("member"))
    }
    external = {(member, role) for member, role in granted if not member.startswith(("group:", "serviceAccount:"))}

    assert granted
    assert {role for _, role in external} <= {"roles/iam.workloadIdentityUser"}
    assert [member for member, _ in external if "/workloadIdentityPools/github/subject/repo:" not in member] == []


def test_claims_and_volumes_refer_to_each_other(graph: Graph) -> None:
    """A volume is reserved for one claim, and the claim requests that volume."""
    nodes = graph.of_type("kubernetes:core/v1:PersistentVolume")
    volumes = {(node.provider, node.inputs["metadata"]["name"]) for node in nodes}
    claims = graph.of_type("kubernetes:core/v1:PersistentVolumeClaim")

    assert len(nodes) == len(volumes) == len(claims) > 0
    for claim in claims:
        volume = next(urn for urn in claim.dependencies if "PersistentVolume::" in urn)
        reserved = graph.nodes[volume].inputs["spec"]["claimRef"]

        assert reserved == {key: claim.inputs["metadata"][key] for key in ("name", "namespace")}


def test_every_component_is_declared_by_a_sample(graphs: dict[str, Graph]) -> None:
    """Development, production or the laptop declares each component, so that the real providers have validated it."""
    declared = {node.type for stack in ("dev", "local", "prod") for node in graphs[stack] if not node.custom}
    # The laptop uses folders; volumes of a storage class are in tests/stacks/test_laptop.py and tests/engine.
    modules = {file.stem for file in (ROOT / "components").glob("[a-z]*.py")} - {"volume_mount"}

    assert {name for name in modules if not any(kind.startswith(f"groundwork:{name}:") for kind in declared)} == set()


def test_names_are_unique_in_the_cloud(graph: Graph) -> None:
    """Names are unique within their type, project, location and cluster."""

    def names() -> Iterator[tuple[Any, ...]]:
        for node in _custom(graph):
            scope = [node.inputs.get(key) for key in ("project", "region", "location", "cluster", "namespace")]
            scope += node.property_dependencies.get("keyRing", ())  # whose name is unknown in a preview
            scope.append(node.provider)  # the provider of a cluster
            metadata = node.inputs.get("metadata") or {}
            if name := node.inputs.get("name") or metadata.get("name"):
                yield node.type, str(scope), str(metadata.get("namespace")), name

    all_names = list(names())

    assert len(all_names) == len(set(all_names))


def test_gateway_routes_have_exported_backends(graphs: dict[str, Graph]) -> None:
    """Each backend of a route is exported by one cluster, and each export is the backend of a route."""
    graph = graphs["prod"]
    exports = {
        node.inputs["metadata"]["name"]: node for node in graph.of_type("kubernetes:net.gke.io/v1:ServiceExport")
    }
    routes = graph.of_type("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")
    backends = [ref for route in routes for rule in route.inputs["spec"]["rules"] for ref in rule["backendRefs"]]

    assert routes
    assert sorted(exports) == sorted(backend["name"] for backend in backends)
    assert len({exports[backend["name"]].provider for backend in backends}) == len(exports) > 1
    assert sum(backend["weight"] for backend in backends) > 0
    for export in exports.values():
        service = next(graph.nodes[urn] for urn in export.dependencies if "v1:Service::" in urn)

        assert service.inputs["metadata"]["name"] == export.inputs["metadata"]["name"]
        assert service.provider == export.provider


def test_gateway_accepts_routes_and_ports_of_its_services_only(graphs: dict[str, Graph]) -> None:
    """Routes are in the namespaces that the listener allows, and the firewall opens exactly their ports."""
    graph = graphs["prod"]
    (gateway,) = graph.of_type("kubernetes:gateway.networking.k8s.io/v1:Gateway")
    routes = graph.of_type("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")
    (listener,) = gateway.inputs["spec"]["listeners"]
    (expression,) = listener["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]
    ports = {
        str(ref["port"]) for route in routes for rule in route.inputs["spec"]["rules"] for ref in rule["backendRefs"]
    }
    (rule,) = [node for node in graph if node.name == "gateway-network-backends"]

    assert set(expression["values"]) == {route.inputs["metadata"]["namespace"] for route in routes}
    assert {gateway.provider} == {route.provider for route in routes}
    assert ports == set(rule.inputs["allows"][0]["ports"])


def test_restricted_egress_ends_with_a_deny_rule(graphs: dict[str, Graph]) -> None:
    """The network's ranges and Google's APIs are allowed, and the last rule denies everything else."""
    graph = graphs["prod"]
    (policy,) = graph.of_type("gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules")
    rules = sorted(policy.inputs["rules"], key=lambda rule: rule["priority"])
    ranges = {node.inputs["ipCidrRange"] for node in graph.of_type("gcp:compute/subnetwork:Subnetwork")}
    apis = {
        address
        for record in graph.of_type("gcp:dns/recordSet:RecordSet")
        if record.inputs["type"] == "A"
        for address in record.inputs["rrdatas"]
    }

    assert [rule["action"] for rule in rules] == ["allow"] * (len(rules) - 1) + ["deny"]
    assert rules[-1]["match"]["destIpRanges"] == ["0.0.0.0/0"]
    assert rules[-1]["enableLogging"] is True
    assert ranges <= set(rules[0]["match"]["destIpRanges"])
    assert all(any(_inside(address, cidr) for cidr in rules[1]["match"]["destIpRanges"]) for address in apis)
    assert len({rule["priority"] for rule in rules}) == len(rules)


def _inside(address: str, cidr: str) -> bool:
    return IPv4Address(address) in IPv4Network(cidr)


def test_images_of_all_charts_are_allowed(cloud_graphs: dict[str, Graph]) -> None:
    """The policy allows the images of each chart and kustomize folder, and denies by default."""
    versions, images = load_versions(), load_images()
    for graph in cloud_graphs.values():
        (policy,) = graph.of_type("gcp:binaryauthorization/policy:Policy")
        patterns = {entry["namePattern"] for entry in policy.inputs["admissionWhitelistPatterns"]}

        assert set(images.patterns) <= patterns
        assert policy.inputs["defaultAdmissionRule"]["evaluationMode"] == "ALWAYS_DENY"
    assert {*versions.charts, *versions.manifests} == set(images.images)
