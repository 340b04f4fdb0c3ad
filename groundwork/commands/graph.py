"""``groundwork graph``: print the declared resources."""

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
from groundwork.cost.request import Request, price
from groundwork.errors import UserError
from groundwork.preview import mermaid, planning


@click.command()
@stack_option
@engine_option
@json_option
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print a Mermaid flowchart of the components.")
@click.pass_context
def graph(context: click.Context, *, stack: str, engine: str, as_json: bool, as_mermaid: bool) -> None:
    """Print the resources that the program declares.

    Prints their URNs; --json adds inputs, dependencies and monthly costs, --mermaid draws the components with their
    monthly costs.
    """
    if as_json and as_mermaid:
        raise UserError("--json and --mermaid cannot be combined", "use one of them")
    project = project_of(context)
    with planning_of(project, stack):
        declared = planning.plan(project, stack, engine)
    if as_mermaid:
        cost = price(project.root, Request(), declared)
        click.echo(mermaid.text(declared, cost.by_component()), nl=False)
    elif as_json:
        print_json({**declared.to_json(), "cost": price(project.root, Request(), declared).sums_json()})
    else:
        for node in declared:
            click.echo(node.urn)
