"""Buckets and mounts in the declared graph: keys, caches, volumes in every cluster of a team."""

from __future__ import annotations

import json

from groundwork.graph import Graph, Node
from stacks.settings.derived import team_data
from stacks.settings.facts.locations import kms_location, regions_of
from tests.cloud_settings import read_file
from tests.conftest import ROOT

BUCKET = "gcp:storage/bucket:Bucket"
CACHE = "gcp:storage/anywhereCache:AnywhereCache"
VOLUME = "kubernetes:core/v1:PersistentVolume"


def _of_type(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph if node.type == kind]


def test_buckets_have_keys_where_the_stack_has(cloud_graph: Graph) -> None:
    """A bucket waits for its key and for the grant on it, and the key lies where the bucket can use it."""
    encrypts = read_file(ROOT / f"Pulumi.{cloud_graph.stack}.yaml").encryption is not None
    for bucket in _of_type(cloud_graph, BUCKET):
        assert ("encryption" in bucket.inputs) == encrypts
        if encrypts:
            place = kms_location(bucket.inputs["location"])
            waits = {cloud_graph.nodes[urn].type for urn in bucket.dependencies}

            assert f"/locations/{place}/" in bucket.inputs["encryption"]["defaultKmsKeyName"]
            assert "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember" in waits


def test_nothing_of_the_cloud_is_asked_for_twice(graph: Graph) -> None:
    """Folders go without versions and retention, retention without versions, turbo with two regions."""
    for bucket in _of_type(graph, BUCKET):
        versions = bucket.inputs["versioning"]["enabled"]

        assert not ("hierarchicalNamespace" in bucket.inputs and (versions or "retentionPolicy" in bucket.inputs))
        assert not ("retentionPolicy" in bucket.inputs and versions)
        if bucket.inputs.get("rpo") == "ASYNC_TURBO":
            own = (bucket.inputs.get("customPlacementConfig") or {}).get("dataLocations")
            assert len(regions_of(bucket.inputs["location"], own)) == 2


def test_caches_live_from_an_hour_to_a_week(graphs: dict[str, Graph]) -> None:
    """The time is in seconds, as the service takes it."""
    caches = [cache for graph in graphs.values() for cache in _of_type(graph, CACHE)]

    assert caches
    assert all(3600 <= int(cache.inputs["ttl"].removesuffix("s")) <= 7 * 86_400 for cache in caches)


def test_all_classes_are_in_use(graphs: dict[str, Graph]) -> None:
    """Every class of data has a bucket in development or production."""
    labels = {bucket.inputs["labels"]["data-class"] for graph in graphs.values() for bucket in _of_type(graph, BUCKET)}

    assert labels == {"raw", "curated", "features", "models", "scratch", "sensitive"}


def test_no_two_volumes_of_a_cluster_become_one(cloud_graph: Graph) -> None:
    """What the kubelet knows a volume by is its own within a namespace."""
    handles = [
        (
            volume.provider,
            volume.inputs["spec"]["claimRef"]["namespace"],
            str(volume.inputs["spec"]["csi"]["volumeHandle"]),
        )
        for volume in _of_type(cloud_graph, VOLUME)
        if volume.inputs["spec"]["csi"]["driver"].startswith("gcsfuse")
    ]

    assert len(handles) == len(set(handles)) > 0


def test_mounts_follow_their_team(cloud_graph: Graph) -> None:
    """A mount is in every cluster of its team, and once was called by its key alone."""
    settings = read_file(ROOT / f"Pulumi.{cloud_graph.stack}.yaml")
    wanted = {
        f"mount-{cluster}.{key}"
        for key, mount in team_data.mounts(settings.teams, settings.buckets, settings.mounts).items()
        for cluster in settings.teams[mount.team].clusters
    }

    assert wanted == {node.name for node in cloud_graph if node.type == "groundwork:bucket_mount:BucketMount"}


def _of_buckets(graph: Graph) -> list[Node]:
    """The volumes that are buckets; shares are volumes as well."""
    return [node for node in _of_type(graph, VOLUME) if node.inputs["spec"]["csi"]["driver"].startswith("gcsfuse.")]


def test_volumes_say_every_size(cloud_graph: Graph) -> None:
    """A size that is left out is the driver's to choose, by the machine; one without end fills it."""
    for volume in _of_buckets(cloud_graph):
        options = volume.inputs["spec"]["mountOptions"]
        sizes = [option.rpartition(":")[2] for option in options if "max-size-mb" in option]

        assert any(option.startswith("metadata-cache:stat-cache-max-size-mb:") for option in options)
        assert all(int(size) > 0 for size in sizes)
        assert ("write:global-max-blocks:8" in options) == (not volume.inputs["spec"]["csi"]["readOnly"])


def test_the_guide_has_room_for_all_claims(cloud_graph: Graph) -> None:
    """Annotations and volume of a pod are enough for every claim that the guide names."""
    claims = [(volume.inputs["spec"]["claimRef"], volume) for volume in _of_buckets(cloud_graph)]
    volumes = {(claim["namespace"], claim["name"]): volume for claim, volume in claims}
    guides = [node for node in _of_type(cloud_graph, "kubernetes:core/v1:ConfigMap") if node.name.startswith("mounts-")]

    assert guides
    texts = [
        (guide.inputs["metadata"]["namespace"], text) for guide in guides for text in guide.inputs["data"].values()
    ]
    for team, text in texts:
        pod = json.loads(text)
        mounted = [volumes[team, claim] for claim in pod["claims"]]
        options = [option for volume in mounted for option in volume.inputs["spec"]["mountOptions"]]
        cached = sum(int(option.rpartition(":")[2]) for option in options if option.startswith("file-cache:max-size"))
        sizes = [volume["emptyDir"]["sizeLimit"] for volume in pod["volumes"]]

        assert sizes == ([f"{cached}Mi"] if cached else [])
        assert pod["annotations"]["gke-gcsfuse/volumes"] == "true"
