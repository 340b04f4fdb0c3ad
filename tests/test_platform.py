"""What holds for the declared graph of every stack, whatever its settings say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from groundwork.graph import STACK_TYPE, Graph, Node
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


def test_data_outlives_code(graph: Graph) -> None:
    """Buckets are protected, versioned, and never emptied to be deleted."""
    buckets = _of_type(graph, "gcp:storage/bucket:Bucket")

    assert buckets
    for bucket in buckets:
        assert bucket.protect
        assert bucket.inputs["versioning"]["enabled"] is True
        assert bucket.inputs["forceDestroy"] is False


def test_clusters_have_a_cpu_pool_and_gpu_pools_cost_nothing_idle(graph: Graph) -> None:
    """GPU pools start at nothing, keep other pods away, and stand beside a pool that runs the system."""
    pools = _of_type(graph, "gcp:container/nodePool:NodePool")
    gpu = [pool for pool in pools if "guestAccelerators" in pool.inputs["nodeConfig"]]
    system = [pool for pool in pools if pool not in gpu]

    assert len(system) == len(_of_type(graph, "gcp:container/cluster:Cluster"))
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


def test_members_are_groups_or_workloads(graph: Graph) -> None:
    """Nobody is granted anything by name; what comes from outside of the cloud may act as an account and no more."""
    granted = {(node.inputs["member"], node.inputs["role"]) for node in graph if _is_text(node.inputs.get("member"))}
    strangers = {(member, role) for member, role in granted if not member.startswith(("group:", "serviceAccount:"))}

    assert granted
    assert {role for _, role in strangers} <= {"roles/iam.workloadIdentityUser"}
    assert [member for member, _ in strangers if "/workloadIdentityPools/github/subject/repo:" not in member] == []


def test_claims_and_volumes_name_each_other(graph: Graph) -> None:
    """A volume is reserved for one claim and the claim asks for that volume: no other claim can take it."""
    volumes = _of_type(graph, "kubernetes:core/v1:PersistentVolume")
    claims = _of_type(graph, "kubernetes:core/v1:PersistentVolumeClaim")

    assert len(volumes) == len(claims) > 0
    for claim in claims:
        volume = next(urn for urn in claim.dependencies if "PersistentVolume::" in urn)
        reserved = graph.nodes[volume].inputs["spec"]["claimRef"]

        assert reserved == {key: claim.inputs["metadata"][key] for key in ("name", "namespace")}


def test_no_two_resources_claim_one_name(graph: Graph) -> None:
    """Names in the cloud are unique within what they are unique in: type, project, place."""

    def names() -> Iterator[tuple[Any, ...]]:
        for node in _custom(graph):
            place = [node.inputs.get(key) for key in ("project", "region", "location", "cluster", "namespace")]
            place += node.property_dependencies.get("keyRing", ())  # which is not known before it exists
            metadata = node.inputs.get("metadata") or {}
            if name := node.inputs.get("name") or metadata.get("name"):
                yield node.type, str(place), str(metadata.get("namespace")), name

    found = list(names())

    assert len(found) == len(set(found))
