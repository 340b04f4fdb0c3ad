"""Mistakes in what a team is: its people, its place, its data, its limits and what it runs."""

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

TEAMS: Final = {
    # Who belongs to it
    "team of one group, as before": Wrong(
        "teams.vision.group",
        "vision",
        "group became members: {vision: member}",
        "write members, what each group may do, instead",
    ),
    "team of a group alone, as before": Wrong(
        "teams.vision.group",
        "vision",
        "group became members: {vision: member}",
        "write members, what each group may do, instead",
        also=(("teams.vision.members", ABSENT),),
    ),
    "team of nobody": Wrong("teams.vision.members", {}, "is empty", "needs at least 1"),
    "group of team": Wrong(
        "teams.vision.members",
        {"visoin": "member"},
        "no entry 'visoin' in groups",
        "did you mean vision?",
        at="teams.vision.members.visoin",
    ),
    "group by its address": Wrong(
        "teams.vision.members",
        {"ml-vision@brightwater.example": "member"},
        "'ml-vision@brightwater.example' has the wrong shape",
        f"a key of {PREFIX}groups, whose entry has the address",
        at="teams.vision.members.ml-vision@brightwater.example",
    ),
    "group that is a list": Wrong("teams.vision.members", ["vision"], "expected a map of keys, found a list"),
    "group that does nothing known": Wrong(
        "teams.vision.members.vision", "owner", "'owner' is not a choice", "one of 'viewer', 'member' or 'admin'"
    ),
    "group that is no address": Wrong(
        "groups.vision.email", "vision", "'vision' has the wrong shape", "the e-mail address of a group"
    ),
    "group that is a program": Wrong(
        "groups.vision.email", "x@acme.iam.gserviceaccount.com", "is the account of a program; a group of people"
    ),
    "group that is one person": Wrong("groups.vision.email", "jo@gmail.com", "is the address of one person"),
    "group of another domain": Wrong(
        "groups.vision.email",
        "ml-vision@example.org",
        "'ml-vision@example.org' is in no team: clusters ask for groups of brightwater.example only",
        f"a group of brightwater.example, or another {PREFIX}security.groups",
    ),
    "groups that no cluster knows": Wrong(
        "security.groups",
        ABSENT,
        "is missing: without it no cluster knows who belongs to a team",
        "gke-security-groups@<domain>",
    ),
    "group that sees through walls": Wrong(
        "groups.vision.project_roles",
        ["roles/container.clusterViewer", "roles/container.viewer"],
        "roles/container.viewer shows group 'vision', a member of team 'vision', what every other team has",
        f"take it from the group, or the group out of {PREFIX}teams.vision.members",
        at="groups.vision.project_roles[1]",
    ),
    "group that reads what every pod logs": Wrong(
        "groups.vision.project_roles",
        ["roles/logging.viewer"],
        "roles/logging.viewer shows group 'vision'",
        f"the group out of {PREFIX}teams.vision.members",
        at="groups.vision.project_roles[0]",
    ),
    "group that may be any team's account": Wrong(
        "groups.vision.project_roles",
        ["roles/iam.serviceAccountTokenCreator"],
        "roles/iam.serviceAccountTokenCreator shows group 'vision'",
        f"the group out of {PREFIX}teams.vision.members",
        at="groups.vision.project_roles[0]",
    ),
    "group that grants itself the rest": Wrong(
        "groups.vision.project_roles",
        ["roles/resourcemanager.projectIamAdmin"],
        "roles/resourcemanager.projectIamAdmin shows group 'vision'",
        f"the group out of {PREFIX}teams.vision.members",
        at="groups.vision.project_roles[0]",
    ),
    "group that is root on the machines": Wrong(
        "groups.vision.project_roles",
        ["roles/compute.osAdminLogin"],
        "roles/compute.osAdminLogin shows group 'vision'",
        f"the group out of {PREFIX}teams.vision.members",
        at="groups.vision.project_roles[0]",
    ),
    # Where it is
    "team in a namespace of Istio": Wrong("teams.istio-system", TEAM, "is a namespace that is taken", "a namespace"),
    "team in a namespace of GKE": Wrong("teams.gke-managed", TEAM, "is a namespace that is taken", "a namespace"),
    "team of the metrics": Wrong("teams.gmp-vision", TEAM, "is a namespace that is taken", "a key is a namespace"),
    "team with an underscore": Wrong("teams.vision_b", TEAM, "'vision_b' has the wrong shape", "lower-case letters"),
    "quota with a key misspelt": Wrong(
        "teams.vision.quota",
        {"cpus": 32, "memory_gib": 160},
        "unknown key",
        "did you mean cpu?",
        "teams.vision.quota.cpus",
    ),
    "data that is mounted and served, misspelt": Wrong(
        "teams.vision.data.modles",
        "write",
        "no entry 'modles' in buckets",
        "did you mean models?",
        also=(("teams.vision.data.models", ABSENT),),
    ),
    "caller on a cluster that is not there": Wrong(
        "teams.forecasting.clusters",
        ["mian"],
        "no entry 'mian' in clusters",
        "did you mean main?",
        at="teams.forecasting.clusters[0]",
    ),
    "team whose egress is misspelt": Wrong(
        "teams.vision.egress",
        ["pakages"],
        "no entry 'pakages' in network.egress.allow",
        "did you mean packages?",
        at="teams.vision.egress[0]",
    ),
    "pool in a cluster that is not there": Wrong(
        "gpu_pools.a100.clusters",
        ["mian"],
        "no entry 'mian' in clusters",
        "did you mean main?",
        "gpu_pools.a100.clusters[0]",
    ),
    # What it may use
    "cores that no pool has": Wrong(
        "teams.vision.quota.cpu", 49, "49 cores are more than the pools of its cluster can grow to", "at most 48"
    ),
    "memory that no pool has": Wrong(
        "teams.vision.quota.memory_gib", 300, "300 GiB are more than the pools of its cluster can", "at most 229"
    ),
    "cores that neither cluster has": Wrong(
        "teams.vision.quota.cpu",
        49,
        "49 cores are more than the pools of any of its clusters can grow to",
        "at most 48",
        also=(("clusters.second", SECOND), ("teams.vision.clusters", ["main", "second"])),
    ),
    "cores above what a cluster makes": Wrong(
        "teams.vision.quota.cpu",
        101,
        "101 cores are more than the pools of its cluster can grow to",
        "at most 100",
        also=(
            (
                "clusters.main.autoprovisioning",
                {"cpu": 100, "memory_gib": 1000, "gpus": {"nvidia-l4": 10, "nvidia-tesla-a100": 10}},
            ),
        ),
    ),
    "default above the largest": Wrong(
        "teams.vision.limits",
        {"cpu_millis": 2500, "max_cpu": 2},
        "2500 is above max_cpu",
        "at most 2000",
        at="teams.vision.limits.cpu_millis",
    ),
    "default memory above the largest": Wrong(
        "teams.vision.limits",
        {"memory_mib": 2049, "max_memory_gib": 2},
        "2049 is above max_memory_gib",
        "at most 2048",
        at="teams.vision.limits.memory_mib",
    ),
    "largest above the quota": Wrong(
        "teams.vision.limits",
        {"max_cpu": 33},
        "33 is above the team's quota",
        "at most 32",
        "teams.vision.limits.max_cpu",
    ),
    "largest memory above the quota": Wrong(
        "teams.vision.limits",
        {"max_memory_gib": 161},
        "161 is above the team's quota",
        "at most 160",
        "teams.vision.limits.max_memory_gib",
    ),
    "largest memory below what mounts need": Wrong(
        "teams.vision.limits",
        {"max_memory_gib": 1},
        "the driver's container of a pod with the team's mounts asks for",
        "or smaller caches",
        "teams.vision.limits.max_memory_gib",
        also=(("mounts.vision-models.stat_cache_mib", 2048),),
    ),
    "default above the quota": Wrong(
        "teams.vision.limits",
        {"cpu_millis": 32_001},
        "a container that asks for nothing would be above the team's quota of 32000",
        "at most 32000",
        at="teams.vision.limits.cpu_millis",
    ),
    # Data
    "data that is not there": Wrong(
        "teams.vision.data.model", "read", "no entry 'model' in buckets", "did you mean models?"
    ),
    "data to own": Wrong("teams.vision.data.scratch", "own", "'own' is not a choice", "one of 'read' or 'write'"),
    "data with a key misspelt": Wrong(
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
        "a grant that ends says why it was made",
        at="teams.vision.data.scratch.reason",
    ),
    "data granted twice": Wrong(
        "buckets.scratch.workloads",
        {"vision": "read"},
        f"{PREFIX}buckets.scratch.workloads.vision grants it too",
        "keep one of the two",
        at="teams.vision.data.scratch",
    ),
    "data granted to people twice": Wrong(
        "buckets.scratch.groups",
        {"vision": "read"},
        f"{PREFIX}buckets.scratch.groups.vision grants group 'vision' its part too",
        "keep one of the two, or set people: none",
        at="teams.vision.data.scratch",
    ),
    "sensitive data for people": Wrong(
        "teams.forecasting.data.customer-addresses",
        {"access": "read", "people": "read"},
        "people of a team have no part in its grants on sensitive data",
        f"leave it out; {PREFIX}buckets.customer-addresses.groups can let a group in",
        at="teams.forecasting.data.customer-addresses.people",
    ),
    "data of a group of two teams": Wrong(
        "teams.vision.data.models",
        {"access": "read", "until": "2027-01-31", "reason": "trial"},
        "group 'vision' has read access until 2027-01-31 here, and write access for ever as part of team 'forecasting'",
        f"people: none in one of them, and {PREFIX}buckets.models.groups.vision for what is meant",
        also=(*BOTH, ("mounts.vision-models", ABSENT)),
    ),
    "claim of a mount": Wrong(
        "mounts.scratch",
        {"team": "vision", "bucket": "models"},
        "mount 'scratch', of another bucket, has the claim 'scratch' of team 'vision' already",
        "mount: false, or another key for the other one",
        at="teams.vision.data.scratch",
    ),
    "claim of a share": Wrong(
        "file_shares.scratch",
        {
            "team": "vision",
            "data_class": "scratch",
            "tier": "ZONAL",
            "location": "europe-west4-a",
            "capacity_gib": 1024,
            "teams": ["vision"],
        },
        "file share 'scratch' has the claim 'scratch' of team 'vision' already",
        "mount: false, or another key for the other one",
        at="teams.vision.data.scratch",
    ),
    "bucket of a team that is gone": Wrong(
        "buckets.scratch.team",
        "routing",
        "no entry 'routing' in teams",
        "data of a team that is gone goes on: runbooks/remove-a-team.md",
    ),
    # What it runs
    "models that it cannot read": Wrong(
        "teams.vision.models.bucket",
        "route-features",
        "workloads of team 'vision' have no access to bucket 'route-features', and endpoints read it",
        f"set {PREFIX}teams.vision.data.route-features: read",
    ),
    "models that are not there": Wrong(
        "teams.vision.models.bucket", "model", "no entry 'model' in buckets", "did you mean models?"
    ),
    "notebooks without a number": Wrong(
        "teams.vision.notebooks", {}, "is missing", "servers that there may be", at="teams.vision.notebooks.max"
    ),
    "repository without jobs": Wrong(
        "teams.vision.repository",
        {"name": "parcel-models"},
        "names neither of branch and environment",
        "one of the two",
    ),
    "repository with a long name": Wrong(
        "teams.vision.repository",
        {"name": "r" * 50, "branch": "b" * 50},
        "which has 143 characters",
        "at most 127: a shorter branch or environment",
    ),
    "repository of a team with its organization": Wrong(
        "teams.vision.repository.name",
        "brightwater-logistics/parcel-models",
        "has the wrong shape",
        "a repository's name without its organization",
    ),
    "repository of no organization": Wrong(
        "teams.vision.repository.branch",
        "main",
        "there is no section github",
        "the organization in which the repository is",
        at="teams.vision.repository",
        also=(("github", ABSENT),),
    ),
    "repository that pushes nowhere": Wrong(
        "teams.vision.repository.push[0]", "image", "no entry 'image' in registries", "did you mean images?"
    ),
    "repository that pushes to a cache": Wrong(
        "teams.vision.repository.push[0]", "docker-hub", "'docker-hub' is remote: nobody pushes to it", "a standard"
    ),
}
