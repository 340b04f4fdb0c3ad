"""Faults that depend on more than one value."""

from __future__ import annotations

from typing import Final

from stacks.settings.core.problems import PREFIX
from tests.settings.samples import ABSENT, SUBNET, Wrong

REFERENCES: Final = {
    "min_nodes above max_nodes": Wrong("clusters.main.system_pool.min_nodes", 4, "4 is above max_nodes", "at most 3"),
    "cluster with a zone outside of its region": Wrong(
        "clusters.main.zones[0]",
        "europe-west1-b",
        "zone 'europe-west1-b' is not in region europe-west4",
        "the zones of a cluster are in its region",
    ),
    "machine without GPU": Wrong(
        "gpu_pools.l4.machine_type",
        "n2-standard-8",
        "n2-standard-8 has no nvidia-l4",
        "g2-standard-4 has 1, g2-standard-8 has 1, ...",
    ),
    "accelerator that the machine type does not have": Wrong(
        "gpu_pools.a100.accelerator",
        "nvidia-a100-80gb",
        "a2-highgpu-1g has no nvidia-a100-80gb",
        "a2-ultragpu-1g has 1",
        at="gpu_pools.a100.machine_type",
    ),
    "number of GPUs that no machine type has": Wrong(
        "gpu_pools.l4.accelerators_per_node",
        3,
        "g2-standard-8 has 1 nvidia-l4, not 3",
        "g2-standard-24 has 2, g2-standard-48 has 4",
    ),
    "number of GPUs that the machine type does not have": Wrong(
        "gpu_pools.l4.machine_type",
        "g2-standard-96",
        "g2-standard-96 has 8 nvidia-l4, not 1",
        "g2-standard-4 has 1, g2-standard-8 has 1, ...",
        at="gpu_pools.l4.accelerators_per_node",
    ),
    "maintenance that ends before its start": Wrong(
        "clusters.main.maintenance.end",
        "2026-01-03T00:59:59Z",
        "2026-01-03T00:59:59Z is not after start",
        "later than 2026-01-03T01:00:00Z",
    ),
    "maintenance window of zero length": Wrong(
        "clusters.main.maintenance.end",
        "2026-01-03T01:00:00Z",
        "2026-01-03T01:00:00Z is not after start",
        "later than 2026-01-03T01:00:00Z",
    ),
    "two groups with one address": Wrong(
        "groups.vision.email",
        "ml-forecasting@brightwater.example",
        "'ml-forecasting@brightwater.example' is also the address of group 'forecasting'",
        "one entry for each group",
    ),
    "same project as host and service": Wrong(
        "projects.service",
        "brightwater-net-dev",
        "'brightwater-net-dev' is also the host project",
        "a shared VPC needs two projects: the host owns the network, the service project uses it",
    ),
    "subnet in another region than its cluster": Wrong(
        f"{SUBNET}.region",
        "europe-west1",
        "subnet 'gke-europe-west4' is in europe-west1, the cluster in europe-west4",
        "the subnet of a cluster is in the cluster's region",
        at="clusters.main.subnet",
    ),
    "pool with a zone outside of its region": Wrong(
        "gpu_pools.l4.zones[0]",
        "europe-west1-b",
        "zone 'europe-west1-b' is not in europe-west4, the region of cluster 'main'",
        "the zones of a pool are in the region of each of its clusters",
    ),
    # References
    "team in an unknown cluster": Wrong(
        "teams.vision.clusters",
        ["main", "man"],
        "no entry 'man' in clusters",
        "did you mean main?",
        "teams.vision.clusters[1]",
    ),
    "cluster in an unknown subnet": Wrong(
        "clusters.main.subnet", "gke", "no entry 'gke' in network.subnets", "known here: gke-europe-west4"
    ),
    "unknown pod range": Wrong(
        "clusters.main.pod_range", "pod", "subnet 'gke-europe-west4' has no secondary range 'pod'", "did you mean pods?"
    ),
    "unknown service range": Wrong(
        "clusters.main.service_range",
        "svc",
        "subnet 'gke-europe-west4' has no secondary range 'svc'",
        "known here: pods, services, services-green",
    ),
    "unknown secondary range of a subnet": Wrong(
        f"{SUBNET}.secondary",
        {"pods": "10.68.0.0/16"},
        "subnet 'gke-europe-west4' has no secondary range 'services'",
        "known here: pods",
        at="clusters.main.service_range",
    ),
    "pool in a misspelled cluster": Wrong(
        "gpu_pools.l4.clusters",
        ["mian"],
        "no entry 'mian' in clusters",
        "did you mean main?",
        at="gpu_pools.l4.clusters[0]",
    ),
    "bucket of an unknown team": Wrong(
        "buckets.models.team",
        "unknown-team",
        "no entry 'unknown-team' in teams",
        "known here: forecasting, vision; data of a deleted team needs another owner: runbooks/remove-a-team.md",
    ),
    "grant to an unknown group": Wrong(
        "buckets.models.groups.vison", "read", "no entry 'vison' in groups", "did you mean vision?"
    ),
    "grant to an unknown team": Wrong(
        "buckets.models.workloads",
        {"x": "read"},
        "no entry 'x' in teams",
        "known here: forecasting, vision",
        "buckets.models.workloads.x",
    ),
    "mount of an unknown team": Wrong(
        "mounts.vision-raw.team", "vison", "no entry 'vison' in teams", "did you mean vision?"
    ),
    "mount of an unknown bucket": Wrong(
        "mounts.vision-raw.bucket", "raw", "no entry 'raw' in buckets", "known here: customer-addresses, models, ..."
    ),
    "mount of a bucket that its team may not read": Wrong(
        "teams.vision.data.parcel-images-raw",
        ABSENT,
        "workloads of team 'vision' have no access to bucket 'parcel-images-raw'; the mount needs read",
        f"set {PREFIX}teams.vision.data.parcel-images-raw: read",
        at="mounts.vision-raw.bucket",
    ),
    "writable mount of a bucket that grants read access only": Wrong(
        "mounts.vision-raw.read_only",
        value=False,
        message="workloads of team 'vision' have read access only to bucket 'parcel-images-raw'; the mount needs write",
        hint=f"set {PREFIX}buckets.parcel-images-raw.workloads.vision: write",
        at="mounts.vision-raw.bucket",
        also=(
            ("mounts.vision-raw.metadata_ttl_seconds", 60),
            ("teams.vision.data.parcel-images-raw", ABSENT),
            ("buckets.parcel-images-raw.workloads", {"vision": "read"}),
        ),
    ),
    "writable mount of data that its team may only read": Wrong(
        "mounts.vision-raw.read_only",
        value=False,
        message="workloads of team 'vision' have read access only to bucket 'parcel-images-raw'; the mount needs write",
        hint=f"set {PREFIX}teams.vision.data.parcel-images-raw: write",
        at="mounts.vision-raw.bucket",
        also=(("mounts.vision-raw.metadata_ttl_seconds", 60),),
    ),
}
