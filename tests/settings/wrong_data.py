"""Faults in buckets, in residency, and in mounts and their caches."""

from __future__ import annotations

from typing import Final

from tests.settings.samples import ABSENT, BACKUPS, NO_DATA, SECOND, Wrong

BUCKET: Final = "buckets.customer-addresses"
ALLOWED: Final = "residency allows EU, EUR4, EUROPE-WEST1, EUROPE-WEST4"
FEATURES: Final = "buckets.route-features"
RAW: Final = "mounts.vision-raw"
NO_LOCAL_SSD = (
    "a pod of team 'vision' with all of its mounts (vision-models 0, vision-raw 20480 MiB) "
    "needs 25600 MiB of local-ssd; a node of pool 'a100' has 0 MiB for mounts"
)
IN_MEMORY: Final = (f"{RAW}.cache_medium", "memory")
# A pool whose machines have local SSD, and one whose machines have much memory.
TUNING: Final = {
    "unqueued": True,
    "clusters": ["main"],
    "accelerator": "nvidia-a100-80gb",
    "accelerators_per_node": 2,
    "machine_type": "a2-ultragpu-2g",
    "capacity": "spot",
    "zones": ["europe-west4-a"],
    "max_nodes": 1,
    "local_ssd": {"use": "scratch"},
}
BATCH: Final = {
    **TUNING,
    "accelerator": "nvidia-tesla-a100",
    "accelerators_per_node": 4,
    "machine_type": "a2-highgpu-4g",
    "local_ssd": None,
}
ELSEWHERE: Final = (("clusters.second", SECOND), ("gpu_pools.tuning", {**TUNING, "clusters": ["second"]}))

