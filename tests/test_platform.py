"""What holds for the declared graph of every stack, whatever its settings say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from groundwork.graph import STACK_TYPE, Graph, Node
from stacks.settings.facts.images import load_images
from stacks.settings.facts.versions import load_versions
from tests.conftest import ROOT


def _custom(graph: Graph) -> list[Node]:
    return [node for node in graph if node.custom and not node.is_provider and node.type != STACK_TYPE]


def _components(graph: Graph) -> list[Node]:
    """Our own components; some others belong to a plugin."""
    return [node for node in graph if node.type.startswith("groundwork:")]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _of_type(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph if node.type == kind]


def _class(bucket: Node) -> str:
    return str(bucket.inputs["labels"]["data-class"])


def test_every_resource_belongs_to_a_component(graph: Graph) -> None:
    """The stack itself declares components and providers, nothing else."""
    assert [node.urn for node in _custom(graph) if graph.nodes[node.parent or ""].type == STACK_TYPE] == []


def test_children_carry_the_name_of_their_component(graph: Graph) -> None:
    """A name says where a resource comes from."""
    strays = [
        node.urn for node in _custom(graph) if not node.name.startswith(f"{graph.nodes[node.parent or ''].name}-")
    ]

    assert strays == []


def test_component_types_name_their_file_and_class(graph: Graph) -> None:
    """A type token leads to the code: groundwork:<file>:<Class>."""
    for node in _components(graph):
        package, file, name = node.type.split(":")
        source = (ROOT / "components" / f"{file}.py").read_text(encoding="utf-8")

        assert package == "groundwork"
        assert f"class {name}(Component):" in source


def test_every_resource_names_a_declared_provider(graph: Graph) -> None:
    """No resource is made with whatever credentials a shell happens to hold."""
    assert [node.urn for node in _custom(graph) if graph.provider_of(node) is None] == []


def test_every_dependency_is_declared(graph: Graph) -> None:
    """An edge leads to a node of the same graph."""
    edges = {urn for node in graph for urn in node.dependencies}
    edges |= {urn for node in graph for urns in node.property_dependencies.values() for urn in urns}

    assert set() == edges - set(graph.nodes)


def test_the_graph_has_no_cycle(graph: Graph) -> None:
    """There is an order in which everything can be made."""
    waiting = {node.urn: set(node.dependencies) for node in graph}
    while ready := {urn for urn, needs in waiting.items() if not needs & set(waiting)}:
        waiting = {urn: needs for urn, needs in waiting.items() if urn not in ready}

    assert waiting == {}


def test_names_carry_no_position(graph: Graph) -> None:
    """Names come from keys: inserting an entry moves no other."""
    assert [node.urn for node in graph if re.search(r"[-_]\d{1,2}$", node.name) and "europe" not in node.name] == []


def test_data_outlives_code(cloud_graph: Graph) -> None:
    """Buckets are protected and never emptied to be deleted, and all but scratch data can be brought back."""
    buckets = _of_type(cloud_graph, "gcp:storage/bucket:Bucket")

    assert buckets
    for bucket in buckets:
        assert bucket.protect
        kept = bucket.inputs["versioning"]["enabled"] or "retentionPolicy" in bucket.inputs
        assert kept or bucket.inputs["softDeletePolicy"]["retentionDurationSeconds"] or _class(bucket) == "scratch"
        assert bucket.inputs["forceDestroy"] is False


def test_clusters_have_a_cpu_pool_and_gpu_pools_cost_nothing_idle(cloud_graph: Graph) -> None:
    """GPU pools start at nothing, keep other pods away, and stand beside a pool that runs the system."""
    pools = _of_type(cloud_graph, "gcp:container/nodePool:NodePool")
    gpu = [pool for pool in pools if "guestAccelerators" in pool.inputs["nodeConfig"]]
    system = [pool for pool in pools if pool not in gpu]

    assert len(system) == len(_of_type(cloud_graph, "gcp:container/cluster:Cluster"))
    assert gpu
    for pool in gpu:
        taints = {(taint["key"], taint["effect"]) for taint in pool.inputs["nodeConfig"]["taints"]}

        assert pool.inputs["autoscaling"]["totalMinNodeCount"] == 0
        assert ("nvidia.com/gpu", "NO_SCHEDULE") in taints


def test_nodes_run_as_an_account_of_their_own(graph: Graph) -> None:
    """No node runs as the project's default account, which is an editor of everything."""
    pools = _of_type(graph, "gcp:container/nodePool:NodePool")

    assert all(pool.inputs["nodeConfig"]["serviceAccount"] for pool in pools)
    assert all(pool.inputs["nodeConfig"]["workloadMetadataConfig"]["mode"] == "GKE_METADATA" for pool in pools)


def test_members_are_groups_or_workloads(cloud_graph: Graph) -> None:
    """Nobody is granted anything by name; what comes from outside of the cloud may act as an account and no more."""
    granted = {
        (node.inputs["member"], node.inputs["role"]) for node in cloud_graph if _is_text(node.inputs.get("member"))
    }
    strangers = {(member, role) for member, role in granted if not member.startswith(("group:", "serviceAccount:"))}

    assert granted
    assert {role for _, role in strangers} <= {"roles/iam.workloadIdentityUser"}
    assert [member for member, _ in strangers if "/workloadIdentityPools/github/subject/repo:" not in member] == []


