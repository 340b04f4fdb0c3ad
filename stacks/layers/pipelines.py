"""Pipelines and the database that holds their state."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components.database import Database, DatabaseArgs, DatabaseMachineArgs
from components.network import SharedVpc
from components.pipelines import Pipelines, PipelinesArgs, PipelinesState
from stacks import labels, providers
from stacks.layers.data import PIPELINES
from stacks.layers.encryption import Keys, Purpose
from stacks.settings import Settings
from stacks.settings.facts.versions import Versions
from stacks.settings.model.pipelines import Pipelines as PipelinesSettings


def database(
    settings: Settings, entry: PipelinesSettings, google: gcp.Provider, vpc: SharedVpc, keys: Keys
) -> Database:
    """The database of the pipelines; its address comes from the peering, so that has to exist."""
    region = settings.clusters[entry.cluster].region
    return Database(
        "pipelines-database",
        DatabaseArgs(
            instance_name=PIPELINES,
            project=settings.projects.service,
            region=region,
            key=keys.of(Purpose.DATABASES, region),
            machine=DatabaseMachineArgs(
                tier=entry.database.tier,
                disk_gb=entry.database.disk_gb,
                regional=entry.database.regional,
                retained_backups=entry.database.retained_backups,
            ),
            network=vpc.network.id,
            databases=["mlpipeline", "metadb", "cachedb"],
            user=PIPELINES,
            deletion_protection=entry.database.deletion_protection,
            labels=labels.shared(settings),
        ),
        pulumi.ResourceOptions(providers=[google, providers.passwords()], depends_on=[vpc.private_services]),
    )


def pipelines(
    settings: Settings,
    versions: Versions,
    used: Sequence[pulumi.ProviderResource],
    state: PipelinesState,
    needs: Sequence[pulumi.Resource],
) -> None:
    """Pipelines, after the operators and the account that its runs use."""
    parts = {
        key.removeprefix("pipelines-") if key != PIPELINES else "core": pin.directory
        for key, pin in versions.manifests.items()
        if key.startswith(PIPELINES)
    }
    Pipelines(
        PIPELINES,
        PipelinesArgs(directories=parts, project=settings.projects.service, state=state),
        pulumi.ResourceOptions(providers=list(used), depends_on=list(needs)),
    )
