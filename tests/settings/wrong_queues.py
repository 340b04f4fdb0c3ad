"""Faults in queues: quotas in total, borrowing and lending limits, pools in no queue."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import ABSENT, CLASS_POOL, POOL, SECOND, Wrong

QUEUE: Final = "teams.vision.queue"
SET: Final[tuple[tuple[str, object], ...]] = ((QUEUE, {}),)
BORROW: Final[tuple[tuple[str, object], ...]] = ((QUEUE, {"borrowing_limit": {}, "lending_limit": {}}),)
H100: Final = {
    **POOL,
    "accelerator": "nvidia-h100-80gb",
    "accelerators_per_node": 8,
    "machine_type": "a3-highgpu-8g",
    "zones": ["europe-west4-b"],
    "capacity": "queued",
    "max_run_hours": 24,
    "topology": True,
}
OF_CLASS: Final = (
    ("gpu_pools.cheap", CLASS_POOL),
    ("compute_classes", {"any": {"clusters": ["main"], "priorities": ["cheap"], "unqueued": True}}),
)
PRIORITIES: Final = {
    "urgent": {"value": 10, "description": "what cannot wait"},
    "later": {"value": 0, "description": "what can"},
}

QUEUES: Final = {
    # Quotas in total
    "quotas above a pool in total": Wrong(
        "teams.vision.quota.gpus.l4",
        2,
        "the quotas of teams 'forecasting' and 'vision' are 3 GPUs in total in cluster 'main', which has 2 of them",
        "lower the quotas: a team can borrow more than its nominal quota",
        "gpu_pools.l4",
    ),
    "pool smaller than the quotas in total": Wrong(
        "gpu_pools.l4.max_nodes",
        1,
        "the quotas of teams 'forecasting' and 'vision' are 2 GPUs in total in cluster 'main', which has 1 of them",
        "lower the quotas: a team can borrow more than its nominal quota",
        "gpu_pools.l4",
    ),
    "quotas above a class in total": Wrong(
        "teams.vision.quota.gpus.any",
        2,
        "the quotas of teams 'forecasting' and 'vision' are 3 GPUs in total in cluster 'main', which has 2 of them",
        "lower the quotas: a team can borrow more than its nominal quota",
        "compute_classes.any",
        (
            *OF_CLASS,
            ("compute_classes.any.unqueued", False),
            ("teams.forecasting.quota.gpus.any", 1),
        ),
    ),
    # Borrowing and lending limits
    "borrowing limit without a quota": Wrong(
        f"{QUEUE}.borrowing_limit.gpus",
        {"l5": 1},
        "team 'vision' has no quota of 'l5'",
        "omit it, or set groundwork:teams.vision.quota.gpus.l5 (0 for borrowing only)",
        f"{QUEUE}.borrowing_limit.gpus.l5",
        BORROW,
    ),
    "lending limit without a quota": Wrong(
        f"{QUEUE}.lending_limit.gpus",
        {"l5": 1},
        "team 'vision' has no quota of 'l5'",
        "omit it, or set groundwork:teams.vision.quota.gpus.l5 (0 for borrowing only)",
        f"{QUEUE}.lending_limit.gpus.l5",
        BORROW,
    ),
    "lending limit above the quota of GPUs": Wrong(
        f"{QUEUE}.lending_limit.gpus",
        {"l4-shared": 4},
        "4 is above the nominal quota of 3 of team 'vision'",
        "at most 3, or omit it for no limit",
        f"{QUEUE}.lending_limit.gpus.l4-shared",
        BORROW,
    ),
    "lending limit above the quota of cores": Wrong(
        f"{QUEUE}.lending_limit.cpu",
        33,
        "33 is above the nominal quota of 32 of team 'vision'",
        "at most 32, or omit it for no limit",
        also=BORROW,
    ),
    "lending limit above the quota of memory": Wrong(
        f"{QUEUE}.lending_limit.memory_gib",
        161,
        "161 is above the nominal quota of 160 of team 'vision'",
        "at most 160, or omit it for no limit",
        also=BORROW,
    ),
    "unknown value of paused": Wrong(
        f"{QUEUE}.paused", "yes", "'yes' is not a choice", "one of 'hold' or 'drain'", also=SET
    ),
    "weight that is text": Wrong(f"{QUEUE}.weight", "high", "expected a whole number, found 'high'", also=SET),
    # Priorities
    "two priorities with one value": Wrong(
        "priorities.later.value",
        10,
        "10 is also the value of 'later'",
        "a different value for each priority",
        "priorities.urgent.value",
        (("priorities", PRIORITIES),),
    ),
    "priority without a reason": Wrong(
        "priorities.later.description",
        ABSENT,
        "is missing",
        "the use of the priority",
        also=(("priorities", PRIORITIES),),
    ),
    "priority in capitals": Wrong(
        "priorities.Later",
        {"value": 5, "description": "x"},
        "'Later' is not valid",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
        also=(("priorities", PRIORITIES),),
    ),
    # Pools and queues
    "pool in no team's queue": Wrong(
        "gpu_pools.new",
        CLASS_POOL,
        "is in no team's queue, so that no job can use it",
        "add new to quota.gpus of a team (0 for borrowing only), or set unqueued: true",
    ),
    "compute class in no team's queue": Wrong(
        "compute_classes.any.unqueued",
        value=False,
        message="is in no team's queue, so that no job can use it",
        hint="add any to quota.gpus of a team (0 for borrowing only), or set unqueued: true",
        at="compute_classes.any",
        also=OF_CLASS,
    ),
    "pool in a cluster without its teams": Wrong(
        "gpu_pools.l4.clusters",
        ["main", "second"],
        "no team with a quota of 'l4' has a namespace in cluster 'second'",
        "remove the cluster, or add it to a team's clusters",
        "gpu_pools.l4.clusters[1]",
        (("clusters.second", SECOND),),
    ),
    "quota of an unqueued pool": Wrong(
        "gpu_pools.a100.unqueued",
        value=True,
        message="'a100' is unqueued, so that no queue can offer it",
        hint="omit it, or set groundwork:gpu_pools.a100.unqueued: false",
        at="teams.vision.quota.gpus.a100",
    ),
    "unqueued priority": Wrong(
        "gpu_pools.cheap.unqueued",
        value=True,
        message="pool 'cheap' belongs to compute class 'any' and is offered with it",
        hint="omit it, or set groundwork:compute_classes.any.unqueued",
        also=OF_CLASS,
    ),
    # Topology
    "topology of spot": Wrong(
        "gpu_pools.l4.topology",
        value=True,
        message="spot machines are created when pods wait for them, too late to choose among them",
        hint="omit it, or capacity: queued",
    ),
    "topology of a machine type without topology labels": Wrong(
        "gpu_pools.new.topology",
        value=True,
        message="GKE does not label nodes of type g2-standard-8 with their location",
        hint="one of a3-highgpu-8g, a3-megagpu-8g, a3-ultragpu-8g, a3-ultragpu-8g-nolssd, a4-highgpu-8g",
        also=(("gpu_pools.new", {**POOL, "capacity": "queued", "max_run_hours": 24}),),
    ),
    "topology of flex-start": Wrong(
        "gpu_pools.new.capacity",
        "flex-start",
        "flex-start machines are created when pods wait for them, too late to choose among them",
        "omit it, or capacity: queued",
        "gpu_pools.new.topology",
        (("gpu_pools.new", H100),),
    ),
}
