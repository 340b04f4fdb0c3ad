"""``groundwork cost``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
from rich.console import Console

from groundwork.commands._common import (
    engine_option,
    json_option,
    planning_of,
    print_json,
    project_of,
    purchase_option,
    stack_option,
    usage_option,
)
from groundwork.cost import tables
from groundwork.cost.purchase import Purchase
from groundwork.preview import planning, pricing


@click.command()
@stack_option
@engine_option
@purchase_option
@usage_option
@json_option
@click.pass_context
def cost(context: click.Context, *, stack: str, engine: str, purchase: str, usage: Path | None, as_json: bool) -> None:
    """What a month costs at least and at most, from dated list prices, and what cannot be priced beforehand.

    Use that somebody expects (bytes, operations, logs) is read from usage/<stack>.yaml.
    """
    project = project_of(context)
    with planning_of(project, stack):
        graph = planning.plan(project, stack, engine)
    found = pricing.price(project, pricing.Request(Purchase(purchase), usage), graph)
    today = dt.datetime.now(dt.UTC).date()
    if as_json:
        print_json(found.to_json(today))
    else:
        tables.show(found, Console(highlight=False, soft_wrap=True), today)
