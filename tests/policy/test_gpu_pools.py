"""The rule `gpu-pools`."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.graph import Graph, Node, Placeholder
from policy.rules.gpu_pools import RULE
from tests.policy.asking import ask_stack

POOL = "gcp:container/nodePool:NodePool"
QUOTAS = {
    "regular": {"europe-west4": {"nvidia-l4": 4}},
    "preemptible": {"europe-west4": {"nvidia-l4": 8}},
}


def _pool(name: str = "p", machine: Any = "n1-standard-8", gpus: Any = 1, config: Any = None, **inputs: Any) -> Node:
    """A pool of L4 GPUs that scales from 0 to 4 nodes."""
    accelerators = [{"type": "nvidia-l4", "count": gpus}] if gpus else []
    declared = {
        "location": "europe-west4",
        "autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": 4},
        "nodeConfig": {"machineType": machine, "guestAccelerators": accelerators, **(config or {})},
    }
    return Node(f"urn:{name}", POOL, name, {**declared, **inputs})


def _messages(*nodes: Node, **quotas: Any) -> list[tuple[str, str]]:
    return ask_stack(RULE, Graph.of("dev", "sdk", list(nodes)), **(quotas or QUOTAS))


def _max(nodes: int) -> dict[str, Any]:
    return {"autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": nodes}}


def test_pool_within_its_quota_passes() -> None:
    """A pool may grow to exactly the quota."""
    assert _messages(_pool()) == []


def test_pool_above_its_quota_is_reported() -> None:
    """One GPU above the quota is a violation on the pool."""
    ((urn, message),) = _messages(_pool(**_max(5)))

    assert urn == "urn:p"
    assert message == "pools can grow to 5 regular nvidia-l4 in europe-west4, above the quota of 4: lower max_nodes"


def test_pools_of_a_region_share_its_quota() -> None:
    """Every pool of an exceeded quota is reported, with the sum; pools of other kinds and regions are not counted."""
    others = [_pool("z", config={"spot": True}), _pool("y", location="europe-west1")]
    quotas = {**QUOTAS, "regular": {"europe-west4": {"nvidia-l4": 4}, "europe-west1": {"nvidia-l4": 4}}}
    found = _messages(_pool("a", **_max(3)), _pool("b", **_max(2)), *others, **quotas)

    assert [urn for urn, _ in found] == ["urn:a", "urn:b"]
    assert all("can grow to 5 regular" in message for _, message in found)


@pytest.mark.parametrize(
    ("pool", "kind"),
    [
        (_pool(**_max(5)), "regular"),
        (_pool(config={"spot": False, "preemptible": None}, **_max(5)), "regular"),
        (_pool(config={"spot": Placeholder.UNKNOWN}, **_max(5)), "regular"),
        (_pool(config={"spot": True}, **_max(9)), "preemptible"),
        (_pool(config={"preemptible": True}, **_max(9)), "preemptible"),
        (_pool(config={"flexStart": True}, **_max(9)), "preemptible"),
        (_pool(queuedProvisioning={"enabled": True}, **_max(9)), "preemptible"),
        (_pool(queuedProvisioning={"enabled": False}, **_max(5)), "regular"),
    ],
)
def test_quota_of_a_pool(pool: Node, kind: str) -> None:
    """Spot, preemptible, flex-start and queued pools use the preemptible quota, others the regular one."""
    ((_, message),) = _messages(pool)

    assert f" {kind} nvidia-l4 " in message


@pytest.mark.parametrize(
    "config", [{"spot": True}, {"preemptible": True}, {"flexStart": True}], ids=lambda config: next(iter(config))
)
def test_preemptible_pool_does_not_use_the_regular_quota(config: dict[str, Any]) -> None:
    """A preemptible pool may grow beyond the regular quota."""
    assert _messages(_pool(config=config, **_max(8))) == []


def test_unknown_quota_is_reported() -> None:
    """A GPU without a quota is a violation that says where to add it."""
    ((_, message),) = _messages(_pool(), regular={"europe-west4": {"nvidia-h100-80gb": 8}})
    ((_, other),) = _messages(_pool(location="us-central1-a"))

    assert message == (
        "the regular quota of nvidia-l4 in europe-west4 is unknown: add it to "
        "stacks.dev.gpu-pools.parameters.regular.europe-west4 in policy/policies.yaml"
    )
    assert "in us-central1 is unknown" in other


def test_quotas_are_optional() -> None:
    """Without parameters no quota is known."""
    ((_, message),) = ask_stack(RULE, Graph.of("dev", "sdk", [_pool()]))

    assert "the regular quota of nvidia-l4 in europe-west4 is unknown" in message


def test_location_may_be_a_zone() -> None:
    """The quota is that of the region of the zone."""
    assert _messages(_pool(location="europe-west4-a")) == []


def test_gpus_of_a_node_count() -> None:
    """The quota is in GPUs: nodes times the GPUs of a node, and entries of one type add up."""
    two = [{"type": "nvidia-l4", "count": 1}, {"type": "nvidia-l4", "count": 1}]

    assert _messages(_pool(gpus=2, **_max(2))) == []
    assert len(_messages(_pool(gpus=2, **_max(3)))) == 1
    assert _messages(_pool(config={"guestAccelerators": two}, **_max(2))) == []
    assert len(_messages(_pool(config={"guestAccelerators": two}, **_max(3)))) == 1


def test_built_in_gpus_count() -> None:
    """A machine type with GPUs counts with all of them, whether or not the pool lists them."""
    quotas = {"regular": {"europe-west4": {"nvidia-l4": 4, "nvidia-tesla-a100": 4}}}

    assert _messages(_pool(machine="g2-standard-24", gpus=0, **_max(2)), **quotas) == []
    assert len(_messages(_pool(machine="g2-standard-24", gpus=0, **_max(3)), **quotas)) == 1
    assert len(_messages(_pool(machine="a2-highgpu-4g", gpus=0, **_max(2)), **quotas)) == 1


@pytest.mark.parametrize("machine", ["e2-standard-4", "m9-new-4", Placeholder.UNKNOWN, None])
def test_pool_without_gpus_is_ignored(machine: Any) -> None:
    """A machine type without GPUs, or one that is unknown, needs no quota and may always have nodes."""
    pool = _pool(machine=machine, gpus=0, autoscaling={"totalMinNodeCount": 3, "totalMaxNodeCount": 99})

    assert _messages(pool) == []


def test_other_types_are_ignored() -> None:
    """Only node pools are checked."""
    other = Node("urn:c", "gcp:container/cluster:Cluster", "c", _pool(**_max(9)).inputs)

    assert _messages(other) == []


@pytest.mark.parametrize(
    "entry", [Placeholder.UNKNOWN, {"type": Placeholder.UNKNOWN, "count": 1}, {"type": "nvidia-l4", "count": None}]
)
def test_unknown_gpus_are_reported(entry: Any) -> None:
    """An entry without a known type and count is one violation, and other pools are still checked."""
    found = _messages(_pool("a", config={"guestAccelerators": [entry]}), _pool("b", **_max(5)))

    assert [urn for urn, _ in found] == ["urn:a", "urn:b"]
    assert "its GPUs are unknown until pulumi up" in found[0][1]


@pytest.mark.parametrize(
    ("path", "inputs"),
    [
        ("autoscaling.minNodeCount", {"autoscaling": {"minNodeCount": 1, "totalMaxNodeCount": 4}}),
        ("autoscaling.totalMinNodeCount", {"autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 4}}),
        ("initialNodeCount", {"initialNodeCount": 1}),
        ("nodeCount", {"nodeCount": 1}),
    ],
)
def test_pool_must_scale_to_zero(path: str, inputs: dict[str, Any]) -> None:
    """Each input that keeps nodes in the pool is one violation; zero is none."""
    ((urn, message),) = _messages(_pool(**inputs))

    assert urn == "urn:p"
    assert message == f"p always has GPU machines ({path} is 1): set it to 0"
    assert _messages(_pool(initialNodeCount=0, nodeCount=0)) == []


def test_pool_without_gpus_before_others_hides_none() -> None:
    """Pools are checked independently of each other."""
    found = _messages(
        _pool("a", machine="e2-standard-4", gpus=0),
        _pool("b", autoscaling={"totalMinNodeCount": 0}),
        _pool("c", **_max(5)),
    )

    assert [urn for urn, _ in found] == ["urn:b", "urn:c"]


@pytest.mark.parametrize(
    ("inputs", "unknown"),
    [
        ({"autoscaling": {"totalMinNodeCount": Placeholder.UNKNOWN, "totalMaxNodeCount": 4}}, 1),
        ({"autoscaling": {"minNodeCount": Placeholder.UNKNOWN, "totalMaxNodeCount": 4}}, 1),
        ({"initialNodeCount": Placeholder.UNKNOWN}, 0),
        ({"nodeCount": Placeholder.UNKNOWN}, 0),
    ],
)
def test_unknown_minimum_is_reported(inputs: dict[str, Any], unknown: int) -> None:
    """Counts that the provider completes are ignored where the autoscaler decides; other unknown counts are not."""
    assert ["is unknown until pulumi up" in message for _, message in _messages(_pool(**inputs))] == [True] * unknown


def test_unknown_count_without_autoscaling_is_reported() -> None:
    """Without autoscaling the count decides, so it must be known; so must the maximum."""
    found = _messages(_pool(autoscaling=None, nodeCount=Placeholder.UNKNOWN))

    assert [message for _, message in found] == [
        "p: nodeCount is unknown until pulumi up: write it as a number",
        "p has no known maximum: set max_nodes (autoscaling.totalMaxNodeCount)",
    ]


@pytest.mark.parametrize(
    ("autoscaling", "zones", "reported"),
    [
        ({"maxNodeCount": 2}, ["a", "b"], False),
        ({"maxNodeCount": 2}, ["a", "b", "c"], True),
        ({"maxNodeCount": 2}, None, True),
        ({"maxNodeCount": Placeholder.UNKNOWN}, ["a"], True),
        ({"totalMaxNodeCount": Placeholder.UNKNOWN}, ["a"], True),
        ({"totalMaxNodeCount": 4, "maxNodeCount": 4}, ["a", "b"], False),
        ({"totalMaxNodeCount": 4.0}, ["a"], False),
        ({"maxNodeCount": 4.0}, ["a"], False),
        ({}, ["a"], True),
    ],
)
def test_maximum_of_a_pool(autoscaling: dict[str, Any], zones: Any, *, reported: bool) -> None:
    """The maximum is the total, or the maximum of a zone times the zones; a pool without one is a violation."""
    assert bool(_messages(_pool(autoscaling=autoscaling, nodeLocations=zones))) is reported
