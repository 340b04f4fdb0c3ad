"""``groundwork preview``."""

from __future__ import annotations

import click
from rich.console import Console

from groundwork import planning, render_markdown, render_text
from groundwork.commands._common import (
    FINDING,
    engine_option,
    json_option,
    planning_of,
    print_json,
    project_of,
    stack_option,
)


@click.command()
@stack_option
@engine_option
@click.option("--against", metavar="REF|FILE", help="Compare with a git ref, or with a file of pulumi stack export.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@json_option
@click.pass_context
def preview(context: click.Context, *, stack: str, engine: str, against: str | None, form: str, as_json: bool) -> None:
    """What would change, and whether the policy pack allows it. Exits 1 where a mandatory rule is violated."""
    project = project_of(context)
    with planning_of(project, stack):
        report = planning.preview(project, stack, engine, against)
    if as_json or form == "json":
        print_json(report.to_json())
    elif form == "markdown":
        click.echo(render_markdown.text(report), nl=False)
    else:
        render_text.show(report, Console(highlight=False, soft_wrap=True))
    if report.verdict.mandatory:
        context.exit(FINDING)
