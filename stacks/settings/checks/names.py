"""Names that the program makes from keys: they fit what the cloud takes, and no two things get the same one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Problem


@dataclass(frozen=True)
class Made:
    """A name that is made from a key of a section, and how long it may be."""

    section: str
    form: str
    shortest: int
    longest: int


# Accounts: https://cloud.google.com/iam/docs/service-accounts-create
# Buckets: https://cloud.google.com/storage/docs/buckets#naming
# Firewall rules: https://cloud.google.com/compute/docs/naming-resources
MADE: Final = (
    Made("clusters", "gke-{key}-nodes", 6, 30),
    Made("clusters", "{network}-{key}-webhooks", 1, 63),
    Made("teams", "ml-{key}", 6, 30),
    Made("teams", "cd-{key}", 6, 30),
    Made("buckets", "{project}-{key}", 3, 63),
    Made("github.deployers", "ci-{key}", 6, 30),
)
LONGEST_ROUTER: Final = 63  # https://cloud.google.com/compute/docs/naming-resources

# A team's key is its namespace: these belong to Kubernetes, to GKE and its add-ons, and to what the platform installs.
TAKEN_NAMESPACES: Final = frozenset(
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
TAKEN_PREFIXES: Final = ("asm-", "config-management-", "gke-", "gmp-", "istio-", "knative-", "kube-")
# And its account is ml-<key>, as that of the pipelines is.
TAKEN_ACCOUNT: Final = "pipelines"
TAKEN_POOLS: Final = {
    "any": "stands for every pool that no mount names",
    "cpu": "is what the queue calls machines without a GPU",
    "system": "is the CPU pool that every cluster has",
}


def check(draft: Draft) -> Iterator[Problem]:
    """Every name that does not fit, told at the key that it is made from."""
    for section in dict.fromkeys(made.section for made in MADE):
        for key in draft.well_formed(section):
            if section != "buckets" or _is_made(draft, key):
                yield from _lengths(draft, section, key)
    yield from _routers(draft)
    yield from taken(draft)


def _is_made(draft: Draft, bucket: str) -> bool:
    """Whether the stack makes the bucket; one that another stack owns has a name of its own."""
    entry = draft.buckets.get(bucket)
    return entry is not None and entry.existing_name is None


def _lengths(draft: Draft, section: str, key: str) -> Iterator[Problem]:
    """The first name that does not fit: a shorter key mends the others too."""
    parts = {"key": key, "network": draft.network_name, "project": draft.service_project}
    for made in MADE:
        if made.section != section or any(f"{{{part}}}" in made.form and not parts[part] for part in parts):
            continue
        full = made.form.format(**parts)
        if not made.shortest <= len(full) <= made.longest:
            yield draft.problem(
                (section, key),
                f"{full!r}, which is made from this key, has {len(full)} characters",
                f"between {made.shortest} and {made.longest}",
            )
            return


def _routers(draft: Draft) -> Iterator[Problem]:
    regions = sorted({subnet.region for subnet in draft.subnets.values()}, key=len)
    if draft.network_name is None or not regions:
        return
    full = f"{draft.network_name}-{regions[-1]}"
    if len(full) > LONGEST_ROUTER:
        yield draft.problem(
            ("network", "name"),
            f"{full!r}, which is made from this name and a subnet's region, has {len(full)} characters",
            f"at most {LONGEST_ROUTER}",
        )


def taken(draft: Draft) -> Iterator[Problem]:
    """Every key that names what is somebody else's, in whatever cluster."""
    for key in draft.well_formed("teams"):
        if key in TAKEN_NAMESPACES or key.startswith(TAKEN_PREFIXES):
            yield draft.problem(("teams", key), f"{key!r} is a namespace that is taken", "a key is a namespace")
        elif key == draft.owner:
            yield draft.problem(
                ("teams", key), f"{key!r} is who owns what no team owns", "another key: each of the two has a budget"
            )
        elif key == TAKEN_ACCOUNT:
            yield draft.problem(("teams", key), f"the account 'ml-{key}' is that of the pipelines", "another key")
    for key in draft.well_formed("gpu_pools"):
        if key in TAKEN_POOLS:
            yield draft.problem(("gpu_pools", key), f"{key!r} {TAKEN_POOLS[key]}", "another key")
