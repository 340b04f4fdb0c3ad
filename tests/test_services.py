"""Data services in the declared graph of every stack: private, encrypted, protected, and scanned."""

from __future__ import annotations

import json
from ipaddress import ip_network

from groundwork.graph import Graph, at
from tests.cloud_settings import read_file
from tests.conftest import ROOT
from tests.nonempty import nonempty

STORES_DATA = {
    "gcp:bigquery/dataset:Dataset": "defaultEncryptionConfiguration.kmsKeyName",
    "gcp:bigquery/table:Table": "encryptionConfiguration.kmsKeyName",
    "gcp:filestore/instance:Instance": "kmsKeyName",
    "gcp:secretmanager/secret:Secret": "replication.userManaged",
}
REGISTRY = "gcp:artifactregistry/repository:Repository"


def test_data_services_are_protected(cloud_graph: Graph) -> None:
    """Every resource that stores data is protected; repositories that only cache others need no protection."""
    stores = [node for node in cloud_graph if node.type in STORES_DATA]
    stores += [node for node in cloud_graph.of_type(REGISTRY) if node.inputs["mode"] == "STANDARD_REPOSITORY"]

    assert [node.name for node in stores if not node.protect] == []


def test_data_services_have_a_customer_managed_key(cloud_graphs: dict[str, Graph]) -> None:
    """With the section `encryption` every service that stores data has a key, without it none has."""
    for stack, graph in cloud_graphs.items():
        encrypts = read_file(ROOT / f"Pulumi.{stack}.yaml").encryption is not None
        for node in graph:
            if node.type == REGISTRY:
                assert encrypts == bool(node.inputs.get("kmsKeyName")), node.name
            elif (path := STORES_DATA.get(node.type)) is not None:
                assert encrypts == ("cryptoKeys" in str(at(node.inputs, path))), node.name


def test_production_has_every_data_service(graphs: dict[str, Graph]) -> None:
    """Guards the other tests against passing vacuously."""
    assert set(STORES_DATA) | {REGISTRY} <= {node.type for node in graphs["prod"]}


def test_shares_are_exported_to_node_ranges_only(cloud_graphs: dict[str, Graph]) -> None:
    """A share is connected privately and exported to the ranges of the nodes that mount it."""
    nonempty(cloud_graphs["prod"].of_type("gcp:filestore/instance:Instance"))
    for stack, graph in cloud_graphs.items():
        subnets = read_file(ROOT / f"Pulumi.{stack}.yaml").network.subnets.values()
        for share in graph.of_type("gcp:filestore/instance:Instance"):
            (network,) = share.inputs["networks"]
            (export,) = share.inputs["fileShares"]["nfsExportOptions"]

            assert network["connectMode"] == "PRIVATE_SERVICE_ACCESS"
            assert {ip_network(cidr) for cidr in export["ipRanges"]} <= {subnet.cidr for subnet in subnets}


def test_image_tags_are_immutable_and_images_are_scanned(cloud_graph: Graph) -> None:
    """A tag always refers to the same image, and vulnerabilities of images are reported."""
    for registry in cloud_graph.of_type(REGISTRY):
        if registry.inputs["format"] == "DOCKER" and registry.inputs["mode"] == "STANDARD_REPOSITORY":
            assert at(registry.inputs, "dockerConfig.immutableTags") is True
            assert at(registry.inputs, "vulnerabilityScanningConfig.enablementConfig") == "INHERITED"
    apis = {node.inputs.get("service") for node in cloud_graph.of_type("gcp:projects/service:Service")}

    assert {"containerscanning.googleapis.com", "datalineage.googleapis.com"} <= apis


def test_virtual_repositories_prefer_our_own_packages(cloud_graph: Graph) -> None:
    """For a name that exists in both, a virtual repository uses the standard one before a remote one."""
    modes = {node.inputs["repositoryId"]: node.inputs["mode"] for node in cloud_graph.of_type(REGISTRY)}
    for registry in cloud_graph.of_type(REGISTRY):
        policies = at(registry.inputs, "virtualRepositoryConfig.upstreamPolicies") or []
        own = [policy["priority"] for policy in policies if modes[policy["id"]] == "STANDARD_REPOSITORY"]
        others = [policy["priority"] for policy in policies if modes[policy["id"]] != "STANDARD_REPOSITORY"]

        assert not own or not others or min(own) > max(others), registry.name


def test_curated_and_sensitive_tables_are_scanned(cloud_graph: Graph) -> None:
    """Each dataset of these classes has a table, and each table a quality scan and a profile scan."""
    scanned = [
        (node.inputs["data"]["resource"], kind)
        for node in cloud_graph.of_type("gcp:dataplex/datascan:Datascan")
        for kind in ("dataQualitySpec", "dataProfileSpec")
        if kind in node.inputs
    ]
    tables = cloud_graph.of_type("gcp:bigquery/table:Table")
    for dataset in cloud_graph.of_type("gcp:bigquery/dataset:Dataset"):
        children = [table for table in tables if table.parent == dataset.parent]
        for table in children:
            dataset_name = f"projects/{dataset.inputs['project']}/datasets/{dataset.inputs['datasetId']}"
            resource = f"//bigquery.googleapis.com/{dataset_name}/tables/{table.inputs['tableId']}"

            assert {kind for name, kind in scanned if name == resource} == {"dataQualitySpec", "dataProfileSpec"}
        if dataset.inputs["labels"]["data-class"] in ("curated", "sensitive"):
            assert children, dataset.name


def test_quality_rules_have_one_expectation(graphs: dict[str, Graph]) -> None:
    """Each kind of rule is declared, with exactly one expectation."""
    rules = [
        rule
        for node in graphs["prod"].of_type("gcp:dataplex/datascan:Datascan")
        for rule in at(node.inputs, "dataQualitySpec.rules") or []
    ]
    kinds = [{key for key in rule if key.endswith("Expectation")} for rule in rules]

    assert all(len(kind) == 1 for kind in kinds)
    assert len(set().union(*kinds)) == 6


def test_curated_and_sensitive_buckets_have_discovery_scans(graphs: dict[str, Graph]) -> None:
    """With the section `discovery` each such bucket has a scan, and no other bucket has one."""
    graph = graphs["prod"]
    scans = {
        node.inputs["dataScanId"].removeprefix("discovery-")
        for node in graph.of_type("gcp:dataplex/datascan:Datascan")
        if "dataDiscoverySpec" in node.inputs
    }
    buckets = {
        key
        for key, entry in read_file(ROOT / "Pulumi.prod.yaml").buckets.items()
        if entry.data_class in ("curated", "sensitive")
    }

    assert scans == buckets
    assert scans


def test_namespaces_list_the_secrets_granted_to_their_account(cloud_graphs: dict[str, Graph]) -> None:
    """The list in a namespace equals the grants of the team's account."""
    for graph in cloud_graphs.values():
        granted = {
            (node.name.partition("-workload-")[2], node.inputs["secretId"])
            for node in graph.of_type("gcp:secretmanager/secretIamMember:SecretIamMember")
            if "-workload-" in node.name and node.inputs["role"] == "roles/secretmanager.secretAccessor"
        }
        listed = {
            (node.inputs["metadata"]["namespace"], entry["path"])
            for node in graph
            if node.type.endswith(":SecretProviderClass")
            for entry in json.loads(node.inputs["spec"]["parameters"]["secrets"])
        }

        assert granted == listed
