"""``groundwork check``: validate settings."""

from __future__ import annotations

import click

from groundwork import settings_check
from groundwork.commands._common import BAD_INPUT, json_option, print_json, problem_line, project_of, stack_option


@click.command()
@stack_option
@click.option("--all", "everything", is_flag=True, help="Check all stacks of the project.")
@json_option
@click.pass_context
def check(context: click.Context, *, stack: str, everything: bool, as_json: bool) -> None:
    """Validate the settings of a stack.

    Reports all problems at once, each with its file, line, key and a hint. Exits 2 where there are any.
    """
    project = project_of(context)
    stacks = project.stacks() if everything else [stack]
    problems = settings_check.find_problems(project, stacks)
    if as_json:
        print_json({"problems": [problem.to_json() for problem in problems]})
    else:
        for problem in problems:
            click.echo(problem_line(problem), err=True)
        if not problems:
            click.echo(f"{', '.join(f'Pulumi.{name}.yaml' for name in stacks)}: no problems found")
    if problems:
        context.exit(BAD_INPUT)
