"""All settings of a stack in the cloud: one frozen model."""

from __future__ import annotations

from pydantic import Field

from stacks.settings.core.types import Key, Region
from stacks.settings.model import team_data
from stacks.settings.model.alerting import Alerting
from stacks.settings.model.billing import Billing
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.clusters import Cluster
from stacks.settings.model.encryption import Encryption
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.gateway import Gateway
from stacks.settings.model.gpu_pools import Capacity, ComputeClass, GpuPool
from stacks.settings.model.gpu_prices import preference
from stacks.settings.model.grants import AccessTerms
from stacks.settings.model.identity import Audit, Github
from stacks.settings.model.mounts import Mount
from stacks.settings.model.network import Network, Projects
from stacks.settings.model.pipelines import Pipelines
from stacks.settings.model.queue_flavors import CLASS, QueueFlavor
from stacks.settings.model.queueing import READY_MINUTES, READY_MINUTES_WITH_FLEX_START
from stacks.settings.model.recovery import Recovery
from stacks.settings.model.registries import Registry
from stacks.settings.model.residency import Residency
from stacks.settings.model.secrets import Secret
from stacks.settings.model.security import Security
from stacks.settings.model.teams import repository_account_id
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

    @property
    def has_operators(self) -> bool:
        """A stack in the cloud installs them."""
        return True

    @property
    def has_managed_prometheus(self) -> bool:
        """GKE's managed collection is enabled in every cluster."""
        return True

    @property
    def has_several_nodes(self) -> bool:
        """The system pool scales out."""
        return True

    def node_platform(self, cluster: str) -> str | None:  # noqa: ARG002
        """Every cluster runs on GKE."""
        return "gke"

    def all_mounts(self) -> dict[str, Mount]:
        """Every mount by name: those of the section `mounts`, and one for each other bucket of a team."""
        return team_data.mounts(self.teams, self.buckets, self.mounts)

    def fuse_mounts(self) -> dict[str, Mount]:
        """All mounts are buckets."""
        return self.all_mounts()

    def provided_claims(self, team: str, bucket_claim_gib: int) -> list[int]:
        """Sizes in GiB of the claims of mounted buckets and file shares."""
        buckets = [bucket_claim_gib for mount in self.all_mounts().values() if mount.team == team]
        return [*buckets, *(share.capacity_gib for share in self.file_shares.values() if team in share.teams)]

    def models_root(self, team: str, bucket: str) -> str:  # noqa: ARG002
        """The bucket: endpoints read models through its API, not through a mount."""
        return f"gs://{self.bucket_name(bucket)}"

    def repository_account(self, team: str) -> str | None:
        """The account in the service project that the repository's jobs impersonate."""
        if self.teams[team].repository is None:
            return None
        return f"{repository_account_id(team)}@{self.projects.service}.iam.gserviceaccount.com"

    def queue_flavors(self, cluster: str) -> dict[str, QueueFlavor]:
        """Each compute class with all of its pools, and each pool outside of the classes; cheapest GPU-hour first.

        Maps of the settings have no order: the engine passes them sorted, whatever the order in the file.
        """
        flavors = {
            key: QueueFlavor(entry.capacity.value, (entry,))
            for key, entry in self.gpu_pools.items()
            if cluster in entry.clusters and not entry.unqueued and self.class_of(key) is None
        }
        flavors |= {
            key: QueueFlavor(CLASS, tuple(self.gpu_pools[pool] for pool in entry.priorities))
            for key, entry in self.compute_classes.items()
            if cluster in entry.clusters and not entry.unqueued
        }
        return dict(sorted(flavors.items(), key=lambda item: (preference(item[1].pools[0]), item[0])))

    def ready_minutes(self, cluster: str) -> int:
        """The setting or, without one, long enough for the slowest machines of the cluster."""
        if self.queueing.ready_minutes is not None:
            return self.queueing.ready_minutes
        capacities = {pool.capacity for pool in self.gpu_pools.values() if cluster in pool.clusters}
        return READY_MINUTES_WITH_FLEX_START if Capacity.FLEX_START in capacities else READY_MINUTES

    def class_of(self, pool: str) -> str | None:
        """The compute class that lists a pool; None for a pool that is assigned alone."""
        classes = self.compute_classes
        return next((key for key in sorted(classes) if pool in classes[key].priorities), None)

    def bucket_name(self, bucket: str) -> str:
        """The name of a bucket in Cloud Storage."""
        return self.buckets[bucket].existing_name or f"{self.projects.service}-{bucket}"

    def workload_access(self, bucket: str) -> dict[str, AccessTerms]:
        """Access of workloads to a bucket, by team."""
        return team_data.workloads(self.teams, bucket, self.buckets[bucket])

    def group_access(self, bucket: str) -> dict[str, AccessTerms]:
        """Access of people to a bucket, by group."""
        return team_data.people(self.teams, bucket, self.buckets[bucket])
