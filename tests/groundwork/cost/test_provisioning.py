"""Node auto-provisioning: limits, the pools that count towards them, and limits without a price."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from groundwork.cost import estimate, load
from groundwork.cost.estimate import Estimate
from groundwork.cost.purchase import Purchase
from groundwork.graph import Node, Placeholder
from tests.groundwork.cost.resources import CLUSTER, pool, resource, stack

BOOK = load()
# Unit prices of e2 in europe-west4, by the hour: prices.yaml, e2-vcpu and e2-gib.
VCPU, VCPU_1Y = "0.02401338", "0.015128429"


def _cluster(limits: Any, **autoscaling: Any) -> Node:
    return resource(
        CLUSTER,
        "c",
        {
            "name": "main", "location": "europe-west4", "removeDefaultNodePool": True,
            "clusterAutoscaling": {"enabled": True, "resourceLimits": limits, **autoscaling},
        },
    )  # fmt: skip


def _pool(machine: str, max_nodes: int, **inputs: Any) -> Node:
    plain = pool("p", machine, "europe-west4", (0, max_nodes))
    return dataclasses.replace(plain, inputs={**plain.inputs, "cluster": "main", **inputs})


def _items(result: Estimate) -> dict[str, tuple[str, str]]:
    """Maximum quantity and unit price of the auto-provisioned items."""
    items = [item for priced in result.resources if "Cluster" in priced.urn for item in priced.items]
    return {
        item.what: (f"{item.high:f}", f"{item.unit_price:f}") for item in items if item.what.startswith("auto-prov")
    }


def _reasons(result: Estimate) -> list[str]:
    return [entry.why for entry in result.unpriced if "Cluster" in entry.urn]


def _limit(kind: str, maximum: Any) -> dict[str, Any]:
    return {"resourceType": kind, "maximum": maximum}


@pytest.mark.parametrize(
    ("maximum", "quantity"),
    # 3 nodes of e2-standard-4 have 12 vCPUs; a month has 730 hours.
    [(11, None), (12, None), (13, "730"), (20, "5840")],
)
def test_remaining_capacity_is_the_limit_without_declared_pools(maximum: int, quantity: str | None) -> None:
    """A limit that declared pools reach or exceed leaves nothing; nothing is negative."""
    result = estimate(stack(_cluster([_limit("cpu", maximum)]), _pool("e2-standard-4", 3)), BOOK)

    expected = {} if quantity is None else {"auto-provisioned vCPU, as e2": (quantity, VCPU)}
    assert _items(result) == expected
    assert _reasons(result) == (["boot disks of auto-provisioned nodes: depend on their number"] if expected else [])


def test_memory_and_gpus_of_declared_pools_count() -> None:
    """Memory is in GiB, GPUs by kind: two nodes of g2-standard-24 have 192 GiB and 4 L4."""
    limits = [_limit("memory", 200), _limit("nvidia-l4", 5), _limit("nvidia-tesla-a100", 1)]

    result = estimate(stack(_cluster(limits), _pool("g2-standard-24", 2)), BOOK)

    assert {what: quantity for what, (quantity, _) in _items(result).items()} == {
        "auto-provisioned memory, as e2": "5840",
        "auto-provisioned nvidia-l4": "730",
        "auto-provisioned nvidia-tesla-a100": "730",
    }


def test_declared_pool_without_a_price_counts_by_its_size() -> None:
    """No source prices a4-highgpu-8g; its 224 vCPUs count towards the limit all the same."""
    result = estimate(stack(_cluster([_limit("cpu", 225)]), _pool("a4-highgpu-8g", 1)), BOOK)

    assert _items(result) == {"auto-provisioned vCPU, as e2": ("730", VCPU)}


def test_purchase_option_applies_to_auto_provisioned_nodes() -> None:
    """With a commitment of one year they have its price."""
    result = estimate(stack(_cluster([_limit("cpu", 1)])), BOOK, Purchase.COMMITTED_1Y)

    assert _items(result) == {"auto-provisioned vCPU, as e2": ("730", VCPU_1Y)}


@pytest.mark.parametrize(
    ("cluster", "pools", "reason"),
    [
        (_cluster([_limit("cpu", 9)], enabled=False), [], None),
        (_cluster([_limit("cpu", 9)], enabled=Placeholder.UNKNOWN), [], None),
        (_cluster([]), [], "depends on what pods request, and has no limits"),
        (_cluster(Placeholder.UNKNOWN), [], "depends on what pods request, and has no limits"),
        (_cluster([Placeholder.UNKNOWN]), [], "clusterAutoscaling.resourceLimits is unknown until pulumi up"),
        (_cluster([_limit("cpu", "9")]), [], "a limit is unknown until pulumi up"),
        (_cluster([{"maximum": 9}]), [], "a limit is unknown until pulumi up"),
        (_cluster([_limit("cpu", 9)]), [_pool("x9-standard-4", 1)], "the size of x9-standard-4 is unknown"),
        (
            _cluster([_limit("cpu", 9)]),
            [_pool("e2-standard-4", 1, autoscaling=Placeholder.UNKNOWN)],
            "autoscaling is unknown until pulumi up",
        ),
        (_cluster([_limit("nvidia-b200", 1)]), [], "the price book has no nvidia-b200"),
    ],
)
def test_auto_provisioning_without_usable_limits_has_one_reason(
    cluster: Node, pools: list[Node], reason: str | None
) -> None:
    """Nothing is priced, and the list has the reason once; without auto-provisioning there is none."""
    result = estimate(stack(cluster, *pools), BOOK)

    assert _items(result) == {}
    assert _reasons(result) == ([] if reason is None else [f"node auto-provisioning: {reason}"])


def test_limit_without_price_does_not_hide_the_others() -> None:
    """The other limits are priced."""
    result = estimate(stack(_cluster([_limit("nvidia-b200", 1), _limit("cpu", 1)])), BOOK)

    assert _items(result) == {"auto-provisioned vCPU, as e2": ("730", VCPU)}
    assert len(_reasons(result)) == 2
