"""Services in the mesh whose values exclude each other, or the settings of the mesh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks.settings.checks.context import AnyContext, repeated
from stacks.settings.core.problems import Place, Problem, key_path
from stacks.settings.core.query import EVERY, values_at
from stacks.settings.core.unknown import known_items, until_unknown
from stacks.settings.model.cloud import Settings
from stacks.settings.model.mesh import Fault, RateLimit, TeamService

SERVICES: Final[Place] = ("teams", EVERY, "services", EVERY)


def faults(context: AnyContext) -> Iterator[Problem]:
    """Every problem of the faults that are injected into a service."""
    for place, fault in values_at(context.settings, (*SERVICES, "fault")):
        for part in (_allowed, _status, _delay, _empty):
            yield from until_unknown(part(context, place, fault))


def rate_limits(context: AnyContext) -> Iterator[Problem]:
    """Rate limits that could never be reached."""
    for place, limit in values_at(context.settings, (*SERVICES, "rate_limit")):
        yield from until_unknown(_burst(context, place, limit))


def callers(context: AnyContext) -> Iterator[Problem]:
    """Callers that are the team itself, or that are in none of its clusters."""
    for place, service in values_at(context.settings, SERVICES):
        yield from until_unknown(_callers(context, place, service))


def shared_limits(context: AnyContext) -> Iterator[Problem]:
    """Two rate limits for one pod, of which only one can hold."""
    services = sorted(values_at(context.settings, SERVICES), key=lambda item: str(item[0]))
    for place, _, other in repeated(selector for item in services for selector in until_unknown(_limited(*item))):
        yield context.problem(
            (*place, "rate_limit"),
            f"its pods are also those of service {str(other[3])!r}, which has a rate limit",
            "one rate limit for each pod",
        )


def _limited(place: Place, service: TeamService) -> Iterator[tuple[Place, tuple[str, frozenset[tuple[str, str]]]]]:
    """A service with a rate limit, and the team and selector that name its pods."""
    if service.rate_limit is not None:
        yield place, (str(place[1]), frozenset(service.selector.items()))


def _allowed(context: AnyContext, here: Place, _: Fault) -> Iterator[Problem]:
    if not context.settings.mesh.fault_injection:
        yield context.problem(
            here, "fault injection is disabled", f"omit it, or set {key_path(('mesh', 'fault_injection'))}: true"
        )


def _status(context: AnyContext, here: Place, fault: Fault) -> Iterator[Problem]:
    if fault.abort_percent is None and "http_status" in fault.model_fields_set:
        yield context.problem((*here, "http_status"), "has no effect without abort_percent", "add abort_percent")


def _delay(context: AnyContext, here: Place, fault: Fault) -> Iterator[Problem]:
    if fault.delay_percent is None and fault.delay_ms is not None:
        yield context.problem((*here, "delay_ms"), "has no effect without delay_percent", "add delay_percent")
    elif fault.delay_percent is not None and fault.delay_ms is None:
        yield context.problem((*here, "delay_percent"), "has no effect without delay_ms", "add delay_ms")


def _empty(context: AnyContext, here: Place, fault: Fault) -> Iterator[Problem]:
    if (
        fault.abort_percent is fault.delay_percent is fault.delay_ms is None
        and "http_status" not in fault.model_fields_set
    ):
        yield context.problem(here, "has no effect", "add abort_percent, or delay_percent and delay_ms")


def _burst(context: AnyContext, here: Place, limit: RateLimit) -> Iterator[Problem]:
    if limit.burst < limit.requests_per_second:
        yield context.problem(
            (*here, "burst"),
            f"{limit.burst} is below requests_per_second, which could never be reached",
            f"at least {limit.requests_per_second}",
        )


def _callers(context: AnyContext, here: Place, service: TeamService) -> Iterator[Problem]:
    for index, caller in known_items(service.callers):
        yield from until_unknown(_caller(context, (*here, "callers", index), str(here[1]), caller))


def _caller(context: AnyContext, here: Place, owner: str, caller: str) -> Iterator[Problem]:
    if caller == owner:
        yield context.problem(here, f"{caller!r} is the team itself, whose pods may call it anyway", "omit it")
        return
    teams = context.settings.teams
    clusters = list(teams[owner].clusters)
    if not set(clusters) & set(teams[caller].clusters):
        gateway = ", or a service of the gateway" if isinstance(context.settings, Settings) else ""
        yield context.problem(
            here,
            f"team {caller!r} is in no cluster of team {owner!r}, and the mesh does not connect clusters",
            f"a team in {' or '.join(clusters)}{gateway}",
        )
