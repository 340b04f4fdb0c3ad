"""Faults in the mesh settings of services."""

from __future__ import annotations

from typing import Any, Final

from tests.settings.samples import ABSENT, SECOND, TEAM, Wrong

SERVICES: Final = "teams.vision.services"
SERVICE: Final = f"{SERVICES}.parcels-predictor"
FAULT: Final = f"{SERVICE}.fault"
END: Final = {"until": "2026-12-18", "reason": "what callers do"}
RATE: Final = {"requests_per_second": 10, "burst": 20}


def _service(**fields: Any) -> dict[str, Any]:
    return {"selector": {"app": "other"}, "port": 80, **fields}


MESH: Final = {
    # The service
    "service with an empty selector": Wrong(f"{SERVICE}.selector", {}, "is empty", "at least 1"),
    "service without a port": Wrong(f"{SERVICE}.port", ABSENT, "is missing", "TCP port on which its pods listen"),
    "service with a name in capitals": Wrong(
        f"{SERVICES}.Parcels",
        _service(),
        "'Parcels' is not valid",
        "the name of a resource: lower case, digits, hyphens, at most 63, such as ml-eu",
        f"{SERVICES}.Parcels",
    ),
    "service with a timeout of 0": Wrong(f"{SERVICE}.timeout_seconds", 0, "0 is out of range", "at least 1"),
    # Callers
    "unknown caller": Wrong(
        f"{SERVICE}.callers",
        ["forecastin"],
        "no entry 'forecastin' in teams",
        "did you mean forecasting?",
        f"{SERVICE}.callers[0]",
    ),
    "duplicate caller": Wrong(
        f"{SERVICE}.callers",
        ["forecasting", "forecasting"],
        "duplicate 'forecasting'",
        "list it once",
        f"{SERVICE}.callers[1]",
    ),
    "caller that is the team": Wrong(
        f"{SERVICE}.callers",
        ["vision"],
        "'vision' is the team itself, whose pods may call it anyway",
        "omit it",
        f"{SERVICE}.callers[0]",
    ),
    "caller in another cluster": Wrong(
        "teams.planning",
        {
            **{key: value for key, value in TEAM.items() if key != "services"},
            "clusters": ["green"],
            "quota": {"cpu": 1, "memory_gib": 1},
        },
        "team 'planning' is in no cluster of team 'vision', and the mesh does not connect clusters",
        "a team in main, or a service of the gateway",
        f"{SERVICE}.callers[0]",
        (("clusters.green", SECOND), (f"{SERVICE}.callers", ["planning"])),
    ),
    # Limits
    "burst below the rate": Wrong(
        f"{SERVICE}.rate_limit",
        {"requests_per_second": 10, "burst": 9},
        "9 is below requests_per_second, which could never be reached",
        "at least 10",
        f"{SERVICE}.rate_limit.burst",
    ),
    "two limits for one pod": Wrong(
        f"{SERVICES}.parcels-too",
        _service(selector={"app": "isvc.parcels-predictor"}, rate_limit=RATE),
        "its pods are also those of service 'parcels-predictor', which has a rate limit",
        "one rate limit for each pod",
        f"{SERVICES}.parcels-too.rate_limit",
        ((f"{SERVICE}.rate_limit", RATE),),
    ),
    # Faults
    "fault where fault injection is disabled": Wrong(
        "mesh",
        {"fault_injection": False},
        "fault injection is disabled",
        "omit it, or set groundwork:mesh.fault_injection: true",
        FAULT,
    ),
    "fault without mesh settings": Wrong(
        "mesh", {}, "fault injection is disabled", "omit it, or set groundwork:mesh.fault_injection: true", FAULT
    ),
    "fault without an end": Wrong(f"{FAULT}.until", ABSENT, "is missing", 'a day, in quotes, such as "2027-01-31"'),
    "fault without a reason": Wrong(
        f"{FAULT}.reason", ABSENT, "is missing", "one line of at most 256 characters, such as quarterly audit"
    ),
    "fault with an end that does not exist": Wrong(f"{FAULT}.until", "2026-02-30", "'2026-02-30' is not a valid date"),
    "fault without effect": Wrong(FAULT, END, "has no effect", "add abort_percent, or delay_percent and delay_ms"),
    "status without abort_percent": Wrong(
        FAULT,
        {**END, "http_status": 500},
        "has no effect without abort_percent",
        "add abort_percent",
        f"{FAULT}.http_status",
    ),
    "delay without delay_percent": Wrong(
        FAULT, {**END, "delay_ms": 5}, "has no effect without delay_percent", "add delay_percent", f"{FAULT}.delay_ms"
    ),
    "delay without delay_ms": Wrong(
        FAULT, {**END, "delay_percent": 5}, "has no effect without delay_ms", "add delay_ms", f"{FAULT}.delay_percent"
    ),
    "abort_percent of 0": Wrong(f"{FAULT}.abort_percent", 0, "0 is out of range", "at least 0.1"),
    # The mesh
    "webhook ports without the injector": Wrong(
        "network.webhook_ports",
        [443, 8082, 9443, 10250],
        "15017 is missing: the control plane could not inject Istio sidecars, and no pod would start",
        "add 15017",
    ),
    "webhook ports without Kueue's visibility API": Wrong(
        "network.webhook_ports",
        [443, 9443, 10250, 15017],
        "8082 is missing: the control plane could not serve Kueue's visibility API, and deleted "
        "namespaces would remain in state Terminating",
        "add 8082",
    ),
    "webhook ports without that of most webhooks": Wrong(
        "network.webhook_ports",
        [443, 8082, 10250, 15017],
        "9443 is missing: the control plane could not call the webhooks of Kueue, JobSet, "
        "Trainer, Spark and KServe, and no job would start",
        "add 9443",
    ),
    "webhook ports without cert-manager": Wrong(
        "network.webhook_ports",
        [443, 8082, 9443, 15017],
        "10250 is missing: the control plane could not call cert-manager's webhook, and no certificate would be issued",
        "add 10250",
    ),
    "unknown key of mesh": Wrong(
        "mesh",
        {"fault_injection": True, "experiment": True},
        "unknown key",
        "known here: fault_injection",
        "mesh.experiment",
    ),
}
