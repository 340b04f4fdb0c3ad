"""Names that the program makes from keys: the cloud accepts them, and none of them is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from stacks.settings.checks.context import AnyContext, CloudContext, known_values
from stacks.settings.core.problems import Place, Problem
from stacks.settings.core.query import KEYS, values_at
from stacks.settings.core.unknown import known_keys, until_unknown


@dataclass(frozen=True)
class MadeName:
    """A name that is made from a key of a section, and how long it may be."""

    section: Place
    make: Callable[[CloudContext, str], str]
    shortest: int
    longest: int


# Accounts: https://cloud.google.com/iam/docs/service-accounts-create
# Buckets: https://cloud.google.com/storage/docs/buckets#naming
# Firewall rules: https://cloud.google.com/compute/docs/naming-resources
MADE_NAMES: Final = (
    MadeName(("clusters",), lambda _, key: f"gke-{key}-nodes", 6, 30),
    MadeName(("clusters",), lambda context, key: f"{context.settings.network.name}-{key}-webhooks", 1, 63),
    MadeName(("teams",), lambda _, key: f"ml-{key}", 6, 30),
    MadeName(("teams",), lambda _, key: f"cd-{key}", 6, 30),
    MadeName(("buckets",), lambda context, key: f"{context.settings.projects.service}-{key}", 3, 63),
    MadeName(("github", "deployers"), lambda _, key: f"ci-{key}", 6, 30),
)
LONGEST_ROUTER: Final = 63  # https://cloud.google.com/compute/docs/naming-resources

# A team's key is its namespace: these belong to Kubernetes, to GKE and its add-ons, and to what the platform installs.
RESERVED_NAMESPACES: Final = frozenset(
    {
        "cert-manager",
        "default",
        "gateway",
        "kserve",
        "kubeflow",
        "kubeflow-system",
        "local-path-storage",  # kind's, on a laptop: https://kind.sigs.k8s.io
        "kueue-system",
        "notebook-controller-system",
        "resource-group-system",
        "spark-operator",
    }
)
RESERVED_PREFIXES: Final = ("asm-", "config-management-", "gke-", "gmp-", "istio-", "knative-", "kube-")
# A team's account is ml-<key>, and that of Kubeflow Pipelines is ml-pipelines.
RESERVED_ACCOUNT: Final = "pipelines"
RESERVED_POOLS: Final = {
    "any": "means every pool that no mount names",
    "cpu": "is the queue's name for machines without a GPU",
    "system": "is the CPU pool that every cluster has",
}


def lengths(context: CloudContext) -> Iterator[Problem]:
    """Every key whose names are too short or too long."""
    for section in dict.fromkeys(made.section for made in MADE_NAMES):
        for place, key in values_at(context.settings, (*section, KEYS)):
            # One problem for each key: a shorter key fixes the other names too.
            yield from [*until_unknown(_lengths(context, place, key))][:1]


def _lengths(context: CloudContext, place: Place, key: str) -> Iterator[Problem]:
    if place[0] == "buckets" and context.settings.buckets[key].existing_name is not None:
        return  # the bucket has another name already
    for made in MADE_NAMES:
        if made.section == place[:-1]:
            yield from until_unknown(_length(context, place, made, key))


def _length(context: CloudContext, place: Place, made: MadeName, key: str) -> Iterator[Problem]:
    if not made.shortest <= len(full := made.make(context, key)) <= made.longest:
        yield context.problem(
            place,
            f"{full!r}, which is made from this key, has {len(full)} characters",
            f"between {made.shortest} and {made.longest}",
        )


def routers(context: CloudContext) -> Iterator[Problem]:
    """A router whose name, made from those of the network and a region, is too long."""
    regions = known_values(context.settings.network.subnets, lambda subnet: subnet.region)
    longest = max((region for _, region in regions), key=len, default="")
    full = f"{context.settings.network.name}-{longest}"
    if len(full) > LONGEST_ROUTER:
        yield context.problem(
            ("network", "name"),
            f"{full!r}, which is made from this name and a subnet's region, has {len(full)} characters",
            f"at most {LONGEST_ROUTER}",
        )


def teams(context: AnyContext) -> Iterator[Problem]:
    """Keys of teams that belong to something else."""
    for key in known_keys(context.settings.teams):
        here = ("teams", key)
        if key in RESERVED_NAMESPACES or key.startswith(RESERVED_PREFIXES):
            yield context.problem(here, f"namespace {key!r} is reserved", "another key: it is the team's namespace")
        elif key == RESERVED_ACCOUNT:
            yield context.problem(here, f"the account 'ml-{key}' is that of Kubeflow Pipelines", "another key")


def owner(context: AnyContext) -> Iterator[Problem]:
    """A team with the key of the owner of everything without a team."""
    platform = context.settings.ownership.team
    if platform in known_keys(context.settings.teams):
        yield context.problem(
            ("teams", platform),
            f"{platform!r} is the owner of everything without a team",
            "another key: each of the two has a budget",
        )


def gpu_pools(context: AnyContext) -> Iterator[Problem]:
    """Keys of GPU pools that mean another pool."""
    for key in known_keys(context.settings.gpu_pools):
        if key in RESERVED_POOLS:
            yield context.problem(("gpu_pools", key), f"{key!r} {RESERVED_POOLS[key]}", "another key")
