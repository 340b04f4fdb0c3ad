"""Services in the mesh whose values do not go together, or not with their environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from stacks.settings.checks.context import Draft
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, found, one
from stacks.settings.model.mesh import Fault, Mesh, RateLimit, TeamService

# https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio: injection
INJECTOR_PORT: Final = 15017

SERVICES: Final[Place] = ("teams", EVERY, "services", EVERY)
FAULT: Final[TypeAdapter[Fault]] = TypeAdapter(Fault)
RATE: Final[TypeAdapter[RateLimit]] = TypeAdapter(RateLimit)
SERVICE: Final[TypeAdapter[TeamService]] = TypeAdapter(TeamService)
MESH: Final[TypeAdapter[Mesh]] = TypeAdapter(Mesh)
PORTS: Final[TypeAdapter[list[int]]] = TypeAdapter(list[int])


def check(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Every such problem of a stack in the cloud, told at one key."""
    yield from _ports(values, draft)
    yield from services(values, draft, beyond=", or a service of the gateway")


def services(values: Mapping[str, Any], draft: Draft, beyond: str = "") -> Iterator[Problem]:
    """Every such problem of services; `beyond` says how callers reach a service from outside of its clusters."""
    # Of a section that is wrong, the section is told.
    mesh = one({"mesh": {}, **values}, ("mesh",), MESH)
    for loc, fault in found(values, (*SERVICES, "fault"), FAULT):
        if mesh is not None and not mesh.fault_injection:
            yield draft.problem(
                loc,
                "nothing fails on purpose in this environment",
                f"leave it out, or set {key_path(('mesh', 'fault_injection'))}: true",
            )
        for place, message, hint in _fault(fault):
            yield draft.problem((*loc, *place), message, hint)
    for loc, rate in found(values, (*SERVICES, "rate_limit"), RATE):
        if rate.burst < rate.requests_per_second:
            yield draft.problem(
                (*loc, "burst"),
                f"{rate.burst} is below requests_per_second, which could never be reached",
                f"at least {rate.requests_per_second}",
            )
    for loc, service in found(values, SERVICES, SERVICE):
        yield from _callers(draft, loc, service, beyond)
    yield from _same_pods(values, draft)


def _ports(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    ports = one(values, ("network", "webhook_ports"), PORTS)
    if ports and INJECTOR_PORT not in ports and len(ports) == len(set(ports)):
        yield draft.problem(
            ("network", "webhook_ports"),
            f"{INJECTOR_PORT} is not there, so the control plane cannot give pods their proxies, and none would start",
            f"add {INJECTOR_PORT}",
        )


def _fault(fault: Fault) -> Iterator[tuple[Place, str, str]]:
    set_by_hand = fault.model_fields_set
    if fault.abort_percent is None and "http_status" in set_by_hand:
        yield ("http_status",), "has no effect: no request fails", "add abort_percent"
    elif (fault.delay_percent is None) != (fault.delay_ms is None):
        given, missing = ("delay_ms", "delay_percent")[:: 1 if fault.delay_percent is None else -1]
        yield (given,), f"has no effect without {missing}", f"add {missing}"
    elif fault.abort_percent is None and fault.delay_percent is None:
        yield (), "does nothing", "add abort_percent, or delay_percent and delay_ms"


def _callers(draft: Draft, loc: Place, service: TeamService, beyond: str) -> Iterator[Problem]:
    own = str(loc[1])
    team = draft.teams.get(own)
    for index, caller in enumerate(service.callers):
        here = (*loc, "callers", index)
        other = draft.teams.get(caller)
        if caller == own:
            yield draft.problem(here, f"{caller!r} is the team itself, whose pods may call it anyway", "leave it out")
        elif team is None or other is None or draft.lost(team) or draft.lost(other):
            continue  # one of them has a problem already
        elif not set(team.clusters) & set(other.clusters):
            yield draft.problem(
                here,
                f"team {caller!r} is in no cluster of team {own!r}, and the mesh ends with a cluster",
                f"a team in {' or '.join(team.clusters)}{beyond}",
            )


def _same_pods(values: Mapping[str, Any], draft: Draft) -> Iterator[Problem]:
    """Two limits for one pod: which of them holds would be an accident."""
    first: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
    for loc, service in sorted(found(values, SERVICES, SERVICE), key=lambda one_: str(one_[0])):
        if service.rate_limit is None:
            continue
        pods = str(loc[1]), frozenset(service.selector.items())
        if (other := first.setdefault(pods, str(loc[3]))) != loc[3]:
            yield draft.problem(
                (*loc, "rate_limit"),
                f"its pods are those of service {other!r}, which limits them too",
                "one limit a pod",
            )
