"""All settings of a stack in the cloud: one frozen model."""

from __future__ import annotations

from pydantic import Field

from stacks.settings.core.types import Key, Region
from stacks.settings.model.alerting import Alerting
from stacks.settings.model.billing import Billing
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.clusters import Cluster
from stacks.settings.model.encryption import Encryption
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.gateway import Gateway
from stacks.settings.model.gpu_pools import ComputeClass, GpuPool
from stacks.settings.model.identity import Audit, Github
from stacks.settings.model.mounts import Mount
from stacks.settings.model.network import Network, Projects
from stacks.settings.model.pipelines import Pipelines
from stacks.settings.model.recovery import Recovery
from stacks.settings.model.registries import Registry
from stacks.settings.model.residency import Residency
from stacks.settings.model.secrets import Secret
from stacks.settings.model.security import Security
from stacks.settings.model.tenancy import Tenancy
from stacks.settings.model.warehouses import Discovery, Warehouse


class Settings(Tenancy):
    """The settings in ``Pulumi.<stack>.yaml``, under ``config`` and without the prefix ``groundwork:``.

    Repeated entries are maps, so that a key identifies an entry and a new entry does not affect the others.
    """

    region: Region = Field(description="the region of regional resources whose settings do not name one")
    projects: Projects
    network: Network
    clusters: dict[Key, Cluster]
    gpu_pools: dict[Key, GpuPool] = Field(default_factory=dict)
    compute_classes: dict[Key, ComputeClass] = Field(default_factory=dict)
    buckets: dict[Key, Bucket] = Field(default_factory=dict)
    mounts: dict[Key, Mount] = Field(default_factory=dict)
    file_shares: dict[Key, FileShare] = Field(default_factory=dict)
    warehouses: dict[Key, Warehouse] = Field(default_factory=dict)
    discovery: Discovery | None = None
    registries: dict[Key, Registry] = Field(default_factory=dict)
    secrets: dict[Key, Secret] = Field(default_factory=dict)
    github: Github | None = None
    audit: Audit = Field(default_factory=Audit)
    pipelines: Pipelines | None = None
    encryption: Encryption | None = None
    residency: Residency | None = None
    gateway: Gateway | None = None
    security: Security = Field(default_factory=Security)
    billing: Billing
    alerting: Alerting
    recovery: Recovery
