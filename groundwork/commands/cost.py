"""``groundwork cost``: estimate the monthly cost."""

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
from groundwork.cost.request import Request, price
from groundwork.preview import planning


@click.command()
@stack_option
@engine_option
@purchase_option
@usage_option
@json_option
@click.pass_context
def cost(context: click.Context, *, stack: str, engine: str, purchase: str, usage: Path | None, as_json: bool) -> None:
    """Estimate the monthly cost of a stack.

    Prices are dated list prices. Prints a range: the low end has all pools at minimum size, the high end at maximum
    size. Expected usage (bytes, operations, logs) is read from usage/STACK.yaml; resources that cannot be priced are
    listed.
    """
    project = project_of(context)
    with planning_of(project, stack):
        graph = planning.plan(project, stack, engine)
    estimate = price(project.root, Request(Purchase(purchase), usage), graph)
    today = dt.datetime.now(dt.UTC).date()
    if as_json:
        print_json(estimate.to_json(today))
    else:
        tables.show(estimate, Console(highlight=False, soft_wrap=True), today)
