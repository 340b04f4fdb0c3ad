"""The whole of the settings of a stack in the cloud: one frozen model."""

from __future__ import annotations

from pydantic import Field

from stacks.settings.clusters import Cluster
from stacks.settings.data import Bucket
from stacks.settings.encryption import Encryption
from stacks.settings.file_shares import FileShare
from stacks.settings.gateway import Gateway
from stacks.settings.gpu_pools import ComputeClass, GpuPool
from stacks.settings.identity import Audit, Github
from stacks.settings.mounts import Mount
from stacks.settings.network import Network, Projects
from stacks.settings.operations import Alerting, Billing, Pipelines, Recovery
from stacks.settings.registries import Registry
from stacks.settings.residency import Residency
from stacks.settings.secrets import Secret
from stacks.settings.security import Security
from stacks.settings.shapes import Key, Region
from stacks.settings.tenancy import Tenancy
from stacks.settings.warehouses import Discovery, Warehouse


class Settings(Tenancy):
    """What ``Pulumi.<stack>.yaml`` says, under ``config`` and without the prefix ``groundwork:``.

    Entries that repeat are maps, so that an entry is known by its key and a new one moves no other.
    """

    region: Region = Field(description="where regional resources that name no region are created")
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
