"""Faults in teams: members, clusters, quotas, data and workloads."""

from __future__ import annotations

from typing import Final

from stacks.settings.core.problems import PREFIX
from tests.settings.samples import ABSENT, SECOND, TEAM, Wrong

VIEWS: Final = {"email": "ml-audit@brightwater.example"}
BOTH: Final = (
    ("teams.forecasting.members", {"vision": "member"}),
    ("teams.forecasting.data", {"models": "write"}),
    ("mounts.forecasting-curated", ABSENT),
    ("mounts.forecasting-features", ABSENT),
)

# Roles on the project that give access to data of every team, or that lead to such access.
ACROSS_TEAMS: Final = (
    "bigquery.admin", "bigquery.dataEditor", "bigquery.dataOwner", "bigquery.dataViewer", "compute.admin",
    "compute.instanceAdmin", "compute.instanceAdmin.v1", "compute.osAdminLogin", "container.admin",
    "container.developer", "container.viewer", "iam.securityAdmin", "iam.serviceAccountAdmin",
    "iam.serviceAccountKeyAdmin", "iam.serviceAccountTokenCreator", "iam.serviceAccountUser",
    "iam.workloadIdentityUser", "logging.admin", "logging.privateLogViewer", "logging.viewAccessor", "logging.viewer",
    "resourcemanager.projectIamAdmin", "secretmanager.admin", "secretmanager.secretAccessor", "storage.admin",
    "storage.objectAdmin", "storage.objectUser", "storage.objectViewer",
)  # fmt: skip


def _across_teams(role: str) -> Wrong:
    """A group of one team with such a role, next to one that it may have."""
    return Wrong(
        "groups.vision.project_roles",
        ["roles/container.clusterViewer", role],
        f"{role} gives group 'vision', a member of team 'vision', access to data of every other team",
        "remove it from the group, or the group from groundwork:teams.vision.members",
        at="groups.vision.project_roles[1]",
    )


