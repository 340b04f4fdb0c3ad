"""What the commands share: their options, the spinner, and how problems and documents are printed."""

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

stack_option = click.option("--stack", "-s", default="dev", show_default=True, help="Which Pulumi.<stack>.yaml.")
engine_option = click.option(
    "--engine", type=click.Choice(planning.ENGINES), default="auto", show_default=True,
    help="sdk plans without a CLI or credentials; pulumi asks the real engine and its plugins.",
)  # fmt: skip
purchase_option = click.option(
    "--purchase", type=click.Choice([way.value for way in CHOICES]), default=Purchase.ON_DEMAND.value,
    show_default=True, help="How to buy what is not declared spot.",
)  # fmt: skip
usage_option = click.option(
    "--usage", type=click.Path(dir_okay=False, path_type=Path), help="Expected use, in place of usage/<stack>.yaml.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def project_of(context: click.Context) -> Project:
    """The project that the command works on."""
    return Project.at(context.obj)


@contextlib.contextmanager
def busy(what: str) -> Iterator[None]:
    """A spinner on standard error while something takes its time, where a person is watching."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def print_json(document: Any) -> None:
    """Print a document for a script."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def problem_line(problem: settings_check.Finding) -> str:
    """A problem of the settings on one line."""
    where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    path = f" {problem.path}:" if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{where}:{path} {problem.message}{hint}"


@contextlib.contextmanager
def planning_of(project: Project, stack: str) -> Iterator[None]:
    """Plan with a spinner; where the program fails over its settings, say what is wrong with lines of the file."""
    try:
        with busy(f"planning {stack}"):
            yield
    except ProgramError:
        if problems := settings_check.check(project, [stack]):
            raise UserError("\n".join(problem_line(problem) for problem in problems)) from None
        raise
