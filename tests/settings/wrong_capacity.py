"""Faults in GPU capacity: capacities, machine types, compute classes, limits of clusters."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import ABSENT, AUTOPROVISIONING, CLASS_POOL, POOL, SECOND, TEAM, Wrong

Also = tuple[tuple[str, object], ...]

QUEUES: Final = {"unqueued": False}  # a pool in a quota or in a compute class

FLEX: Final = {**POOL, "capacity": "flex-start", "max_run_hours": 24}
QUEUED: Final = {**FLEX, "capacity": "queued"}
ON_DEMAND: Final = {**POOL, "capacity": "on-demand"}
RESERVED: Final = {**POOL, "capacity": "reserved", "reservation": {"name": "l4-2027"}}
A100: Final = {
    **POOL,
    "accelerator": "nvidia-tesla-a100",
    "machine_type": "a2-highgpu-1g",
    "local_ssd": {"use": "scratch", "partitions": 4},
}
H100: Final = {
    **POOL,
    "accelerator": "nvidia-h100-80gb",
    "accelerators_per_node": 8,
    "machine_type": "a3-highgpu-8g",
    "zones": ["europe-west4-b"],
}
H200: Final = {
    **POOL,
    "accelerator": "nvidia-h200-141gb",
    "accelerators_per_node": 8,
    "machine_type": "a3-ultragpu-8g-nolssd",
}

NEW: Final = "gpu_pools.new"
CLASS_PATH: Final = "compute_classes.any"
CLASS: Final = {"clusters": ["main"], "priorities": ["cheap", "flex"], "unqueued": True}
WITH_CLASS: Final[Also] = (
    ("gpu_pools.cheap", CLASS_POOL),
    ("gpu_pools.flex", {**FLEX, **QUEUES}),
    ("compute_classes", {"any": CLASS}),
)
UNUSED: Final = ("gpu_pools.flex.unqueued", True)  # where another pool replaces it in the class
OFFERED: Final = ("compute_classes.any.unqueued", False)
LIMITED: Final[Also] = (("clusters.main.autoprovisioning", AUTOPROVISIONING),)
MODELLED: Final[Also] = (
    ("gpu_pools.dear", {**ON_DEMAND, **QUEUES}),
    ("compute_classes", {"any": {"clusters": ["main"], "priorities": ["dear"], "unqueued": True}}),
)

CAPACITY: Final = {
    # Former keys
    "former key of clusters": Wrong(
        "gpu_pools.l4.cluster",
        "main",
        "cluster was renamed to clusters",
        "write clusters: [main]",
        also=(("gpu_pools.l4.clusters", ABSENT),),
    ),
    "former key of clusters and the new one": Wrong(
        "gpu_pools.l4.cluster", "main", "cluster was renamed to clusters", "write clusters: [main]"
    ),
    "pool without cluster": Wrong("gpu_pools.l4.clusters", [], "is empty", "at least 1"),
    "pool twice in a cluster": Wrong(
        "gpu_pools.l4.clusters", ["main", "main"], "duplicate 'main'", "list it once", "gpu_pools.l4.clusters[1]"
    ),
    "pool in two regions": Wrong(
        "gpu_pools.l4.clusters",
        ["main", "west"],
        "zone 'europe-west4-a' is not in europe-west1, the region of cluster 'west'",
        "the zones of a pool are in the region of each of its clusters",
        at="gpu_pools.l4.zones[0]",
        also=(
            ("recovery.backups", None),
            ("teams.forecasting.quota.gpus", {}),
            ("teams.vision.quota.gpus.l4", ABSENT),
            ("gpu_pools.l4.unqueued", True),
            (
                "network.subnets.west",
                {
                    "region": "europe-west1",
                    "cidr": "10.80.0.0/22",
                    "secondary": {"pods": "10.84.0.0/16", "services-green": "10.80.16.0/20"},
                },
            ),
            ("clusters.west", {**SECOND, "region": "europe-west1", "zones": ["europe-west1-b"], "subnet": "west"}),
        ),
    ),
    # Fields of one capacity
    "reserved without reservation": Wrong(
        f"{NEW}.reservation",
        ABSENT,
        "is missing: reserved machines need it",
        "the reservation whose machines the pool uses",
        also=((NEW, RESERVED),),
    ),
    "reservation without name": Wrong(
        f"{NEW}.reservation",
        {},
        "is missing",
        "the name of a reservation, such as a100-until-2027",
        f"{NEW}.reservation.name",
        ((NEW, RESERVED),),
    ),
    "reservation with an invalid name": Wrong(
        f"{NEW}.reservation.name",
        "L4_2027",
        "'L4_2027' is not valid",
        "the name of a reservation, such as a100-until-2027",
        also=((NEW, RESERVED),),
    ),
    "reservation of spot": Wrong(
        "gpu_pools.l4.reservation",
        {"name": "l4-2027"},
        "cannot be set for spot machines",
        "omit it, or capacity: reserved",
    ),
    "reservation of flex-start": Wrong(
        f"{NEW}.reservation",
        {"name": "l4-2027"},
        "cannot be set for flex-start machines",
        "omit it, or capacity: reserved",
        also=((NEW, FLEX),),
    ),
    "flex-start without max_run_hours": Wrong(
        f"{NEW}.max_run_hours",
        ABSENT,
        "is missing: flex-start machines need it",
        "the hours after which a machine is removed, 1 to 168",
        also=((NEW, FLEX),),
    ),
    "queued without max_run_hours": Wrong(
        f"{NEW}.max_run_hours",
        ABSENT,
        "is missing: queued machines need it",
        "the hours after which a machine is removed, 1 to 168",
        also=((NEW, QUEUED),),
    ),
    "flex-start too long": Wrong(
        f"{NEW}.max_run_hours", 169, "169 is out of range", "at most 168", also=((NEW, FLEX),)
    ),
    "max_run_hours of on-demand": Wrong(
        f"{NEW}.max_run_hours",
        24,
        "cannot be set for on-demand machines",
        "omit it, or capacity: flex-start or queued",
        also=((NEW, ON_DEMAND),),
    ),
    # Partitions and sharing
    "partition of an invalid size": Wrong(
        "gpu_pools.a100.partition", "half", "'half' is not valid", "the size of a GPU partition, such as 1g.5gb"
    ),
    "partition of another GPU": Wrong(
        "gpu_pools.a100.partition",
        "1g.10gb",
        "nvidia-tesla-a100 has no partition 1g.10gb",
        "one of 1g.5gb (7 fit), 2g.10gb (3 fit), 3g.20gb (2 fit), 7g.40gb (1 fit)",
    ),
    "partition of an L4": Wrong(
        "gpu_pools.l4.partition", "1g.5gb", "nvidia-l4 cannot be partitioned", "omit it; sharing may be an alternative"
    ),
    "sharing by one client": Wrong(
        "gpu_pools.l4.sharing.clients",
        1,
        "1 is out of range",
        "at least 2",
        also=(("gpu_pools.l4.sharing", {"strategy": "time-sharing"}),),
    ),
    "sharing by an unknown strategy": Wrong(
        "gpu_pools.l4.sharing",
        {"strategy": "vgpu", "clients": 4},
        "'vgpu' is not a choice",
        "one of 'time-sharing' or 'mps'",
        at="gpu_pools.l4.sharing.strategy",
    ),
    "quota above partitions": Wrong(
        "teams.vision.quota.gpus.new",
        15,
        "15 GPUs are more than pool 'new' has",
        "at most 14",
        also=((NEW, {**A100, **QUEUES, "partition": "1g.5gb"}),),
    ),
    "quota above clients of partitions": Wrong(
        "teams.vision.quota.gpus.new",
        29,
        "29 GPUs are more than pool 'new' has",
        "at most 28",
        also=((NEW, {**A100, **QUEUES, "partition": "1g.5gb", "sharing": {"strategy": "time-sharing", "clients": 2}}),),
    ),
    # Local SSD
    "local SSD count missing": Wrong(
        f"{NEW}.local_ssd.partitions",
        ABSENT,
        "is missing: a2-highgpu-1g includes no local SSD",
        "1 or 2 or 4 or 8",
        also=((NEW, A100),),
    ),
    "local SSD count that the machine does not support": Wrong(
        f"{NEW}.local_ssd.partitions",
        3,
        "a2-highgpu-1g supports 1 or 2 or 4 or 8 local SSD partitions, not 3",
        "2 or 4",
        also=((NEW, A100),),
    ),
    "local SSD count of the machine": Wrong(
        f"{NEW}.local_ssd",
        {"use": "block", "partitions": 8},
        "a3-highgpu-8g includes 16 local SSD partitions, not 8",
        "16",
        f"{NEW}.local_ssd.partitions",
        ((NEW, H100),),
    ),
    "local SSD of a machine without any": Wrong(
        f"{NEW}.local_ssd",
        {"use": "scratch"},
        "a3-ultragpu-8g-nolssd has no local SSD",
        "a3-ultragpu-8g has 32",
        also=((NEW, H200),),
    ),
    "local SSD of an unknown use": Wrong(
        f"{NEW}.local_ssd.use",
        "swap",
        "'swap' is not a choice",
        "one of 'scratch', 'cache' or 'block'",
        also=((NEW, A100),),
    ),
    # Placement
    "zone without the GPU": Wrong(
        f"{NEW}.zones",
        ["europe-west4-b", "europe-west4-a"],
        "europe-west4-a did not offer nvidia-h100-80gb on 2026-07-16",
        "one of europe-west4-b, europe-west4-c",
        f"{NEW}.zones[1]",
        ((NEW, H100),),
    ),
    "compact placement in two zones": Wrong(
        "gpu_pools.l4.zones",
        ["europe-west4-a", "europe-west4-b"],
        "machines in 2 zones cannot be placed close together",
        "one zone with compact_placement",
        also=(("gpu_pools.l4.compact_placement", True),),
    ),
    "compact placement of flex-start": Wrong(
        f"{NEW}.compact_placement",
        value=True,
        message="flex-start machines do not support compact placement",
        hint="omit it, or capacity: on-demand or spot",
        also=((NEW, FLEX),),
    ),
    "compact placement of queued": Wrong(
        f"{NEW}.compact_placement",
        value=True,
        message="queued machines do not support compact placement",
        hint="omit it, or capacity: on-demand or spot",
        also=((NEW, QUEUED),),
    ),
    "compact placement of reserved": Wrong(
        f"{NEW}.compact_placement",
        value=True,
        message="reserved machines do not support compact placement",
        hint="omit it, or capacity: on-demand or spot",
        also=((NEW, RESERVED),),
    ),
    # Compute classes
    "class without priorities": Wrong(f"{CLASS_PATH}.priorities", [], "is empty", "at least 1", also=WITH_CLASS),
    "priority that does not exist": Wrong(
        f"{CLASS_PATH}.priorities[1]", "flexx", "no entry 'flexx' in gpu_pools", "did you mean flex?", also=WITH_CLASS
    ),
    "duplicate priority": Wrong(
        f"{CLASS_PATH}.priorities[1]", "cheap", "duplicate 'cheap'", "list it once", also=(*WITH_CLASS, UNUSED)
    ),
    "queued priority": Wrong(
        f"{CLASS_PATH}.priorities[1]",
        "queued",
        "pool 'queued' is queued: its machines are created for requests of the queue only",
        "a flex-start pool",
        also=(*WITH_CLASS, ("gpu_pools.queued", {**QUEUED, **QUEUES}), UNUSED),
    ),
    "priority with another GPU": Wrong(
        f"{CLASS_PATH}.priorities[1]",
        "big",
        "a GPU of pool 'big' is nvidia-tesla-a100, and one of 'cheap' is nvidia-l4",
        "all priorities of a class have the same GPU",
        also=(*WITH_CLASS, ("gpu_pools.big", {**A100, **QUEUES}), UNUSED),
    ),
    "priority with a shared GPU": Wrong(
        "gpu_pools.flex.sharing",
        {"strategy": "mps", "clients": 4},
        "a GPU of pool 'flex' is nvidia-l4 shared by 4 (mps), and one of 'cheap' is nvidia-l4",
        "all priorities of a class have the same GPU",
        f"{CLASS_PATH}.priorities[1]",
        WITH_CLASS,
    ),
    "priority of two classes": Wrong(
        "compute_classes.other",
        {"clusters": ["main"], "priorities": ["flex"], "unqueued": True},
        "pool 'flex' is already in compute class 'any'",
        "a pool has one class",
        "compute_classes.other.priorities[0]",
        WITH_CLASS,
    ),
    "priority in another cluster": Wrong(
        f"{CLASS_PATH}.clusters",
        ["main", "second"],
        "pool 'cheap' is not in cluster 'second'",
        "add second to groundwork:gpu_pools.cheap.clusters",
        f"{CLASS_PATH}.priorities[0]",
        (*WITH_CLASS, ("clusters.second", SECOND), ("gpu_pools.flex.clusters", ["main", "second"])),
    ),
    "class in fewer clusters than its priority": Wrong(
        "gpu_pools.flex.clusters",
        ["main", "second"],
        "pool 'flex' is in cluster 'second', but the class is not",
        "add second to groundwork:compute_classes.any.clusters",
        f"{CLASS_PATH}.priorities[1]",
        (*WITH_CLASS, ("clusters.second", SECOND)),
    ),
    "class in a cluster that does not exist": Wrong(
        f"{CLASS_PATH}.clusters[1]",
        "mian",
        "no entry 'mian' in clusters",
        "did you mean main?",
        also=(*WITH_CLASS, (f"{CLASS_PATH}.clusters", ["main", "x"])),
    ),
    "class with an unknown when_unsatisfiable": Wrong(
        f"{CLASS_PATH}.when_unsatisfiable",
        "never",
        "'never' is not a choice",
        "one of 'wait' or 'any-priority'",
        also=WITH_CLASS,
    ),
    "class with the key of a pool": Wrong(
        "compute_classes.l4",
        {"clusters": ["main"], "priorities": ["cheap"]},
        "'l4' is also a GPU pool",
        "another key",
        also=(("gpu_pools.cheap", CLASS_POOL), ("compute_classes", {})),
    ),
    "class with the key cpu": Wrong(
        "compute_classes.cpu",
        {"clusters": ["main"], "priorities": ["cheap"], "unqueued": True},
        "'cpu' is the queue's name for machines without a GPU",
        "another key",
        also=(("gpu_pools.cheap", CLASS_POOL), ("compute_classes", {})),
    ),
    **{
        f"class with the prefix {prefix}": Wrong(
            f"compute_classes.{prefix}-any",
            {"clusters": ["main"], "priorities": ["cheap"], "unqueued": True},
            f"the prefix of '{prefix}-any' is reserved for GKE's own classes",
            "not gke or autopilot",
            also=(("gpu_pools.cheap", CLASS_POOL), ("compute_classes", {})),
        )
        for prefix in ("gke", "autopilot")
    },
    "quota of a pool that belongs to a compute class": Wrong(
        "teams.vision.quota.gpus.flex",
        1,
        "pool 'flex' belongs to compute class 'any', whose pods it runs",
        "set a quota of any instead",
        also=WITH_CLASS,
    ),
    "quota above a compute class": Wrong(
        "teams.vision.quota.gpus.any",
        5,
        "5 GPUs are more than compute class 'any' has",
        "at most 4",
        also=(*WITH_CLASS, OFFERED),
    ),
    "class without namespace": Wrong(
        "teams.vision.clusters",
        ["second"],
        "compute class 'any' is in cluster 'main', where team 'vision' has no namespace",
        "add main to groundwork:teams.vision.clusters",
        "teams.vision.quota.gpus.any",
        (
            *WITH_CLASS,
            OFFERED,
            ("gpu_pools.a100.unqueued", True),
            ("clusters.second", SECOND),
            ("mounts", {}),
            ("teams.vision", {**TEAM, "services": {}, "quota": {"cpu": 1, "memory_gib": 1, "gpus": {"any": 1}}}),
        ),
    ),
    "create_pools after flex-start": Wrong(
        f"{CLASS_PATH}.create_pools",
        value=True,
        message="GKE cannot create pools like 'flex', the last priority",
        hint="a last priority that is spot or on-demand, without partition and sharing",
        also=(*WITH_CLASS, *LIMITED),
    ),
    **{
        f"create_pools after {what}": Wrong(
            f"{CLASS_PATH}.create_pools",
            value=True,
            message="GKE cannot create pools like 'dear', the last priority",
            hint="a last priority that is spot or on-demand, without partition and sharing",
            also=(
                *MODELLED,
                ("gpu_pools.dear", {**pool, **QUEUES}),
                (
                    "clusters.main.autoprovisioning",
                    {**AUTOPROVISIONING, "gpus": {"nvidia-l4": 10, "nvidia-tesla-a100": 10}},
                ),
            ),
        )
        for what, pool in (
            ("a shared pool", {**POOL, "sharing": {"strategy": "time-sharing", "clients": 2}}),
            ("a partitioned pool", {**A100, "partition": "1g.5gb"}),
        )
    },
    "create_pools without limits": Wrong(
        f"{CLASS_PATH}.create_pools",
        value=True,
        message="cluster 'main' has no limit for nvidia-l4",
        hint="set groundwork:clusters.main.autoprovisioning.gpus.nvidia-l4",
        also=MODELLED,
    ),
    # Auto-provisioning
    "limit without memory": Wrong(
        "clusters.main.autoprovisioning.memory_gib",
        ABSENT,
        "is missing",
        "maximum memory in the cluster, including declared pools",
        also=LIMITED,
    ),
    "auto-provisioning limit of an unknown GPU": Wrong(
        "clusters.main.autoprovisioning.gpus.nvidia-l5",
        4,
        "'nvidia-l5' is not valid",
        "a GPU type, such as nvidia-l4",
        also=LIMITED,
    ),
    "limit below cores": Wrong(
        "clusters.main.autoprovisioning.cpu",
        35,
        "35 is less than the 36 cores of the cluster's GPU pools at their maximum size",
        "at least 36",
        also=LIMITED,
    ),
    "limit below memory": Wrong(
        "clusters.main.autoprovisioning.memory_gib",
        180,
        "180 is less than the 181 GiB of the cluster's GPU pools at their maximum size",
        "at least 181",
        also=LIMITED,
    ),
    "limit below GPUs": Wrong(
        "clusters.main.autoprovisioning.gpus.nvidia-l4",
        2,
        "2 is less than the 3 nvidia-l4 of the cluster's GPU pools at their maximum size",
        "at least 3",
        also=LIMITED,
    ),
    "unknown autoscaling profile": Wrong(
        "clusters.main.autoprovisioning.profile",
        "eager",
        "'eager' is not a choice",
        "one of 'balanced' or 'optimize-utilization'",
        also=LIMITED,
    ),
    "machine without GPU in a cluster with limits": Wrong(
        "gpu_pools.a100.machine_type",
        "n2-standard-8",
        "n2-standard-8 has no nvidia-tesla-a100",
        "a2-highgpu-1g has 1",
        also=LIMITED,
    ),
}
