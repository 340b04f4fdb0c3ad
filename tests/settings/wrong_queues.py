"""Mistakes in queues: promises that cannot be kept together, loans that can never be, pools that nobody can use."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import ABSENT, POOL, RUNG, SECOND, Wrong

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
    ("gpu_pools.cheap", RUNG),
    ("compute_classes", {"any": {"clusters": ["main"], "priorities": ["cheap"], "unqueued": True}}),
)
PRIORITIES: Final = {
    "urgent": {"value": 10, "description": "what cannot wait"},
    "later": {"value": 0, "description": "what can"},
}

QUEUES: Final = {
    # All promises together
    "promised twice": Wrong(
        "teams.vision.quota.gpus.l4",
        2,
        "teams 'forecasting' and 'vision' are promised 3 GPUs together in cluster 'main', which has 2 of them",
        "what is above can be borrowed",
        "gpu_pools.l4",
    ),
    "pool smaller than promises": Wrong(
        "gpu_pools.l4.max_nodes",
        1,
        "are promised 2 GPUs together in cluster 'main', which has 1 of them",
        "promise less",
        "gpu_pools.l4",
    ),
    "class promised twice": Wrong(
        "teams.vision.quota.gpus.any",
        2,
        "teams 'forecasting' and 'vision' are promised 3 GPUs together in cluster 'main', which has 2 of them",
        "promise less",
        "compute_classes.any",
        (
            *OF_CLASS,
            ("compute_classes.any.unqueued", False),
            ("teams.forecasting.quota.gpus.any", 1),
        ),
    ),
    # Loans
    "borrows what it has no part in": Wrong(
        f"{QUEUE}.borrowing_limit.gpus",
        {"l5": 1},
        "team 'vision' has no quota of 'l5'",
        "leave it out, or set groundwork:teams.vision.quota.gpus.l5 (0 to borrow only)",
        f"{QUEUE}.borrowing_limit.gpus.l5",
        BORROW,
    ),
    "lends what it does not have": Wrong(
        f"{QUEUE}.lending_limit.gpus",
        {"l5": 1},
        "team 'vision' has no quota of 'l5'",
        "(0 to borrow only)",
        f"{QUEUE}.lending_limit.gpus.l5",
        BORROW,
    ),
    "lends more GPUs than it has": Wrong(
        f"{QUEUE}.lending_limit.gpus",
        {"l4-shared": 4},
        "4 is more than the 3 that team 'vision' is promised",
        "at most 3, or leave it out to lend all",
        f"{QUEUE}.lending_limit.gpus.l4-shared",
        BORROW,
    ),
    "lends more cores than it has": Wrong(
        f"{QUEUE}.lending_limit.cpu",
        33,
        "33 is more than the 32 that team 'vision' is promised",
        "at most 32",
        also=BORROW,
    ),
    "lends more memory than it has": Wrong(
        f"{QUEUE}.lending_limit.memory_gib",
        161,
        "161 is more than the 160 that team 'vision'",
        "at most 160",
        also=BORROW,
    ),
    "paused for ever": Wrong(f"{QUEUE}.paused", "yes", "'yes' is not a choice", "one of 'hold' or 'drain'", also=SET),
    "weight in words": Wrong(f"{QUEUE}.weight", "high", "expected a whole number, found 'high'", also=SET),
    # Priorities
    "two names for one priority": Wrong(
        "priorities.later.value",
        10,
        "10 is also the value of 'later'",
        "each priority has its own value",
        "priorities.urgent.value",
        (("priorities", PRIORITIES),),
    ),
    "priority without a reason": Wrong(
        "priorities.later.description", ABSENT, "is missing", "what it is for", also=(("priorities", PRIORITIES),)
    ),
    "priority in capitals": Wrong(
        "priorities.Later",
        {"value": 5, "description": "x"},
        "'Later' has the wrong shape",
        "lower-case letters",
        also=(("priorities", PRIORITIES),),
    ),
    # Pools and the queues that give their machines
    "pool of no queue": Wrong(
        "gpu_pools.new",
        RUNG,
        "is in no team's queue, so that no job can ever have it",
        "add new to quota.gpus of a team (0 to borrow only), or unqueued: true",
    ),
    "class of no queue": Wrong(
        "compute_classes.any.unqueued",
        value=False,
        message="is in no team's queue",
        hint="add any to quota.gpus of a team",
        at="compute_classes.any",
        also=OF_CLASS,
    ),
    "pool where nobody works": Wrong(
        "gpu_pools.l4.clusters",
        ["main", "second"],
        "no team that has a quota of 'l4' has a namespace in cluster 'second'",
        "leave the cluster out, or add it to a team's",
        "gpu_pools.l4.clusters[1]",
        (("clusters.second", SECOND),),
    ),
    "promise of what is in no queue": Wrong(
        "gpu_pools.a100.unqueued",
        value=True,
        message="'a100' is unqueued, so that no queue can give it",
        hint="leave it out, or groundwork:gpu_pools.a100.unqueued: false",
        at="teams.vision.quota.gpus.a100",
    ),
    "rung in no queue": Wrong(
        "gpu_pools.cheap.unqueued",
        value=True,
        message="pool 'cheap' is a rung of compute class 'any', and is given with it",
        hint="leave it out, or set groundwork:compute_classes.any.unqueued",
        also=OF_CLASS,
    ),
    # Topology
    "topology of machines that are not there": Wrong(
        "gpu_pools.l4.topology",
        value=True,
        message="spot machines are there only once pods wait for them",
        hint="leave it out, or capacity: queued",
    ),
    "topology that nobody tells": Wrong(
        "gpu_pools.new.topology",
        value=True,
        message="GKE does not tell where machines of type g2-standard-8 are",
        hint="one of a3-highgpu-8g, a3-megagpu-8g",
        also=(("gpu_pools.new", {**POOL, "capacity": "queued", "max_run_hours": 24}),),
    ),
    "topology of flex-start": Wrong(
        "gpu_pools.new.capacity",
        "flex-start",
        "flex-start machines are there only once",
        "capacity: queued",
        "gpu_pools.new.topology",
        (("gpu_pools.new", H100),),
    ),
}
