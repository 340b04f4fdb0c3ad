"""Buckets and mounts in the declared graph: keys, caches, and volumes in every cluster of a team."""

from __future__ import annotations

import json

from groundwork.graph import Graph, Node
from stacks.settings.facts.locations import kms_location, regions_of
from tests.cloud_settings import read_file
from tests.conftest import ROOT
from tests.nonempty import nonempty

BUCKET = "gcp:storage/bucket:Bucket"
CACHE = "gcp:storage/anywhereCache:AnywhereCache"
VOLUME = "kubernetes:core/v1:PersistentVolume"


def test_buckets_have_a_customer_managed_key_if_the_stack_encrypts(cloud_graph: Graph) -> None:
    """A bucket depends on its key and on the grant on it, and the key is in a location that can serve the bucket."""
    encrypts = read_file(ROOT / f"Pulumi.{cloud_graph.stack}.yaml").encryption is not None
    for bucket in nonempty(cloud_graph.of_type(BUCKET)):
        assert ("encryption" in bucket.inputs) == encrypts
        if encrypts:
            location = kms_location(bucket.inputs["location"])
            dependencies = {cloud_graph.nodes[urn].type for urn in bucket.dependencies}

            assert f"/locations/{location}/" in bucket.inputs["encryption"]["defaultKmsKeyName"]
            assert "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember" in dependencies


def test_buckets_have_no_conflicting_features(cloud_graph: Graph) -> None:
    """Folders exclude versions and retention, retention excludes versions, turbo replication needs two regions."""
    for bucket in nonempty(cloud_graph.of_type(BUCKET)):
        versions = bucket.inputs["versioning"]["enabled"]

        assert not ("hierarchicalNamespace" in bucket.inputs and (versions or "retentionPolicy" in bucket.inputs))
        assert not ("retentionPolicy" in bucket.inputs and versions)
        if bucket.inputs.get("rpo") == "ASYNC_TURBO":
            regions = (bucket.inputs.get("customPlacementConfig") or {}).get("dataLocations")
            assert len(regions_of(bucket.inputs["location"], regions)) == 2


def test_cache_ttl_is_between_an_hour_and_a_week(graphs: dict[str, Graph]) -> None:
    """The TTL is in seconds, as the API takes it."""
    caches = [cache for graph in graphs.values() for cache in graph.of_type(CACHE)]

    assert caches
    assert all(3600 <= int(cache.inputs["ttl"].removesuffix("s")) <= 7 * 86_400 for cache in caches)


def test_sample_stacks_have_every_data_class(graphs: dict[str, Graph]) -> None:
    """Every data class has a bucket in development or production."""
    labels = {bucket.inputs["labels"]["data-class"] for graph in graphs.values() for bucket in graph.of_type(BUCKET)}

    assert labels == {"raw", "curated", "features", "models", "scratch", "sensitive"}


def test_volume_handles_are_unique_in_a_namespace(cloud_graph: Graph) -> None:
    """The kubelet identifies a volume of a namespace by its handle."""
    handles = [
        (
            volume.provider,
            volume.inputs["spec"]["claimRef"]["namespace"],
            str(volume.inputs["spec"]["csi"]["volumeHandle"]),
        )
        for volume in cloud_graph.of_type(VOLUME)
        if volume.inputs["spec"]["csi"]["driver"].startswith("gcsfuse")
    ]

    assert len(handles) == len(set(handles)) > 0


def test_mounts_are_in_every_cluster_of_their_team(cloud_graph: Graph) -> None:
    """A mount is declared once in each cluster of its team."""
    settings = read_file(ROOT / f"Pulumi.{cloud_graph.stack}.yaml")
    expected = {
        f"mount-{cluster}.{key}"
        for key, mount in settings.all_mounts().items()
        for cluster in settings.teams[mount.team].clusters
    }

    assert expected == {node.name for node in cloud_graph.of_type("groundwork:bucket_mount:BucketMount")}


def _bucket_volumes(graph: Graph) -> list[Node]:
    """Volumes of buckets; file shares are volumes as well."""
    return [node for node in graph.of_type(VOLUME) if node.inputs["spec"]["csi"]["driver"].startswith("gcsfuse.")]


def test_volumes_set_every_cache_size(cloud_graph: Graph) -> None:
    """A missing size is chosen by the driver according to the machine, and an unlimited one can fill it."""
    for volume in nonempty(_bucket_volumes(cloud_graph)):
        options = volume.inputs["spec"]["mountOptions"]
        sizes = [option.rpartition(":")[2] for option in options if "max-size-mb" in option]

        assert any(option.startswith("metadata-cache:stat-cache-max-size-mb:") for option in options)
        assert all(int(size) > 0 for size in sizes)
        assert ("write:global-max-blocks:8" in options) == (not volume.inputs["spec"]["csi"]["readOnly"])


def test_mount_notes_fit_all_claims(cloud_graph: Graph) -> None:
    """Annotations and cache volume in the usage notes are sufficient for every claim that they list."""
    claims = [(volume.inputs["spec"]["claimRef"], volume) for volume in _bucket_volumes(cloud_graph)]
    volumes = {(claim["namespace"], claim["name"]): volume for claim, volume in claims}
    notes = [node for node in cloud_graph.of_type("kubernetes:core/v1:ConfigMap") if node.name.startswith("mounts-")]

    assert notes
    texts = [(node.inputs["metadata"]["namespace"], text) for node in notes for text in node.inputs["data"].values()]
    for team, text in texts:
        pod = json.loads(text)
        mounted = [volumes[team, claim] for claim in pod["claims"]]
        options = [option for volume in mounted for option in volume.inputs["spec"]["mountOptions"]]
        cached = sum(int(option.rpartition(":")[2]) for option in options if option.startswith("file-cache:max-size"))
        sizes = [volume["emptyDir"]["sizeLimit"] for volume in pod["volumes"]]

        assert sizes == ([f"{cached}Mi"] if cached else [])
        assert pod["annotations"]["gke-gcsfuse/volumes"] == "true"
