"""``groundwork cost``."""

from __future__ import annotations

import datetime as dt

import click
from rich.console import Console

from groundwork import planning
from groundwork.commands._common import (
    engine_option,
    json_option,
    planning_of,
    print_json,
    project_of,
    stack_option,
)
from groundwork.cost import estimate, load, render


@click.command()
@stack_option
@engine_option
@json_option
@click.pass_context
def cost(context: click.Context, *, stack: str, engine: str, as_json: bool) -> None:
    """What a month costs at least and at most, from dated list prices, and what cannot be priced beforehand."""
    project = project_of(context)
    book = load()
    with planning_of(project, stack):
        graph = planning.plan(project, stack, engine)
    found = estimate(graph, book)
    today = dt.datetime.now(dt.UTC).date()
    if as_json:
        print_json(found.to_json(today))
    else:
        render.show(found, Console(highlight=False, soft_wrap=True), today)
