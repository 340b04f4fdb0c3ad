"""Faults in stacks on existing clusters: settings of the cloud, and values that exclude each other."""

from __future__ import annotations

import functools
from typing import Final

from tests.settings.samples import ABSENT, Wrong, local

Local = functools.partial(Wrong, of=local)

CLOUD_KEY: Final = "is a key of cloud stacks"
REMOVE: Final = "this stack is local: remove it"
LOCAL_KEY: Final = "is a key of local stacks"
LOCAL_HINT: Final = "remove it, or set environment: local"
SERVICE: Final = "teams.vision.services.parcels-predictor"
CURATED: Final = {"shipments-curated": "write"}
FOLDERLESS: Final = (
    ("volumes", {"storage_class": "standard"}),
    ("mounts.forecasting-models", ABSENT),
    ("teams.forecasting.data", CURATED),
)
GPUS: Final = {"clusters": ["laptop"], "gpus": 1}

LAPTOP: Final = {
    # Settings of cloud stacks, each at its key.
    "local, a section of cloud stacks": Local("projects", {"host": "x"}, CLOUD_KEY, REMOVE),
    "local, a region": Local("region", "europe-west4", CLOUD_KEY, REMOVE),
    "local, a cluster with a region": Local("clusters.laptop.region", "europe-west4", CLOUD_KEY, REMOVE),
    "local, a bucket with a location": Local("buckets.models.location", "EU", CLOUD_KEY, REMOVE),
    "local, a bucket with grants of people": Local("buckets.models.groups", {"vision": "read"}, CLOUD_KEY, REMOVE),
    "local, a mount with a cache": Local("mounts.vision-raw.file_cache_mib", 100, CLOUD_KEY, REMOVE),
    "local, a pool with machines": Local(
        "gpu_pools.rtx",
        {**GPUS, "machine_type": "g2-standard-8"},
        CLOUD_KEY,
        REMOVE,
        at="gpu_pools.rtx.machine_type",
        also=(("gpu_pools", {}),),
    ),
    "local, a team that reaches hosts outside": Local("teams.vision.egress", ["packages"], CLOUD_KEY, REMOVE),
    "local, a team with a repository": Local(
        "teams.vision.repository", {"name": "parcel-models", "branch": "develop"}, CLOUD_KEY, REMOVE
    ),
    "local, a group with roles on a project": Local(
        "groups.vision.project_roles", ["roles/monitoring.viewer"], CLOUD_KEY, REMOVE
    ),
    # Settings of local stacks in a cloud stack.
    "cloud, operators": Wrong("operators", "none", LOCAL_KEY, LOCAL_HINT),
    "cloud, a folder of volumes": Wrong("volumes", {"folder": "/data"}, LOCAL_KEY, LOCAL_HINT),
    "cloud, a context": Wrong("clusters.main.context", "kind-groundwork", LOCAL_KEY, LOCAL_HINT),
    "cloud, a platform": Wrong("clusters.main.platform", "kind", LOCAL_KEY, LOCAL_HINT),
    "cloud, the size of a bucket": Wrong("buckets.models.size_gib", 10, LOCAL_KEY, LOCAL_HINT),
    # Sections that are the same in a cloud.
    "local, an owner in capitals": Local(
        "ownership.team",
        "Platform",
        "'Platform' is not valid",
        "a label value: lower case, at most 63, such as cc-4420",
    ),
    "local, fault_injection as text": Local(
        "mesh.fault_injection", "yes", "expected true or false, found 'yes'", also=(("mesh", {}),)
    ),
    "local, a priority without a description": Local(
        "priorities", {"urgent": {"value": 1}}, "is missing", "the use of the priority", "priorities.urgent.description"
    ),
    "local, pods without time to start": Local(
        "queueing", {"ready_minutes": 4}, "4 is out of range", "at least 5", "queueing.ready_minutes"
    ),
    # Single values.
    "local, no clusters": Local("clusters", ABSENT, "is missing"),
    "local, no teams": Local("teams", ABSENT, "is missing"),
    "local, an unknown key": Local("operator", "none", "unknown key", "did you mean operators?"),
    "local, an unknown key of a volume": Local("volumes.folders", "/data", "unknown key", "did you mean folder?"),
    "local, a context with a space": Local(
        "clusters.laptop.context",
        "my cluster",
        "'my cluster' is not valid",
        "a context of the kubeconfig, such as kind-groundwork",
    ),
    "local, unknown operators": Local(
        "operators", "elsewhere", "'elsewhere' is not a choice", "one of 'charts', 'installed' or 'none'"
    ),
    "local, a platform that Istio does not know": Local(
        "clusters.laptop.platform",
        "gke",
        "'gke' is not a choice",
        "one of 'kind', 'k3d', 'k3s', 'microk8s' or 'minikube'",
    ),
    "local, a relative folder": Local(
        "volumes.folder",
        "data",
        "'data' is not valid",
        "an absolute path on the nodes, without a slash at its end, such as /data/groundwork",
    ),
    "local, a folder with ..": Local(
        "volumes.folder",
        "/data/../etc",
        "'/data/../etc' is not valid",
        "an absolute path on the nodes, without a slash at its end, such as /data/groundwork",
    ),
    "local, a folder with a slash at its end": Local(
        "volumes.folder",
        "/data/",
        "'/data/' is not valid",
        "an absolute path on the nodes, without a slash at its end, such as /data/groundwork",
    ),
    "local, a storage class in capitals": Local(
        "volumes",
        {"storage_class": "Standard"},
        "'Standard' is not valid",
        "the name of a storage class, such as standard",
        at="volumes.storage_class",
        also=FOLDERLESS[1:],
    ),
    "local, a grant of a bucket that ends": Local(
        "buckets.shipments-curated.workloads",
        {"vision": {"access": "read", "until": "2027-01-31", "reason": "x"}},
        "a map is not a choice",
        "one of 'read' or 'write'",
        at="buckets.shipments-curated.workloads.vision",
    ),
    "local, an invalid label": Local(
        "gpu_pools.rtx",
        {**GPUS, "node_labels": {"a b": "x"}},
        "'a b' is not valid",
        "a label of nodes, such as nvidia.com/gpu.present",
        at="gpu_pools.rtx.node_labels.a b",
        also=(("gpu_pools", {}),),
    ),
    "local, an invalid value of a label": Local(
        "gpu_pools.rtx",
        {**GPUS, "node_labels": {"a": "x y"}},
        "'x y' is not valid",
        'the value of a label, in quotes, such as "true"',
        at="gpu_pools.rtx.node_labels.a",
        also=(("gpu_pools", {}),),
    ),
    # References.
    "local, a team on an unknown cluster": Local(
        "teams.vision.clusters",
        ["main"],
        "no entry 'main' in clusters",
        "known here: laptop",
        at="teams.vision.clusters[0]",
    ),
    "local, a caller on an unknown cluster": Local(
        "teams.forecasting.clusters",
        ["main"],
        "no entry 'main' in clusters",
        "known here: laptop",
        at="teams.forecasting.clusters[0]",
    ),
    "local, a team of an unknown group": Local(
        "teams.vision.members",
        {"visoin": "member"},
        "no entry 'visoin' in groups",
        "did you mean vision?",
        at="teams.vision.members.visoin",
    ),
    "local, a mount of an unknown bucket": Local(
        "mounts.vision-raw.bucket",
        "parcels",
        "no entry 'parcels' in buckets",
        "known here: models, parcel-images-raw, shipments-curated",
    ),
    "local, a mount of an unknown team": Local(
        "mounts.vision-raw.team", "x", "no entry 'x' in teams", "known here: forecasting, vision"
    ),
    "local, a team that is a namespace of Kubernetes": Local(
        "teams.kube-vision",
        {
            "cost_center": "x",
            "owner": "x",
            "members": {"vision": "member"},
            "clusters": ["laptop"],
            "monthly_budget": 1,
            "quota": {"cpu": 1, "memory_gib": 1},
        },
        "namespace 'kube-vision' is reserved",
        "another key: it is the team's namespace",
    ),
    "local, two groups with one address": Local(
        "groups.vision.email",
        "ml-forecasting@brightwater.example",
        "'ml-forecasting@brightwater.example' is also the address of group 'forecasting'",
        "one entry for each group",
    ),
    # The mesh.
    "local, services without operators": Local(
        "operators",
        "none",
        "services need a mesh, which operators: none excludes",
        "charts or installed, or omit them",
        at="teams.vision.services",
    ),
    "local, services with other faults, without operators": Local(
        "teams.vision.services",
        {
            "parcels-predictor": {
                "selector": {"app": "x"},
                "port": 80,
                "callers": ["vision", "unknown-team"],
                "fault": {"abort_percent": 5, "until": "2026-12-18", "reason": "x"},
            }
        },
        "services need a mesh, which operators: none excludes",
        "charts or installed, or omit them",
        also=(("operators", "none"), ("mesh", {"fault_injection": False})),
    ),
    "local, a fault where fault injection is disabled": Local(
        f"{SERVICE}.fault",
        {"abort_percent": 5, "until": "2026-12-18", "reason": "x"},
        "fault injection is disabled",
        "omit it, or set groundwork:mesh.fault_injection: true",
        also=(("mesh", ABSENT),),
    ),
    "local, an unknown caller": Local(
        f"{SERVICE}.callers",
        ["forecastin"],
        "no entry 'forecastin' in teams",
        "did you mean forecasting?",
        at=f"{SERVICE}.callers[0]",
    ),
    "local, a caller in another cluster": Local(
        "teams.forecasting.clusters",
        ["desk"],
        "team 'forecasting' is in no cluster of team 'vision', and the mesh does not connect clusters",
        "a team in laptop",
        at=f"{SERVICE}.callers[0]",
        also=(("clusters.desk", {}),),
    ),
    "local, a burst below the rate": Local(
        f"{SERVICE}.rate_limit",
        {"requests_per_second": 10, "burst": 9},
        "9 is below requests_per_second, which could never be reached",
        "at least 10",
        at=f"{SERVICE}.rate_limit.burst",
    ),
    "local, webhook ports of a network": Local("network", {"webhook_ports": [443]}, CLOUD_KEY, REMOVE),
    # Grants.
    "local, a mount without a grant": Local(
        "teams.vision.data",
        {"models": "write"},
        "workloads of team 'vision' have no access to bucket 'parcel-images-raw'; the mount needs read",
        "set groundwork:teams.vision.data.parcel-images-raw: read",
        at="mounts.vision-raw.bucket",
    ),
    "local, a mount that writes what its team may read": Local(
        "mounts.vision-raw.read_only",
        value=False,
        message="workloads of team 'vision' have read access only to bucket 'parcel-images-raw'; the mount needs write",
        hint="set groundwork:teams.vision.data.parcel-images-raw: write",
        at="mounts.vision-raw.bucket",
    ),
    "local, a grant in two places": Local(
        "buckets.models.workloads",
        {"vision": "write"},
        "groundwork:buckets.models.workloads.vision grants it too",
        "remove one of the two",
        at="teams.vision.data.models",
    ),
    "local, a mount with the key of a mounted bucket": Local(
        "mounts.models",
        {"team": "vision", "bucket": "parcel-images-raw"},
        "mount 'models', of another bucket, already has the claim 'models' of team 'vision'",
        "mount: false, or another key for the other one",
        at="teams.vision.data.models",
        also=(("mounts.vision-models", ABSENT),),
    ),
    "local, models in a bucket without a claim": Local(
        "teams.vision.data.models",
        {"access": "write", "mount": False},
        "team 'vision' has no claim of bucket 'models', which its endpoints read",
        "set groundwork:teams.vision.data.models: read",
        at="teams.vision.models.bucket",
        also=(("mounts.vision-models", ABSENT),),
    ),
    # GPUs.
    "local, GPUs of an unknown pool": Local(
        "teams.vision.quota.gpus",
        {"rtx": 1},
        "no entry 'rtx' in gpu_pools",
        "there is none",
        at="teams.vision.quota.gpus.rtx",
    ),
    "local, more GPUs than there are": Local(
        "teams.vision.quota.gpus",
        {"rtx": 2},
        "2 GPUs are more than pool 'rtx' has",
        "at most 1",
        at="teams.vision.quota.gpus.rtx",
        also=(("gpu_pools", {"rtx": GPUS}),),
    ),
    "local, GPUs where the team has no namespace": Local(
        "teams.vision.quota.gpus",
        {"rtx": 1},
        "pool 'rtx' is in cluster 'desk', where team 'vision' has no namespace",
        "add desk to groundwork:teams.vision.clusters",
        at="teams.vision.quota.gpus.rtx",
        also=(("clusters.desk", {}), ("gpu_pools", {"rtx": {**GPUS, "clusters": ["desk"]}})),
    ),
    "local, quotas above a pool in total": Local(
        "teams.vision.quota.gpus",
        {"rtx": 1},
        "the quotas of its teams are 2 GPUs in total in cluster 'laptop', which has 1 of them",
        "lower the quotas: a team can borrow more than its nominal quota",
        at="gpu_pools.rtx",
        also=(("gpu_pools", {"rtx": GPUS}), ("teams.forecasting.quota.gpus", {"rtx": 1})),
    ),
    "local, a pool with the key cpu": Local(
        "gpu_pools",
        {"cpu": GPUS},
        "'cpu' is the queue's name for machines without a GPU",
        "another key",
        at="gpu_pools.cpu",
    ),
    # Volumes.
    "local, a folder and a storage class": Local(
        "volumes.storage_class",
        "standard",
        "has no effect: volumes are in a folder",
        "omit one of folder and storage_class",
    ),
    "local, a bucket of two teams without a folder": Local(
        "volumes",
        {},
        "mount 'forecasting-models' is also of bucket 'models', and a storage class creates a volume for each",
        "one mount, or set groundwork:volumes.folder",
        at="mounts.vision-models.bucket",
    ),
    "local, data of two teams without a folder": Local(
        "mounts.vision-models",
        ABSENT,
        "mount 'forecasting-models' is also of bucket 'models', and a storage class creates a volume for each",
        "one mount, or set groundwork:volumes.folder",
        at="teams.vision.data.models",
        also=(("volumes", {"storage_class": "standard"}), ("teams.vision.models", ABSENT)),
    ),
    "local, a bucket of two mounts without a folder": Local(
        "mounts.vision-again",
        {"team": "vision", "bucket": "models"},
        "mount 'vision-again' is also of bucket 'models', and a storage class creates a volume for each",
        "one mount, or set groundwork:volumes.folder",
        at="mounts.vision-models.bucket",
        also=FOLDERLESS,
    ),
}