TEAMS: Final = {
    # Members
    "former key of members": Wrong(
        "teams.vision.group",
        "vision",
        "group was renamed to members",
        "write members: {vision: member}",
    ),
    "former key of members and no other": Wrong(
        "teams.vision.group",
        "vision",
        "group was renamed to members",
        "write members: {vision: member}",
        also=(("teams.vision.members", ABSENT),),
    ),
    "team without members": Wrong("teams.vision.members", {}, "is empty", "at least 1"),
    "unknown group of a team": Wrong(
        "teams.vision.members",
        {"visoin": "member"},
        "no entry 'visoin' in groups",
        "did you mean vision?",
        at="teams.vision.members.visoin",
    ),
    "team with a group's address in place of its key": Wrong(
        "teams.vision.members",
        {"ml-vision@brightwater.example": "member"},
        "'ml-vision@brightwater.example' is not valid",
        f"a key of {PREFIX}groups, whose entry has the address",
        at="teams.vision.members.ml-vision@brightwater.example",
    ),
    "group that is a list": Wrong("teams.vision.members", ["vision"], "expected a map of keys, found a list"),
    "unknown membership": Wrong(
        "teams.vision.members.vision", "owner", "'owner' is not a choice", "one of 'viewer', 'member' or 'admin'"
    ),
    "group without an address": Wrong(
        "groups.vision.email",
        "vision",
        "'vision' is not valid",
        "the e-mail address of a group, such as ml@acme.example",
    ),
    "group with a service account": Wrong(
        "groups.vision.email",
        "x@acme.iam.gserviceaccount.com",
        "'x@acme.iam.gserviceaccount.com' is a service account; use the address of a group of people",
    ),
    "group with the address of a person": Wrong(
        "groups.vision.email",
        "jo@gmail.com",
        "'jo@gmail.com' is the address of a person; use the address of a group of the organization",
    ),
    "group of another domain": Wrong(
        "groups.vision.email",
        "ml-vision@example.org",
        "GKE does not find 'ml-vision@example.org': it looks up groups of brightwater.example only",
        f"a group of brightwater.example, or another {PREFIX}security.groups",
    ),
    "teams without a security group": Wrong(
        "security.groups",
        ABSENT,
        "is missing: without it no cluster can look up the members of a team",
        "gke-security-groups@<domain>, whose members are the groups of the teams",
    ),
    **{f"group with {role}": _across_teams(f"roles/{role}") for role in ACROSS_TEAMS},
    # Namespace
    "team in a namespace of Istio": Wrong(
        "teams.istio-system", TEAM, "namespace 'istio-system' is reserved", "another key: it is the team's namespace"
    ),
    "team in a namespace of GKE": Wrong(
        "teams.gke-managed", TEAM, "namespace 'gke-managed' is reserved", "another key: it is the team's namespace"
    ),
    "team in a namespace of managed Prometheus": Wrong(
        "teams.gmp-vision", TEAM, "namespace 'gmp-vision' is reserved", "another key: it is the team's namespace"
    ),
    "team with an underscore": Wrong(
        "teams.vision_b",
        TEAM,
        "'vision_b' is not valid",
        "lower-case letters, digits and hyphens, a letter first and no hyphen last, at most 40, such as training-a",
    ),
    "quota with a key misspelled": Wrong(
        "teams.vision.quota",
        {"cpus": 32, "memory_gib": 160, "gpus": {"a100": 1, "l4": 1}},
        "unknown key",
        "did you mean cpu?",
        "teams.vision.quota.cpus",
    ),
    "misspelled bucket of data that is mounted and served": Wrong(
        "teams.vision.data.modles",
        "write",
        "no entry 'modles' in buckets",
        "did you mean models?",
        also=(("teams.vision.data.models", ABSENT),),
    ),
    "caller on an unknown cluster": Wrong(
        "teams.forecasting.clusters",
        ["mian"],
        "no entry 'mian' in clusters",
        "did you mean main?",
        at="teams.forecasting.clusters[0]",
    ),
    "team with a misspelled egress destination": Wrong(
        "teams.vision.egress",
        ["pakages"],
        "no entry 'pakages' in network.egress.allow",
        "did you mean packages?",
        at="teams.vision.egress[0]",
    ),
    "pool in an unknown cluster": Wrong(
        "gpu_pools.a100.clusters",
        ["mian"],
        "no entry 'mian' in clusters",
        "did you mean main?",
        "gpu_pools.a100.clusters[0]",
    ),
    # Quotas and limits
    "quota of cores above a cluster": Wrong(
        "teams.vision.quota.cpu", 49, "49 cores exceed the maximum size of its cluster", "at most 48"
    ),
    "quota of memory above a cluster": Wrong(
        "teams.vision.quota.memory_gib", 300, "300 GiB exceed the maximum size of its cluster", "at most 229"
    ),
    "quota of cores above each cluster": Wrong(
        "teams.vision.quota.cpu",
        49,
        "49 cores exceed the maximum size of any of its clusters",
        "at most 48",
        also=(("clusters.second", SECOND), ("teams.vision.clusters", ["main", "second"])),
    ),
    "quota of cores above auto-provisioning": Wrong(
        "teams.vision.quota.cpu",
        101,
        "101 cores exceed the maximum size of its cluster",
        "at most 100",
        also=(
            (
                "clusters.main.autoprovisioning",
                {"cpu": 100, "memory_gib": 1000, "gpus": {"nvidia-l4": 10, "nvidia-tesla-a100": 10}},
            ),
        ),
    ),
    "default above max_cpu": Wrong(
        "teams.vision.limits",
        {"cpu_millis": 2001, "max_cpu": 2},
        "2001 is above max_cpu",
        "at most 2000",
        at="teams.vision.limits.cpu_millis",
    ),
    "default above max_memory_gib": Wrong(
        "teams.vision.limits",
        {"memory_mib": 2049, "max_memory_gib": 2},
        "2049 is above max_memory_gib",
        "at most 2048",
        at="teams.vision.limits.memory_mib",
    ),
    "max_cpu above the quota": Wrong(
        "teams.vision.limits",
        {"max_cpu": 33},
        "33 is above the team's quota",
        "at most 32",
        "teams.vision.limits.max_cpu",
    ),
    "max_memory_gib above the quota": Wrong(
        "teams.vision.limits",
        {"max_memory_gib": 161},
        "161 is above the team's quota",
        "at most 160",
        "teams.vision.limits.max_memory_gib",
    ),
    "max_memory_gib below the driver": Wrong(
        "teams.vision.limits",
        {"max_memory_gib": 1},
        "the driver's container of a pod with the team's mounts requests 2918 MiB",
        "at least 3, or smaller caches",
        "teams.vision.limits.max_memory_gib",
        also=(("mounts.vision-models.stat_cache_mib", 2048),),
    ),
    "default above the quota": Wrong(
        "teams.vision.limits",
        {"cpu_millis": 32_001},
        "the default request of a container exceeds the team's quota of 32000",
        "at most 32000",
        at="teams.vision.limits.cpu_millis",
    ),
    "default of memory above the quota": Wrong(
        "teams.vision.limits",
        {"memory_mib": 163_841},
        "the default request of a container exceeds the team's quota of 163840",
        "at most 163840",
        at="teams.vision.limits.memory_mib",
    ),
    # Data
    "data of an unknown bucket": Wrong(
        "teams.vision.data.model", "read", "no entry 'model' in buckets", "did you mean models?"
    ),
    "data with unknown access": Wrong(
        "teams.vision.data.scratch", "own", "'own' is not a choice", "one of 'read' or 'write'"
    ),
    "data with a key misspelled": Wrong(
        "teams.vision.data.scratch",
        {"access": "read", "mounts": False},
        "unknown key",
        "did you mean mount?",
        at="teams.vision.data.scratch.mounts",
    ),
    "data that ends without a reason": Wrong(
        "teams.vision.data.scratch",
        {"access": "read", "until": "2027-01-31"},
        "is missing",
        "a grant that ends needs a reason",
        at="teams.vision.data.scratch.reason",
    ),
    "data granted by team and bucket": Wrong(
        "buckets.scratch.workloads",
        {"vision": "read"},
        f"{PREFIX}buckets.scratch.workloads.vision grants it too",
        "remove one of the two",
        at="teams.vision.data.scratch",
    ),
    "data granted to people by team and bucket": Wrong(
        "buckets.scratch.groups",
        {"vision": "read"},
        "groundwork:buckets.scratch.groups.vision also grants group 'vision' access",
        "remove one of the two, or set people: none",
        at="teams.vision.data.scratch",
    ),
    "sensitive data for people": Wrong(
        "teams.forecasting.data.customer-addresses",
        {"access": "read", "people": "read"},
        "a team's grant on sensitive data is for its workloads only",
        "omit it; groundwork:buckets.customer-addresses.groups can grant access to a group",
        at="teams.forecasting.data.customer-addresses.people",
    ),
    "data of a group of two teams": Wrong(
        "teams.vision.data.models",
        {"access": "read", "until": "2027-01-31", "reason": "trial"},
        "group 'vision' has read access until 2027-01-31 here, and write access indefinitely as "
        "part of team 'forecasting'",
        "people: none in one of them, and groundwork:buckets.models.groups.vision",
        also=(*BOTH, ("mounts.vision-models", ABSENT)),
    ),
    "data of the second group of a team": Wrong(
        "teams.vision.data.models",
        {"access": "read", "until": "2027-01-31", "reason": "trial"},
        "group 'vision-leads' has read access until 2027-01-31 here, and write access indefinitely as "
        "part of team 'forecasting'",
        "people: none in one of them, and groundwork:buckets.models.groups.vision-leads",
        also=(
            *BOTH,
            ("teams.forecasting.members", {"vision-leads": "member"}),
            ("mounts.vision-models", ABSENT),
        ),
    ),
    "claim with the name of a mount's claim": Wrong(
        "mounts.scratch",
        {"team": "vision", "bucket": "models"},
        "mount 'scratch', of another bucket, already has the claim 'scratch' of team 'vision'",
        "mount: false, or another key for the other one",
        at="teams.vision.data.scratch",
    ),
    "claim with the name of a file share's claim": Wrong(
        "file_shares.scratch",
        {
            "team": "vision",
            "data_class": "scratch",
            "tier": "ZONAL",
            "location": "europe-west4-a",
            "capacity_gib": 1024,
            "teams": ["vision"],
        },
        "file share 'scratch' already has the claim 'scratch' of team 'vision'",
        "mount: false, or another key for the other one",
        at="teams.vision.data.scratch",
    ),
    "bucket of a deleted team": Wrong(
        "buckets.scratch.team",
        "routing",
        "no entry 'routing' in teams",
        "known here: forecasting, vision; data of a deleted team needs another owner: runbooks/remove-a-team.md",
    ),
    # Workloads
    "models in a bucket without access": Wrong(
        "teams.vision.models.bucket",
        "route-features",
        "workloads of team 'vision' have no access to bucket 'route-features', which its endpoints read",
        f"set {PREFIX}teams.vision.data.route-features: read",
    ),
    "models in an unknown bucket": Wrong(
        "teams.vision.models.bucket", "model", "no entry 'model' in buckets", "did you mean models?"
    ),
    "notebooks without max": Wrong(
        "teams.vision.notebooks", {}, "is missing", "maximum number of servers", at="teams.vision.notebooks.max"
    ),
    "repository without branch and environment": Wrong(
        "teams.vision.repository",
        {"name": "parcel-models"},
        "names neither of branch and environment",
        "set exactly one of the two",
    ),
    "repository with a long name": Wrong(
        "teams.vision.repository",
        {"name": "r" * 50, "branch": "b" * 50},
        "the subject of its tokens, repo:brightwater-logistics/rrrrrrrrrrrrr..., has 143 characters",
        "at most 127: a shorter branch or environment",
    ),
    "repository of a team with its organization": Wrong(
        "teams.vision.repository.name",
        "brightwater-logistics/parcel-models",
        "'brightwater-logistics/parcel-models' is not valid",
        "a repository's name without its organization, such as ml-platform",
    ),
    "repository without github": Wrong(
        "teams.vision.repository.branch",
        "main",
        "there is no section github",
        "add the section with the repository's organization",
        at="teams.vision.repository",
        also=(("github", ABSENT),),
    ),
    "repository that pushes to an unknown registry": Wrong(
        "teams.vision.repository.push[0]", "image", "no entry 'image' in registries", "did you mean images?"
    ),
    "repository that pushes to a remote registry": Wrong(
        "teams.vision.repository.push[0]",
        "docker-hub",
        "remote registry 'docker-hub' does not accept pushes",
        "a standard registry",
    ),
}
