"""The rule `mounts-fit`: which pools a pod may land on, and the same arithmetic as the settings have."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from groundwork.cost import load
from groundwork.graph import Graph, Node
from policy.rules import _node_capacity
from policy.rules.mounts_fit import RULE
from stacks.settings.derived.node_capacity import MEMORY_SHARE, machine_capacity
from stacks.settings.facts.gpu_machines import gpu_machines
from tests.groundwork.cost.resources import CLUSTER, pool, resource, stack


def _cluster(name: str, machine: str) -> list[Node]:
    """A cluster with a pool ``train`` of this machine, and the provider of its objects."""
    cluster = resource(CLUSTER, f"cluster-{name}", {"name": name, "location": "europe-west4"})
    provider = resource("pulumi:providers:kubernetes", name, {})
    node = pool(f"{name}-train", machine, "europe-west4", (0, 1))
    return [
        cluster,
        dataclasses.replace(provider, dependencies=(cluster.urn,)),
        dataclasses.replace(node, inputs={**node.inputs, "name": "train", "cluster": name}),
    ]


def _guide(cluster: str, memory: str) -> Node:
    data = {"train": json.dumps({"annotations": {"gke-gcsfuse/memory-limit": memory}})}
    inputs: dict[str, Any] = {"metadata": {"name": "mounts", "namespace": "vision"}, "data": data}
    node = resource("kubernetes:core/v1:ConfigMap", f"notes-{cluster}", inputs)
    provider = resource("pulumi:providers:kubernetes", cluster, {}).urn
    return dataclasses.replace(node, provider=provider)


def test_a_pod_lands_in_its_own_cluster() -> None:
    """Two clusters have a pool of one name: each team's guide is held against the pool of its own."""
    pools = [*_cluster("large", "g2-standard-16"), *_cluster("small", "g2-standard-4")]

    assert RULE.ask(stack(*pools, _guide("large", "20480Mi"))) == []
    ((urn, message),) = RULE.ask(stack(*pools, _guide("small", "20480Mi")))
    assert urn == _guide("small", "").urn
    assert "a pod on pool train takes 20480 MiB of a node's memory, and g2-standard-4 has" in message


def test_without_a_cluster_every_pool_of_the_name_has_to_fit() -> None:
    """Where nobody says which cluster it is, the smallest counts, whatever the order."""
    pools = [*_cluster("large", "g2-standard-16"), *_cluster("small", "g2-standard-4")]
    guide = dataclasses.replace(_guide("large", "20480Mi"), provider=None)

    assert len(RULE.ask(stack(*pools, guide))) == 1


@pytest.mark.parametrize("name", sorted(gpu_machines()))
def test_both_opinions_agree_on_the_room(name: str) -> None:
    """The settings allow a share of what the rule finds that pods can have, for every machine that both know."""
    machine = gpu_machines()[name]
    found = _node_capacity.memory(name, load(), {name: machine.memory_gb})

    assert found is not None
    assert abs(machine_capacity(machine.memory_gb, 0, 0).memory - found * MEMORY_SHARE) <= 1


def test_a_team_that_takes_too_much_memory_of_its_pool(graphs: dict[str, Graph]) -> None:
    """On the platform: one more cache in memory than the nodes of l4-serving have, and the rule names team and pool."""
    graph = graphs["prod"]
    node = next(node for node in graph if node.name == "mounts-main.vision-configmap")
    pod = json.loads(node.inputs["data"]["l4-serving"])
    pod["annotations"]["gke-gcsfuse/memory-limit"] = "30000Mi"
    data = {**node.inputs["data"], "l4-serving": json.dumps(pod)}
    broken = dataclasses.replace(node, inputs={**node.inputs, "data": data})

    assert RULE.ask(graph) == []
    ((urn, message),) = RULE.ask(dataclasses.replace(graph, nodes={**graph.nodes, node.urn: broken}))
    assert urn == node.urn
    assert "pool l4-serving takes 30000 MiB of a node's memory, and g2-standard-8 has 29022 for pods" in message
