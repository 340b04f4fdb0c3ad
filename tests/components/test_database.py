"""Tests of `components.database`."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from components.database import Database, DatabaseArgs, DatabaseMachineArgs
from groundwork.graph import Graph, Placeholder
from tests.components.declare import declare, declared, depends_on, inputs, named, protected, read

MACHINE = DatabaseMachineArgs(tier="db-custom-2-7680", disk_gb=50, regional=True, retained_backups=14)
DATABASE = DatabaseArgs(
    instance_name="pipelines",
    project="ml-service",
    region="europe-west4",
    machine=MACHINE,
    network="networks/shared",
    databases=["metadb", "mlpipeline"],
    user="pipelines",
    key=None,
    deletion_protection=True,
    labels={"environment": "test"},
)


def _graph(**changes: Any) -> Graph:
    return declare(lambda: Database("database", dataclasses.replace(DATABASE, **changes)))


def _instance(**changes: Any) -> dict[str, Any]:
    return inputs(_graph(**changes), "database-instance")


def test_database_declares_instance_databases_password_and_user() -> None:
    """Each database is a child named after it."""
    assert declared(_graph()) == {
        "database-instance": "gcp:sql/databaseInstance:DatabaseInstance",
        "database-metadb": "gcp:sql/database:Database",
        "database-mlpipeline": "gcp:sql/database:Database",
        "database-password": "random:index/randomPassword:RandomPassword",
        "database-user": "gcp:sql/user:User",
    }


def test_database_instance_is_mysql_of_the_region() -> None:
    """The instance has the name, the project and the region of the settings, and no key by default."""
    instance = _instance()
    instance.pop("settings")

    assert instance == {
        "name": "pipelines",
        "project": "ml-service",
        "region": "europe-west4",
        "databaseVersion": "MYSQL_8_0",
        "deletionProtection": True,
    }


def test_database_key_encrypts_the_disk() -> None:
    """Another key replaces the instance."""
    assert _instance(key="projects/p/key")["encryptionKeyName"] == "projects/p/key"


@pytest.mark.parametrize("protection", [True, False])
def test_database_deletion_protection_applies_to_the_cloud_and_to_the_state(*, protection: bool) -> None:
    """An instance of a test environment can be deleted in one step."""
    graph = _graph(deletion_protection=protection)

    assert inputs(graph, "database-instance")["deletionProtection"] is protection
    assert protected(graph) == ({"database-instance"} if protection else set())


def test_database_has_point_in_time_recovery_for_a_week() -> None:
    """MySQL recovers to a point in time from daily backups and the binary log."""
    assert _instance()["settings"]["backupConfiguration"] == {
        "enabled": True,
        "binaryLogEnabled": True,
        "startTime": "01:00",
        "transactionLogRetentionDays": 7,
        "backupRetentionSettings": {"retainedBackups": 14},
    }


def test_database_disk_grows_and_its_size_is_not_set_again() -> None:
    """A disk cannot shrink: the declared size would replace an instance whose disk has grown."""
    graph = _graph()
    settings = inputs(graph, "database-instance")["settings"]

    assert (settings["diskSize"], settings["diskType"], settings["diskAutoresize"]) == (50, "PD_SSD", True)
    assert named(graph, "database-instance").ignore_changes == ("settings.diskSize",)


@pytest.mark.parametrize(("regional", "availability"), [(True, "REGIONAL"), (False, "ZONAL")])
def test_database_availability_is_regional_or_zonal(*, regional: bool, availability: str) -> None:
    """A regional instance has a standby in another zone."""
    settings = _instance(machine=dataclasses.replace(MACHINE, regional=regional))["settings"]

    assert settings["availabilityType"] == availability
    assert settings["tier"] == "db-custom-2-7680"
    assert settings["userLabels"] == {"environment": "test"}


def test_database_has_a_private_address_only() -> None:
    """Kubeflow Pipelines connects without TLS inside the network."""
    assert _instance()["settings"]["ipConfiguration"] == {
        "ipv4Enabled": False,
        "privateNetwork": "networks/shared",
        "sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
    }


def test_database_password_policy_requires_long_passwords() -> None:
    """The policy applies to users that a person adds."""
    assert _instance()["settings"]["passwordValidationPolicy"] == {
        "enablePasswordPolicy": True,
        "minLength": 20,
        "disallowUsernameSubstring": True,
    }


def test_database_user_has_the_generated_password() -> None:
    """The password has 32 characters without special ones, which connection strings would need to escape."""
    graph = _graph()

    assert inputs(graph, "database-password") == {"length": 32, "special": False}
    assert inputs(graph, "database-user") == {
        "name": "pipelines",
        "project": "ml-service",
        "instance": "pipelines",
        "host": "%",
        "password": Placeholder.SECRET,
    }
    assert depends_on(graph, "database-user") == {"database-instance", "database-password"}


def test_database_is_in_the_instance_with_four_byte_characters() -> None:
    """utf8mb4 stores all of Unicode."""
    graph = _graph()

    assert inputs(graph, "database-metadb") == {
        "name": "metadb",
        "project": "ml-service",
        "instance": "pipelines",
        "charset": "utf8mb4",
    }
    assert depends_on(graph, "database-metadb") == {"database-instance"}


def test_database_address_and_password_are_outputs_of_instance_and_password() -> None:
    """Kubeflow Pipelines uses both."""

    def program() -> None:
        database = Database("database", DATABASE)
        read(database.address, "address")
        read(database.password, "password")

    graph = declare(program)

    assert depends_on(graph, "address") == {"database-instance"}
    assert depends_on(graph, "password") == {"database-password"}
