"""``groundwork preview``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from groundwork.commands._common import (
    FINDING,
    engine_option,
    json_option,
    planning_of,
    print_json,
    project_of,
    purchase_option,
    stack_option,
    usage_option,
)
from groundwork.cost.purchase import Purchase
from groundwork.preview import markdown_report, planning, pricing, text_report


@click.command()
@stack_option
@engine_option
@purchase_option
@usage_option
@click.option("--against", metavar="REF|FILE", help="Compare with a git ref, or with a file of pulumi stack export.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@json_option
@click.pass_context
def preview(
    context: click.Context,
    *,
    stack: str,
    engine: str,
    purchase: str,
    usage: Path | None,
    against: str | None,
    form: str,
    as_json: bool,
) -> None:
    """What would change, what that costs, and whether the policy pack allows it.

    Exits 1 where a mandatory rule is violated.
    """
    project = project_of(context)
    prices = pricing.Request(Purchase(purchase), usage)
    with planning_of(project, stack):
        report = planning.preview(project, stack, engine, against, prices)
    if as_json or form == "json":
        print_json(report.to_json())
    elif form == "markdown":
        click.echo(markdown_report.text(report), nl=False)
    else:
        text_report.show(report, Console(highlight=False, soft_wrap=True))
    if report.verdict.mandatory:
        context.exit(FINDING)