DATA: Final = {
    # Locations
    "unknown bucket location": Wrong(
        "buckets.models.location",
        "EUR9",
        "unknown location EUR9",
        "did you mean EUR8?",
        also=(("residency.locations", ["EUR9", "EU", "EUR4", "EUROPE-WEST1", "EUROPE-WEST4"]),),
    ),
    "regions without a multi-region": Wrong(
        "buckets.models.dual_regions",
        ["EUROPE-WEST1", "EUROPE-WEST4"],
        "EUROPE-WEST4 has no custom dual-regions",
        "one of EU, US, ASIA together with dual_regions",
        at="buckets.models.location",
    ),
    "region outside of its multi-region": Wrong(
        "buckets.models.dual_regions",
        ["EUROPE-WEST1", "US-EAST1"],
        "US-EAST1 is not in EU",
        "one of EUROPE-CENTRAL2, EUROPE-NORTH1, ...",
        at="buckets.models.dual_regions[1]",
        also=(
            ("buckets.models.location", "EU"),
            ("residency.locations", ["EU", "EUR4", "EUROPE-WEST1", "EUROPE-WEST4", "US-EAST1"]),
        ),
    ),
    "dual-region of one region": Wrong(
        "buckets.models.dual_regions",
        ["EUROPE-WEST1"],
        "has 1 item",
        "at least 2",
        also=(("buckets.models.location", "EU"),),
    ),
    "dual-region of three regions": Wrong(
        "buckets.models.dual_regions",
        ["EUROPE-WEST1", "EUROPE-WEST3", "EUROPE-WEST4"],
        "has 3 items",
        "at most 2",
        also=(("buckets.models.location", "EU"),),
    ),
    "dual-region of a region twice": Wrong(
        "buckets.models.dual_regions",
        ["EUROPE-WEST1", "EUROPE-WEST1"],
        "duplicate 'EUROPE-WEST1'",
        "list it once",
        at="buckets.models.dual_regions[1]",
        also=(("buckets.models.location", "EU"),),
    ),
    "turbo replication in a region": Wrong(
        "buckets.models.turbo_replication",
        value=True,
        message="EUROPE-WEST4 is not a dual-region; turbo replication needs exactly two regions",
        hint="a location such as ASIA1, EUR4, EUR5, EUR7, EUR8, NAM4, or dual_regions",
    ),
    "turbo replication in a multi-region": Wrong(
        "buckets.models.turbo_replication",
        value=True,
        message="EU is not a dual-region; turbo replication needs exactly two regions",
        hint="a location such as ASIA1, EUR4, EUR5, EUR7, EUR8, NAM4, or dual_regions",
        also=(("buckets.models.location", "EU"),),
    ),
    "bucket location without customer-managed keys": Wrong(
        "buckets.models.location",
        "EUR8",
        "EUR8 does not support the customer-managed keys that encryption asks for",
        "one of ASIA, ASIA1, EU, EUR4, EUR5, NAM4, US, or a region",
        also=(("encryption", {}), ("residency.locations", ["EU", "EUR4", "EUR8", "EUROPE-WEST1", "EUROPE-WEST4"])),
    ),
    # Residency
    "bucket outside of residency": Wrong(
        "buckets.models.location",
        "US",
        "models data may not be in US",
        ALLOWED,
    ),
    "bucket without class outside of residency": Wrong(
        "buckets.models.location",
        "US",
        "data without a data_class may not be in US",
        ALLOWED,
        also=(("residency.classes", ["sensitive"]), ("buckets.models.data_class", None)),
    ),
    "region inside of an allowed multi-region": Wrong(
        "buckets.models.location", "EUROPE-WEST3", "models data may not be in EUROPE-WEST3", ALLOWED
    ),
    "dual-region with a region outside of residency": Wrong(
        "buckets.models.dual_regions",
        ["EUROPE-WEST3", "EUROPE-WEST4"],
        "models data may not be in EUROPE-WEST3",
        ALLOWED,
        at="buckets.models.dual_regions[0]",
        also=(("buckets.models.location", "EU"),),
    ),
    "backups outside of residency": Wrong(
        "recovery.backups",
        {**BACKUPS, "region": "us-east1"},
        "backups may not be in US-EAST1",
        ALLOWED,
        at="recovery.backups.region",
    ),
    "cluster outside of residency": Wrong(
        "residency.locations",
        ["EUROPE-WEST1"],
        "a cluster may not be in EUROPE-WEST4",
        "residency allows EUROPE-WEST1",
        at="clusters.main.region",
        also=(
            *((section, {}) for section in ("buckets", "mounts", "file_shares", "warehouses", "secrets")),
            ("residency.classes", ["sensitive"]),
            ("pipelines", None),
            ("teams", NO_DATA),
        ),
    ),
    "warehouse outside of residency": Wrong(
        "warehouses.experiments.location",
        "us-east1",
        "a warehouse may not be in US-EAST1",
        ALLOWED,
    ),
    "registry outside of residency": Wrong(
        "registries.images.location", "us-east1", "a registry may not be in US-EAST1", ALLOWED
    ),
    "secret outside of residency": Wrong(
        "secrets.labelling-password.regions",
        ["europe-west1", "us-east1"],
        "a secret may not be in US-EAST1",
        ALLOWED,
        at="secrets.labelling-password.regions[1]",
    ),
    "residency without locations": Wrong("residency.locations", [], "is empty", "at least 1"),
    "residency of an unknown class": Wrong(
        "residency.classes",
        ["secret"],
        "'secret' is not a choice",
        "one of 'raw', 'curated', 'features', 'models', 'scratch' or 'sensitive'",
        at="residency.classes[0]",
    ),
    # Data classes
    "scratch without expiry": Wrong(
        "buckets.scratch.expire_days",
        None,
        "scratch data needs it: scratch data is temporary",
        "set it, or choose another data_class",
    ),
    "scratch with retention": Wrong(
        "buckets.scratch.retention_days", 7, "scratch data excludes it: scratch data is temporary", "omit it"
    ),
    "sensitive without a team": Wrong(
        f"{BUCKET}.team",
        None,
        "sensitive data needs it: sensitive data has an owner",
        "set it, or choose another data_class",
    ),
    "sensitive without soft delete": Wrong(
        f"{BUCKET}.soft_delete_days",
        None,
        "sensitive data needs it: deleted objects can be restored",
        "set it, or choose another data_class",
    ),
    "sensitive with autoclass": Wrong(
        f"{BUCKET}.autoclass",
        value=True,
        message="sensitive data excludes it: the storage class of sensitive data must not depend on reads",
        hint="omit it",
    ),
    # Fields that exclude each other
    "hierarchical namespace and versioning": Wrong(
        f"{FEATURES}.versioning",
        value=True,
        message="a bucket with a hierarchical namespace does not support versioning",
        hint="false; use soft_delete_days",
    ),
    "hierarchical namespace and retention": Wrong(
        f"{FEATURES}.retention_days",
        30,
        "a bucket with a hierarchical namespace does not support retention",
        "omit one of the two; soft_delete_days restores deleted objects",
        also=(("mounts.forecasting-features.profile", "serving"),),
    ),
    "versioning and retention": Wrong(
        f"{BUCKET}.versioning",
        value=True,
        message="versioning and retention exclude each other: retained objects cannot be replaced",
        hint="omit one of versioning and retention_days",
        also=((f"{BUCKET}.retention_days", 30),),
    ),
    "retention lock without retention": Wrong(
        f"{BUCKET}.retention_locked", value=True, message="there is no retention to lock", hint="set retention_days"
    ),
    "expiry within retention": Wrong(
        f"{BUCKET}.expire_days",
        29,
        "objects expire after 29 days but cannot be deleted for 30",
        "at least 30",
        also=((f"{BUCKET}.retention_days", 30),),
    ),
    "soft delete of one day": Wrong(f"{BUCKET}.soft_delete_days", 1, "1 is out of range", "at least 7"),
    "storage_classes out of order": Wrong(
        "buckets.models.storage_classes",
        {"nearline_days": 90, "coldline_days": 90},
        "90 is not after nearline_days",
        "at least 91",
        at="buckets.models.storage_classes.coldline_days",
    ),
    "storage class after expiry": Wrong(
        "buckets.scratch.storage_classes",
        {"nearline_days": 14},
        "objects are deleted after 14 days, before they move",
        "at most 13",
        at="buckets.scratch.storage_classes.nearline_days",
    ),
    "storage_classes and autoclass": Wrong(
        "buckets.models.storage_classes",
        {"archive_days": 365},
        "autoclass chooses the storage class automatically",
        "omit one of autoclass and storage_classes",
        also=(("buckets.models.autoclass", True),),
    ),
    "cache outside of its bucket": Wrong(
        "buckets.models.caches",
        {"europe-west1-b": {}},
        "zone 'europe-west1-b' is not in the bucket's regions: europe-west4",
        "a zone of one of these regions",
        at="buckets.models.caches.europe-west1-b",
    ),
    "cache in a region": Wrong(
        "buckets.models.caches",
        {"europe-west4": {}},
        "'europe-west4' is not valid",
        "a Google Cloud zone, such as europe-west4-a",
        "buckets.models.caches.europe-west4",
    ),
    "cache of an existing bucket": Wrong(
        "buckets.models.caches",
        {"europe-west4-a": {}},
        "is set by the stack that owns the bucket",
        "omit it together with existing_name",
        also=(("buckets.models.existing_name", "brightwater-ml-prod-models"),),
    ),
    # Mounts
    "removed key cluster of a mount": Wrong(
        f"{RAW}.cluster", "main", "was removed", "a mount is in every cluster of its team; remove the line"
    ),
    "unknown profile of a mount": Wrong(
        f"{RAW}.profile", "train", "'train' is not a choice", "one of 'training', 'serving' or 'checkpointing'"
    ),
    "mount for an unknown pool": Wrong(f"{RAW}.pool", "a10", "no entry 'a10' in gpu_pools", "did you mean a100?"),
    "pool in another cluster": Wrong(
        f"{RAW}.pool",
        "tuning",
        "pool 'tuning' is in cluster 'second', where team 'vision' has no namespace",
        "a pool in main",
        also=(*ELSEWHERE, (f"{RAW}.file_cache_mib", 16_777_216)),  # which is too large for it
    ),
    "cache without a pool": Wrong(
        f"{RAW}.pool",
        None,
        "a file cache uses capacity of a node, but no pool is set",
        "set pool",
        f"{RAW}.file_cache_mib",
    ),
    "file cache of 0 MiB": Wrong(f"{RAW}.file_cache_mib", -1, "-1 is out of range", "at least 1"),
    "cache medium without a file cache": Wrong(
        "mounts.vision-models.cache_medium",
        "memory",
        "has no effect without a file cache",
        "set file_cache_mib, or omit it",
    ),
    "file larger than its cache": Wrong(
        f"{RAW}.largest_file_mib",
        20481,
        "a file of 20481 MiB is never cached",
        "at least 20481",
        at=f"{RAW}.file_cache_mib",
    ),
    "read-only mount with the profile for checkpoints": Wrong(
        "mounts.vision-models.read_only",
        value=True,
        message="checkpoints need write access",
        hint="false, or another profile",
        also=(("mounts.vision-models.profile", "checkpointing"),),
    ),
    "indefinite metadata cache of a writable mount": Wrong(
        "mounts.vision-models.metadata_ttl_seconds",
        -1,
        "metadata that is cached indefinitely hides the changes of other writers",
        "seconds, such as 60; -1 needs read_only",
    ),
    "writable mount of a retained bucket": Wrong(
        "buckets.models.retention_days",
        7,
        "objects of bucket 'models' cannot be replaced for 7 days",
        "true, or no groundwork:buckets.models.retention_days",
        at="mounts.vision-models.read_only",
    ),
    "two mounts of one folder": Wrong(
        "mounts.vision-raw-too",
        {"team": "vision", "bucket": "parcel-images-raw", "profile": "serving"},
        "mount 'vision-raw' is of the same folder of bucket 'parcel-images-raw' for team 'vision'",
        "one mount, or another only_dir: two caches of one folder do not see each other's changes",
        at="mounts.vision-raw-too.bucket",
    ),
    "two mounts of one subfolder": Wrong(
        "mounts.vision-work",
        {"team": "vision", "bucket": "models", "only_dir": "vision"},
        "mount 'vision-models' is of the same folder of bucket 'models' for team 'vision'",
        "one mount, or another only_dir: two caches of one folder do not see each other's changes",
        at="mounts.vision-work.only_dir",
    ),
    "caches of one pod in memory and on disk": Wrong(
        "mounts.vision-models.file_cache_mib",
        1024,
        "the caches of a pod share one volume, and that of mount 'vision-models' in pool 'a100' uses memory",
        "memory",
        at=f"{RAW}.cache_medium",
        also=(("mounts.vision-models.pool", "a100"), ("mounts.vision-models.cache_medium", "memory")),
    ),
    # Caches that do not fit, with numbers and alternatives
    "cache above memory": Wrong(
        f"{RAW}.file_cache_mib",
        60000,
        "a pod of team 'vision' with all of its mounts (vision-models 0, vision-raw 60000, "
        "vision-work 0 MiB) needs 60614 MiB of memory; a node of pool 'a100' has 56026 MiB for "
        "mounts",
        "the smallest pool that fits is batch, with 233922 MiB",
        also=(IN_MEMORY, ("gpu_pools.batch", BATCH), ("mounts.vision-work", {"team": "vision", "bucket": "scratch"})),
    ),
    "cache above all memory": Wrong(
        f"{RAW}.file_cache_mib",
        200_000,
        "a pod of team 'vision' with all of its mounts (vision-models 0, vision-raw 200000 MiB) "
        "needs 200580 MiB of memory; a node of pool 'a100' has 56026 MiB for mounts",
        "no pool fits; the smallest machine that does is a2-highgpu-4g, with 233922 MiB",
        also=(IN_MEMORY,),
    ),
    "cache above every machine": Wrong(
        f"{RAW}.file_cache_mib",
        16_777_216,
        "a pod of team 'vision' with all of its mounts (vision-models 0, vision-raw 16777216 "
        "MiB) needs 16777796 MiB of memory; a node of pool 'a100' has 56026 MiB for mounts",
        "no machine fits; make the caches smaller",
        also=(IN_MEMORY,),
    ),
    "cache without local SSD": Wrong(
        f"{RAW}.cache_medium",
        "local-ssd",
        NO_LOCAL_SSD,
        "the smallest pool that fits is tuning, with 522240 MiB",
        at=f"{RAW}.file_cache_mib",
        also=(("gpu_pools.tuning", TUNING),),
    ),
    "cache without local SSD in the clusters of its team": Wrong(
        f"{RAW}.cache_medium",
        "local-ssd",
        NO_LOCAL_SSD,
        "no pool fits; the smallest machine that does is a2-ultragpu-1g and local_ssd: {use: scratch}, with 250240 MiB",
        at=f"{RAW}.file_cache_mib",
        also=ELSEWHERE,
    ),
    "cache without local SSD anywhere": Wrong(
        f"{RAW}.cache_medium",
        "local-ssd",
        NO_LOCAL_SSD,
        "no pool fits; the smallest machine that does is a2-ultragpu-1g and local_ssd: {use: scratch}, with 250240 MiB",
        at=f"{RAW}.file_cache_mib",
    ),
    "cache above the boot disk": Wrong(
        f"{RAW}.file_cache_mib",
        100_241,  # with 5120 for staging, exactly what 231 GB provide
        "a pod of team 'vision' with all of its mounts (vision-models 0, vision-raw 100241 MiB) "
        "needs 105361 MiB of boot-disk; a node of pool 'a100' has 90521 MiB for mounts",
        "no pool fits; disk_gb: 231 would",
    ),
    "caches that do not fit together": Wrong(
        "mounts.vision-models.file_cache_mib",
        70_000,
        "a pod of team 'vision' with all of its mounts (vision-models 70000, vision-raw 20480 "
        "MiB) needs 95600 MiB of boot-disk; a node of pool 'a100' has 90521 MiB for mounts",
        "no pool fits; disk_gb: 211 would",
        at=f"{RAW}.file_cache_mib",
        also=(("mounts.vision-models.pool", "a100"),),
    ),
    "system pool with a machine type of unknown memory": Wrong(
        "clusters.main.system_pool.machine_type",
        "c4-standard-8",
        "the memory of c4-standard-8 is unknown",
        "a pool of another machine type",
        at="mounts.forecasting-features.pool",
    ),
    "metadata cache above memory": Wrong(
        "mounts.forecasting-curated.stat_cache_mib",
        60_000,
        "a pod of team 'forecasting' with all of its mounts (forecasting-curated 0, "
        "forecasting-features 4096 MiB) needs 65120 MiB of memory; a node of pool 'system' has "
        "9535 MiB for mounts",
        "no pool fits; the smallest machine that does is g2-standard-32, with 84999 MiB",
        at="mounts.forecasting-features.file_cache_mib",
    ),
    "metadata cache above memory, without a file cache": Wrong(
        "mounts.forecasting-features.stat_cache_mib",
        60_000,
        "a pod of team 'forecasting' with all of its mounts (forecasting-curated 0, "
        "forecasting-features 0 MiB) needs 60546 MiB of memory; a node of pool 'system' has 9535 "
        "MiB for mounts",
        "no pool fits; the smallest machine that does is g2-standard-24, with 63438 MiB",
        also=tuple((f"mounts.forecasting-features.{field}", ABSENT) for field in ("cache_medium", "file_cache_mib")),
    ),
    "pool of a cache with an unknown machine type": Wrong(
        "gpu_pools.a100.machine_type", "n2-standard-8", "n2-standard-8 has no nvidia-tesla-a100", "a2-highgpu-1g has 1"
    ),
}
