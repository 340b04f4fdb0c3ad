"""The whole of an environment's settings: one frozen model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stacks.settings.clusters import Cluster
from stacks.settings.data import Bucket
from stacks.settings.encryption import Encryption
from stacks.settings.file_shares import FileShare
from stacks.settings.gateway import Gateway
from stacks.settings.gpu_pools import ComputeClass, GpuPool
from stacks.settings.identity import Audit, Github
from stacks.settings.mesh import Mesh
from stacks.settings.mounts import Mount
from stacks.settings.network import Network, Projects
from stacks.settings.operations import Alerting, Billing, Pipelines, Recovery
from stacks.settings.queueing import PRIORITIES, Priority, Queueing
from stacks.settings.registries import Registry
from stacks.settings.residency import Residency
from stacks.settings.secrets import Secret
from stacks.settings.security import Security
from stacks.settings.shapes import Environment, Key, Region, Section
from stacks.settings.teams import Group, Ownership, Team
from stacks.settings.warehouses import Discovery, Warehouse


class Settings(Section):
    """What ``Pulumi.<stack>.yaml`` says, under ``config`` and without the prefix ``groundwork:``.

    Entries that repeat are maps, so that an entry is known by its key and a new one moves no other.
    """

    environment: Environment
    region: Region = Field(description="where regional resources that name no region are created")
    projects: Projects
    ownership: Ownership
    network: Network
    groups: Annotated[dict[Key, Group], Field(min_length=1)]
    teams: dict[Key, Team]
    clusters: dict[Key, Cluster]
    gpu_pools: dict[Key, GpuPool] = Field(default_factory=dict)
    compute_classes: dict[Key, ComputeClass] = Field(default_factory=dict)
    priorities: dict[Key, Priority] = Field(
        default_factory=lambda: dict(PRIORITIES), description="priorities of work in every queue; these, and no others"
    )
    queueing: Queueing = Field(default_factory=Queueing)
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
    mesh: Mesh = Field(default_factory=Mesh)
    security: Security = Field(default_factory=Security)
    billing: Billing
    alerting: Alerting
    recovery: Recovery
