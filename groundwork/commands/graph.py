"""``groundwork graph``."""

from __future__ import annotations

import click

from groundwork.commands._common import (
    engine_option,
    json_option,
    planning_of,
    print_json,
    project_of,
    stack_option,
)
from groundwork.errors import UserError
from groundwork.preview import mermaid, planning, pricing


@click.command()
@stack_option
@engine_option
@json_option
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print a Mermaid flowchart of the components.")
@click.pass_context
def graph(context: click.Context, *, stack: str, engine: str, as_json: bool, as_mermaid: bool) -> None:
    """What the program declares: every resource with its inputs and what it depends on.

    The document and the picture say what a month costs, as `groundwork cost` does.
    """
    if as_json and as_mermaid:
        raise UserError("--json and --mermaid exclude each other", "choose one")
    project = project_of(context)
    with planning_of(project, stack):
        found = planning.plan(project, stack, engine)
    if as_mermaid:
        cost = pricing.price(project, pricing.Request(), found)
        click.echo(mermaid.text(found, cost.by_component()), nl=False)
    elif as_json:
        print_json({**found.to_json(), "cost": pricing.price(project, pricing.Request(), found).sums_json()})
    else:
        for node in found:
            click.echo(node.urn)
