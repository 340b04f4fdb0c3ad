"""``groundwork preview``: report changes, cost and policy violations."""

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
from groundwork.cost.request import Request
from groundwork.preview import markdown_report, planning, text_report


@click.command()
@stack_option
@engine_option
@purchase_option
@usage_option
@click.option(
    "--against", metavar="REF|FILE",
    help="Git ref, or file of pulumi stack export, to compare with.  [default: the stack's state, if available]",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="Format of the report.",
)  # fmt: skip
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
    """Show changes, costs and policy violations.

    The baseline is a git ref, a state export, or the stack's own state; without one, every resource is new. Exits 1
    where a mandatory rule is violated.
    """
    project = project_of(context)
    prices = Request(Purchase(purchase), usage)
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
