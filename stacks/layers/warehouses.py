"""BigQuery warehouses, their connections to buckets, and data scans."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components._common import GrantArgs
from components.catalog_agent import CatalogAgent, CatalogAgentArgs
from components.data_discovery import DataDiscovery, DataDiscoveryArgs
from components.data_quality import DataQuality, DataQualityArgs, RuleArgs
from components.lake_connection import LakeConnection, LakeConnectionArgs
from components.project_services import ProjectServices
from components.query_access import QueryAccess, QueryAccessArgs
from components.warehouse import Warehouse, WarehouseArgs
from components.workload_account import WorkloadAccount
from stacks import labels
from stacks.grants import of_people_and_workloads
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.checks.service_checks import CHECKED
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.warehouses import Rule, scan_id


def lakes(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> dict[str, LakeConnection]:
    """Connections of warehouses to their buckets, by warehouse; the grants belong to the buckets."""
    return {
        key: LakeConnection(
            f"lake-{key}",
            LakeConnectionArgs(connection_id=key, project=settings.projects.service, location=entry.location),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        for key, entry in settings.warehouses.items()
        if entry.bucket is not None
    }


def catalog_agent(settings: Settings, *, google: gcp.Provider, apis: ProjectServices) -> CatalogAgent | None:
    """The account that runs data scans; None without scans."""
    if settings.discovery is None and not any(entry.tables for entry in settings.warehouses.values()):
        return None
    args = CatalogAgentArgs(
        project=settings.projects.service,
        project_number=settings.projects.service_number,
        publishes=settings.discovery is not None,
    )
    return CatalogAgent("catalog", args, pulumi.ResourceOptions(provider=google, depends_on=[apis]))


def warehouses(
    settings: Settings,
    *,
    google: gcp.Provider,
    apis: ProjectServices,
    keys: Keys,
    accounts: dict[str, WorkloadAccount],
    agent: CatalogAgent | None,
) -> None:
    """Warehouses with their grants, the right to run queries, and the scans of their tables."""
    members: dict[str, pulumi.Input[str]] = {}
    for key, entry in settings.warehouses.items():
        grants = of_people_and_workloads(settings, accounts, entry.groups, entry.workloads)
        members.update({grantee: grant.member for grantee, grant in grants.items()})
        if agent is not None and entry.tables:
            grants["catalog"] = GrantArgs(agent.member, "read")
        warehouse = Warehouse(
            f"warehouse-{key}",
            WarehouseArgs(
                dataset_id=_dataset(key),
                project=settings.projects.service,
                location=entry.location,
                table_expiry_days=entry.table_expiry_days,
                key=keys.of(Purpose.WAREHOUSES, entry.location),
                labels=labels.data(settings, entry.team, entry.data_class),
                tables={
                    table: {column: kind.value for column, kind in declared.columns.items()}
                    for table, declared in entry.tables.items()
                },
                grants=grants,
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )
        _scans(settings, google, key, warehouse)
    if members:
        QueryAccess(
            "queries",
            QueryAccessArgs(project=settings.projects.service, members=members),
            pulumi.ResourceOptions(provider=google, depends_on=[apis]),
        )


def _dataset(key: str) -> str:
    """The id of a dataset: it allows no hyphens, and keys contain no underscores."""
    return key.replace("-", "_")


def _scans(settings: Settings, google: gcp.Provider, key: str, warehouse: Warehouse) -> None:
    """The scans of one warehouse, after its tables and its grants."""
    entry = settings.warehouses[key]
    for table, declared in entry.tables.items():
        DataQuality(
            f"quality-{key}.{table}",
            DataQualityArgs(
                scan_id=scan_id(key, table),
                project=settings.projects.service,
                location=entry.location,
                dataset=_dataset(key),
                table=table,
                cron=entry.scan_cron,
                rules={name: _rule(rule) for name, rule in declared.rules.items()},
                labels=labels.team(settings, entry.team),
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[warehouse]),
        )


def _rule(rule: Rule) -> RuleArgs:
    return RuleArgs(
        expect=rule.expect.value,
        threshold=rule.threshold,
        column=rule.column,
        minimum=rule.minimum,
        maximum=rule.maximum,
        values=rule.values,
        pattern=rule.pattern,
        sql=rule.sql,
    )


def discovery(
    settings: Settings, *, google: gcp.Provider, agent: CatalogAgent | None, buckets: dict[str, pulumi.Input[str]]
) -> None:
    """Discovery scans of the curated and sensitive buckets that the stack owns."""
    if settings.discovery is None or agent is None:
        return
    for key, entry in settings.buckets.items():
        if entry.existing_name is not None or entry.data_class not in CHECKED:
            continue
        DataDiscovery(
            f"discovery-{key}",
            DataDiscoveryArgs(
                scan_id=key,
                project=settings.projects.service,
                location=_scan_region(settings, entry),
                bucket=buckets[key],
                agent=agent.member,
                cron=settings.discovery.cron,
                labels=labels.owned(settings, entry.team),
            ),
            pulumi.ResourceOptions(provider=google, depends_on=[agent]),
        )


def _scan_region(settings: Settings, entry: Bucket) -> str:
    """The region of a bucket; a bucket in several regions is scanned from the region of the stack."""
    location = entry.location.lower()
    return location if "-" in location else settings.region
