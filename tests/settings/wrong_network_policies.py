"""Faults in exceptions of Pod Security and in egress of teams."""

from __future__ import annotations

from typing import Final

from stacks.settings.core.problems import PREFIX
from tests.settings.samples import ABSENT, SECOND, Wrong

POD_SECURITY: Final = "teams.vision.pod_security"
EXCEPTION: Final = {"level": "baseline", "reason": "an image that runs as root", "until": "2027-03-31"}
MPS: Final = {"strategy": "mps", "clients": 4}

NETWORK_POLICIES: Final = {
    # Exceptions from Pod Security
    "pod security exception of an unknown level": Wrong(
        POD_SECURITY,
        {**EXCEPTION, "level": "root"},
        "'root' is not a choice",
        "one of 'host-ipc', 'baseline' or 'privileged'",
        f"{POD_SECURITY}.level",
    ),
    "pod security exception without a reason": Wrong(
        POD_SECURITY,
        {"level": "host-ipc"},
        "is missing",
        "one line of at most 256 characters, such as quarterly audit",
        f"{POD_SECURITY}.reason",
    ),
    "pod security exception without an end": Wrong(
        POD_SECURITY,
        {"level": "baseline", "reason": "an image that runs as root"},
        "is missing",
        "the last day, in quotes, of baseline; only host-ipc may have no end",
        f"{POD_SECURITY}.until",
    ),
    "pod security exception with an invalid end date": Wrong(
        POD_SECURITY,
        {**EXCEPTION, "until": "2027-02-30"},
        "'2027-02-30' is not a valid date",
        at=f"{POD_SECURITY}.until",
    ),
    "pod security exception with a misspelled key": Wrong(
        POD_SECURITY,
        {**EXCEPTION, "untill": "2027-03-31"},
        "unknown key",
        "did you mean until?",
        f"{POD_SECURITY}.untill",
    ),
    "MPS for a restricted team": Wrong(
        "gpu_pools.a100.sharing",
        MPS,
        "pods on pool 'a100' share GPUs by MPS and set hostIPC, which the profile restricted refuses",
        f"{PREFIX}{POD_SECURITY}: {{level: host-ipc, reason: ...}}, or a pool that shares by time-sharing",
        "teams.vision.quota.gpus.a100",
    ),
    "MPS for a team with another exception": Wrong(
        "gpu_pools.a100.sharing",
        MPS,
        "pods on pool 'a100' share GPUs by MPS and set hostIPC, which the profile baseline refuses",
        "groundwork:teams.vision.pod_security: {level: host-ipc, reason: ...}, or a pool that shares by time-sharing",
        "teams.vision.quota.gpus.a100",
        ((POD_SECURITY, EXCEPTION),),
    ),
    # Egress
    "egress of a team to an empty destination": Wrong(
        "teams.vision.egress",
        ["pakages"],
        "no entry 'pakages' in network.egress.allow",
        "did you mean packages?",
        "teams.vision.egress[0]",
        (("network.egress.mode", "restricted"),),
    ),
    "duplicate egress of a team": Wrong(
        "teams.vision.egress",
        ["packages", "packages"],
        "duplicate 'packages'",
        "list it once",
        "teams.vision.egress[1]",
    ),
    "egress of a team as a map": Wrong(
        "teams.vision.egress",
        {"hosts": ["packages.brightwater.example"]},
        "expected a list, found a map",
        also=(("network.egress.mode", "restricted"),),
    ),
    "host names without fqdn_policies": Wrong(
        "clusters.main.fqdn_policies",
        ABSENT,
        "'packages' has host names, for which cluster 'main' has no network policies",
        "groundwork:clusters.main.fqdn_policies: true, which cannot be reverted without replacing it",
        "teams.vision.egress[0]",
    ),
    "teams with public google_apis": Wrong(
        "network.google_apis",
        "public",
        "pods of teams reach Google's APIs by private addresses only",
        "private, or restricted for a service perimeter",
    ),
    # Pipelines
    "pipelines for an unknown team": Wrong(
        "pipelines.teams",
        ["forcasting"],
        "no entry 'forcasting' in teams",
        "did you mean forecasting?",
        "pipelines.teams[0]",
    ),
    "pipelines in a cluster without their team": Wrong(
        "teams.forecasting.clusters",
        ["green"],
        "team 'forecasting' has no namespace in cluster 'main', where pipelines run",
        f"add main to {PREFIX}teams.forecasting.clusters",
        "pipelines.teams[0]",
        also=(
            ("clusters.green", SECOND),
            ("teams.forecasting.quota", {"cpu": 8, "memory_gib": 32}),
            ("teams.vision.services", {}),
        ),
    ),
}
