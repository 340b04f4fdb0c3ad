"""Options, spinner and output shared by the commands."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from groundwork import settings_check
from groundwork.cost.purchase import CHOICES, Purchase
from groundwork.errors import ProgramError, UserError
from groundwork.preview import planning
from groundwork.project import Project

FINDING: Final = 1
BAD_INPUT: Final = 2

stack_option = click.option(
    "--stack", "-s", metavar="STACK", default="dev", show_default=True, help="Stack with settings in Pulumi.STACK.yaml."
)
engine_option = click.option(
    "--engine", type=click.Choice(planning.ENGINES), default="auto", show_default=True,
    help="Planning engine. sdk needs neither the Pulumi CLI nor credentials; pulumi runs the CLI and its plugins; "
    "auto is pulumi where it is installed, otherwise sdk.",
)  # fmt: skip
purchase_option = click.option(
    "--purchase", type=click.Choice([option.value for option in CHOICES]), default=Purchase.ON_DEMAND.value,
    show_default=True, help="Pricing for non-spot machines.",
)  # fmt: skip
usage_option = click.option(
    "--usage", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="File with the expected usage.  [default: usage/STACK.yaml]",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def project_of(context: click.Context) -> Project:
    """The project in the folder of the option -C; raises `UserError` where there is none."""
    return Project.at(context.obj)


@contextlib.contextmanager
def busy(activity: str) -> Iterator[None]:
    """Show a spinner on standard error during the block, if that is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(activity):
        yield


def print_json(document: Any) -> None:
    """Print a document as JSON."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def problem_line(problem: settings_check.Finding) -> str:
    """A problem of the settings as one line."""
    where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    path = f" {problem.path}:" if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{where}:{path} {problem.message}{hint}"


@contextlib.contextmanager
def planning_of(project: Project, stack: str) -> Iterator[None]:
    """Show a spinner while the block plans; where the program fails on invalid settings, report those instead."""
    try:
        with busy(f"planning {stack}"):
            yield
    except ProgramError:
        if problems := settings_check.find_problems(project, [stack]):
            raise UserError("\n".join(problem_line(problem) for problem in problems)) from None
        raise
