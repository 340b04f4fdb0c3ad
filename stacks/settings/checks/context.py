"""The valid part of settings: what checks of more than one value look at, so that no mistake hides another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import one
from stacks.settings.core.types import Key, LabelValue, ProjectId
from stacks.settings.model.buckets import Bucket
from stacks.settings.model.clusters import Cluster
from stacks.settings.model.egress import Destinations
from stacks.settings.model.file_shares import FileShare
from stacks.settings.model.gpu_pools import ComputeClass, GpuPool
from stacks.settings.model.identity import Deployer
from stacks.settings.model.mounts import Mount
from stacks.settings.model.network import Subnet
from stacks.settings.model.operations import Pipelines, Recovery
from stacks.settings.model.registries import Registry
from stacks.settings.model.residency import Residency
from stacks.settings.model.secrets import Secret
from stacks.settings.model.teams import Group, Ownership, Team
from stacks.settings.model.warehouses import Warehouse

Entry = TypeVar("Entry", bound=BaseModel)

OPTIONAL: Final = frozenset(
    {"gpu_pools", "compute_classes", "buckets", "mounts", "file_shares", "warehouses", "registries", "secrets"}
)

KEY: Final[TypeAdapter[str]] = TypeAdapter(Key)
ANY: Final[TypeAdapter[Any]] = TypeAdapter(Any)


@dataclass(frozen=True)
class Draft:
    """Valid entries as models, and for every map the keys that the file has, whether their entries are valid or not.

    `keys` lacks a section that is no map: what refers to its entries cannot be judged.
    """

    file: str
    keys: Mapping[str, frozenset[str]]
    owner: str | None
    service_project: str | None
    network_name: str | None
    destinations: Mapping[str, Destinations]
    subnets: Mapping[str, Subnet]
    groups: Mapping[str, Group]
    teams: Mapping[str, Team]
    clusters: Mapping[str, Cluster]
    gpu_pools: Mapping[str, GpuPool]
    compute_classes: Mapping[str, ComputeClass]
    buckets: Mapping[str, Bucket]
    mounts: Mapping[str, Mount]
    encrypts: bool  # whether the stack has keys of its own
    residency: Residency | None
    file_shares: Mapping[str, FileShare]
    warehouses: Mapping[str, Warehouse]
    registries: Mapping[str, Registry]
    secrets: Mapping[str, Secret]
    deployers: Mapping[str, Deployer]
    recovery: Recovery | None
    pipelines: Pipelines | None

    def problem(self, loc: Place, message: str, hint: str = "") -> Problem:
        """A problem at a location of this file."""
        return Problem(self.file, key_path(loc), message, hint)

    def lacks(self, section: str, key: str) -> bool:
        """Whether `section` certainly has no entry `key`."""
        return section in self.keys and key not in self.keys[section]

    def lost(self, entry: Team | GpuPool) -> bool:
        """Whether one of its clusters is not there: that is told, and nobody knows which one is meant."""
        return any(self.lacks("clusters", cluster) for cluster in entry.clusters)

    def may_have(self, team: Team) -> bool:
        """Whether a team names data that is not there: that is told, and nobody knows which bucket is meant."""
        return any(self.lacks("buckets", key) for key in team.data)

    def class_of(self, pool: str) -> str | None:
        """The first compute class of which a pool is a rung."""
        return next((key for key, ladder in sorted(self.compute_classes.items()) if pool in ladder.priorities), None)

    def well_formed(self, section: str) -> list[str]:
        """The keys of a section that are keys; of the others the wrong shape is told."""
        return sorted(key for key in self.keys.get(section, ()) if one(key, (), KEY) is not None)


def draft_of(values: Mapping[str, Any], file: str) -> Draft:
    """What of the settings is valid by itself, section by section and entry by entry."""
    keys: dict[str, frozenset[str]] = {}

    def entries(name: str, model: type[Entry], section: object) -> dict[str, Entry]:
        if not isinstance(section, Mapping):
            return {}
        keys[name] = frozenset(str(key) for key in section)
        valid = {str(key): _valid(model, entry) for key, entry in section.items()}
        return {key: entry for key, entry in valid.items() if entry is not None}

    def top(name: str) -> object:
        return values.get(name, {} if name in OPTIONAL else None)

    network = values.get("network")
    known: Mapping[str, Any] = network if isinstance(network, Mapping) else {}
    ownership = values.get("ownership")
    owned: Mapping[str, Any] = ownership if isinstance(ownership, Mapping) else {}
    github = values.get("github")
    return Draft(
        file=file,
        keys=keys,
        # Where nothing is said, the platform's own name is what the model says.
        owner=one({"team": Ownership.model_fields["team"].default, **owned}, ("team",), TypeAdapter(LabelValue)),
        service_project=one(values, ("projects", "service"), TypeAdapter(ProjectId)),
        network_name=one(network, ("name",), KEY),
        destinations=entries("network.egress.allow", Destinations, _allowed(network)),
        # Where not one entry is there, that is told, and not that each reference misses its own.
        subnets=entries("network.subnets", Subnet, known.get("subnets") or None),
        groups=entries("groups", Group, top("groups") or None),
        teams=entries("teams", Team, top("teams")),
        clusters=entries("clusters", Cluster, top("clusters")),
        gpu_pools=entries("gpu_pools", GpuPool, top("gpu_pools")),
        compute_classes=entries("compute_classes", ComputeClass, top("compute_classes")),
        buckets=entries("buckets", Bucket, top("buckets")),
        mounts=entries("mounts", Mount, top("mounts")),
        encrypts=isinstance(values.get("encryption"), Mapping),
        residency=_valid(Residency, values.get("residency")),
        file_shares=entries("file_shares", FileShare, top("file_shares")),
        warehouses=entries("warehouses", Warehouse, top("warehouses")),
        registries=entries("registries", Registry, top("registries")),
        secrets=entries("secrets", Secret, top("secrets")),
        # Without the section there is no deployer; a section of another form may mean any.
        deployers=entries("github.deployers", Deployer, {} if github is None else one(github, ("deployers",), ANY)),
        recovery=_valid(Recovery, values.get("recovery")),
        pipelines=_valid(Pipelines, values.get("pipelines")),
    )


def _allowed(network: object) -> object:
    """What may be reached outside. Without the section that is nothing; a section of another form may mean any."""
    egress = network.get("egress", {}) if isinstance(network, Mapping) and network else None
    return egress.get("allow", {}) if isinstance(egress, Mapping) else None


def _valid(model: type[Entry], value: object) -> Entry | None:
    """The value as the model, or None where it is not one."""
    try:
        return model.model_validate(value)
    except ValidationError:
        return None