def test_claims_and_volumes_name_each_other(graph: Graph) -> None:
    """A volume is reserved for one claim and the claim asks for that volume: no other claim can take it."""
    found = _of_type(graph, "kubernetes:core/v1:PersistentVolume")
    volumes = {(node.provider, node.inputs["metadata"]["name"]): node for node in found}
    claims = _of_type(graph, "kubernetes:core/v1:PersistentVolumeClaim")

    assert len(found) == len(volumes) == len(claims) > 0
    for claim in claims:
        volume = next(urn for urn in claim.dependencies if "PersistentVolume::" in urn)
        reserved = graph.nodes[volume].inputs["spec"]["claimRef"]

        assert reserved == {key: claim.inputs["metadata"][key] for key in ("name", "namespace")}


def test_every_component_is_exercised(graphs: dict[str, Graph]) -> None:
    """Development, production or a laptop declares each component, so that the real providers have seen all of it."""
    declared = {node.type for stack in ("dev", "local", "prod") for node in graphs[stack] if not node.custom}
    # A laptop has folders or a storage class: the other one is in tests/stacks/test_laptop.py and tests/engine.
    written = {file.stem for file in (ROOT / "components").glob("[a-z]*.py")} - {"volume_mount"}

    assert {name for name in written if not any(kind.startswith(f"groundwork:{name}:") for kind in declared)} == set()


def test_no_two_resources_claim_one_name(graph: Graph) -> None:
    """Names in the cloud are unique within what they are unique in: type, project, place, cluster."""

    def names() -> Iterator[tuple[Any, ...]]:
        for node in _custom(graph):
            place = [node.inputs.get(key) for key in ("project", "region", "location", "cluster", "namespace")]
            place += node.property_dependencies.get("keyRing", ())  # whose name is not known before it is made
            place.append(node.provider)  # two clusters are two places
            metadata = node.inputs.get("metadata") or {}
            if name := node.inputs.get("name") or metadata.get("name"):
                yield node.type, str(place), str(metadata.get("namespace")), name

    found = list(names())

    assert len(found) == len(set(found))


def test_a_gateway_shares_out_to_every_cluster_behind_it(graphs: dict[str, Graph]) -> None:
    """Each backend of a route is exported by one cluster under that name, and each export is the backend of a route."""
    graph = graphs["prod"]
    exports = {
        node.inputs["metadata"]["name"]: node for node in _of_type(graph, "kubernetes:net.gke.io/v1:ServiceExport")
    }
    routes = _of_type(graph, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")
    backends = [one for route in routes for rule in route.inputs["spec"]["rules"] for one in rule["backendRefs"]]

    assert routes
    assert sorted(exports) == sorted(one["name"] for one in backends)
    assert len({exports[one["name"]].provider for one in backends}) == len({one["name"] for one in backends}) > 1
    assert sum(one["weight"] for one in backends) > 0
    for export in exports.values():
        service = next(graph.nodes[urn] for urn in export.dependencies if "v1:Service::" in urn)

        assert service.inputs["metadata"]["name"] == export.inputs["metadata"]["name"]
        assert service.provider == export.provider


def test_a_gateway_takes_routes_and_traffic_of_its_services_only(graphs: dict[str, Graph]) -> None:
    """Routes stand where the gateway looks for them, and the firewall opens the ports that they lead to."""
    graph = graphs["prod"]
    (gateway,) = _of_type(graph, "kubernetes:gateway.networking.k8s.io/v1:Gateway")
    routes = _of_type(graph, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")
    (listener,) = gateway.inputs["spec"]["listeners"]
    (wanted,) = listener["allowedRoutes"]["namespaces"]["selector"]["matchExpressions"]
    ports = {
        str(one["port"]) for route in routes for rule in route.inputs["spec"]["rules"] for one in rule["backendRefs"]
    }
    (rule,) = [node for node in graph if node.name == "gateway-network-backends"]

    assert set(wanted["values"]) == {route.inputs["metadata"]["namespace"] for route in routes}
    assert {gateway.provider} == {route.provider for route in routes}
    assert ports == set(rule.inputs["allows"][0]["ports"])


def test_what_may_leave_is_named_before_the_rest_is_refused(graphs: dict[str, Graph]) -> None:
    """Every range of the network and Google's APIs may be reached, and the last rule refuses everything else."""
    graph = graphs["prod"]
    (policy,) = _of_type(graph, "gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules")
    rules = sorted(policy.inputs["rules"], key=lambda rule: rule["priority"])
    ranges = {node.inputs["ipCidrRange"] for node in _of_type(graph, "gcp:compute/subnetwork:Subnetwork")}
    apis = {
        address
        for record in _of_type(graph, "gcp:dns/recordSet:RecordSet")
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


def test_images_of_everything_installed_may_run(cloud_graphs: dict[str, Graph]) -> None:
    """Each chart and folder says which images it needs, and the policy lets those run and nothing else."""
    versions, images = load_versions(), load_images()
    for graph in cloud_graphs.values():
        (policy,) = _of_type(graph, "gcp:binaryauthorization/policy:Policy")
        patterns = {entry["namePattern"] for entry in policy.inputs["admissionWhitelistPatterns"]}

        assert set(images.patterns) <= patterns
        assert policy.inputs["defaultAdmissionRule"]["evaluationMode"] == "ALWAYS_DENY"
    assert {*versions.charts, *versions.manifests} == set(images.images)
