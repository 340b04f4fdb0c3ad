"""Data services on the declared graph of every stack: private, encrypted, protected, checked."""

from __future__ import annotations

import json
from ipaddress import ip_network

from groundwork.graph import Graph, Node, at
from tests.cloud_settings import read_file
from tests.conftest import ROOT

KEEPS_DATA = {
    "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration.kmsKeyName",
    "gcp:bigquery/table:Table": "encryptionConfiguration.kmsKeyName",
    "gcp:filestore/instance:Instance": "kmsKeyName",
    "gcp:secretmanager/secret:Secret": "replication.userManaged",
}
REGISTRY = "gcp:artifactregistry/repository:Repository"


def _of_type(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph if node.type == kind]


def test_data_is_protected(cloud_graph: Graph) -> None:
    """Nothing that keeps data goes with a line in a file; what only caches others may."""
    kept = [node for node in cloud_graph if node.type in KEEPS_DATA]
    kept += [node for node in _of_type(cloud_graph, REGISTRY) if node.inputs["mode"] == "STANDARD_REPOSITORY"]

    assert [node.name for node in kept if not node.protect] == []


def test_data_has_a_key_of_ones_own(cloud_graphs: dict[str, Graph]) -> None:
    """With the section `encryption` every service that keeps data has a key, and without it none has."""
    for stack, graph in cloud_graphs.items():
        own = read_file(ROOT / f"Pulumi.{stack}.yaml").encryption is not None
        for node in graph:
            if node.type == REGISTRY:
                assert own == bool(node.inputs.get("kmsKeyName")), node.name
            elif (path := KEEPS_DATA.get(node.type)) is not None:
                assert own == ("cryptoKeys" in str(at(node.inputs, path))), node.name


def test_every_such_service_is_in_use(graphs: dict[str, Graph]) -> None:
    """What the other tests say of nothing would be no news."""
    assert set(KEEPS_DATA) | {REGISTRY} <= {node.type for node in graphs["prod"]}


def test_shares_open_to_nodes_only(cloud_graphs: dict[str, Graph]) -> None:
    """A share is inside the network, and only the ranges of the nodes that mount it may."""
    for stack, graph in cloud_graphs.items():
        subnets = read_file(ROOT / f"Pulumi.{stack}.yaml").network.subnets.values()
        for share in _of_type(graph, "gcp:filestore/instance:Instance"):
            (network,) = share.inputs["networks"]
            (export,) = share.inputs["fileShares"]["nfsExportOptions"]

            assert network["connectMode"] == "PRIVATE_SERVICE_ACCESS"
            assert {ip_network(cidr) for cidr in export["ipRanges"]} <= {subnet.cidr for subnet in subnets}


def test_tags_never_move_and_images_are_scanned(cloud_graph: Graph) -> None:
    """What was pushed once under a tag is what everybody gets, and its vulnerabilities are known."""
    for registry in _of_type(cloud_graph, REGISTRY):
        if registry.inputs["format"] == "DOCKER" and registry.inputs["mode"] == "STANDARD_REPOSITORY":
            assert at(registry.inputs, "dockerConfig.immutableTags") is True
            assert at(registry.inputs, "vulnerabilityScanningConfig.enablementConfig") == "INHERITED"
    apis = {node.inputs.get("service") for node in _of_type(cloud_graph, "gcp:projects/service:Service")}

    assert {"containerscanning.googleapis.com", "datalineage.googleapis.com"} <= apis


def test_what_we_make_goes_before_what_others_do(cloud_graph: Graph) -> None:
    """A name that is both ours and somebody else's is ours: a virtual registry asks the standard ones first."""
    modes = {node.inputs["repositoryId"]: node.inputs["mode"] for node in _of_type(cloud_graph, REGISTRY)}
    for registry in _of_type(cloud_graph, REGISTRY):
        policies = at(registry.inputs, "virtualRepositoryConfig.upstreamPolicies") or []
        own = [each["priority"] for each in policies if modes[each["id"]] == "STANDARD_REPOSITORY"]
        others = [each["priority"] for each in policies if modes[each["id"]] != "STANDARD_REPOSITORY"]

        assert not own or not others or min(own) > max(others), registry.name


def test_curated_and_sensitive_tables_are_checked(cloud_graph: Graph) -> None:
    """Each dataset of these classes has a table, and each table a scan of its rules and one of its columns."""
    scanned = [
        (node.inputs["data"]["resource"], kind)
        for node in _of_type(cloud_graph, "gcp:dataplex/datascan:Datascan")
        for kind in ("dataQualitySpec", "dataProfileSpec")
        if kind in node.inputs
    ]
    tables = _of_type(cloud_graph, "gcp:bigquery/table:Table")
    for dataset in _of_type(cloud_graph, "gcp:bigquery/dataset:Dataset"):
        children = [table for table in tables if table.parent == dataset.parent]
        for table in children:
            place = f"projects/{dataset.inputs['project']}/datasets/{dataset.inputs['datasetId']}"
            resource = f"//bigquery.googleapis.com/{place}/tables/{table.inputs['tableId']}"

            assert {kind for found, kind in scanned if found == resource} == {"dataQualitySpec", "dataProfileSpec"}
        if dataset.inputs["labels"]["data-class"] in ("curated", "sensitive"):
            assert children, dataset.name


def test_every_kind_of_rule_is_declared_with_what_it_expects(graphs: dict[str, Graph]) -> None:
    """A rule has one expectation and a dimension that goes with it."""
    rules = [
        rule
        for node in _of_type(graphs["prod"], "gcp:dataplex/datascan:Datascan")
        for rule in at(node.inputs, "dataQualitySpec.rules") or []
    ]
    kinds = [{key for key in rule if key.endswith("Expectation")} for rule in rules]

    assert all(len(kind) == 1 for kind in kinds)
    assert len(set().union(*kinds)) == 6


def test_own_curated_and_sensitive_buckets_are_discovered(graphs: dict[str, Graph]) -> None:
    """Where discovery is on, each such bucket has its scan, and no other has one."""
    graph = graphs["prod"]
    scans = {
        node.inputs["dataScanId"].removeprefix("discovery-")
        for node in _of_type(graph, "gcp:dataplex/datascan:Datascan")
        if "dataDiscoverySpec" in node.inputs
    }
    buckets = {
        key
        for key, entry in read_file(ROOT / "Pulumi.prod.yaml").buckets.items()
        if entry.data_class in ("curated", "sensitive")
    }

    assert scans == buckets
    assert scans


def test_pods_are_offered_the_secrets_that_they_may_read(cloud_graphs: dict[str, Graph]) -> None:
    """The list in a namespace names what the team's account was granted, no more and no less."""
    for graph in cloud_graphs.values():
        granted = {
            (node.name.partition("-workload-")[2], node.inputs["secretId"])
            for node in _of_type(graph, "gcp:secretmanager/secretIamMember:SecretIamMember")
            if "-workload-" in node.name and node.inputs["role"] == "roles/secretmanager.secretAccessor"
        }
        offered = {
            (node.inputs["metadata"]["namespace"], entry["path"])
            for node in graph
            if node.type.endswith(":SecretProviderClass")
            for entry in json.loads(node.inputs["spec"]["parameters"]["secrets"])
        }

        assert granted == offered
