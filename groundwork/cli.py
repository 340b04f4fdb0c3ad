"""The command line: reads arguments, calls one function, prints, and says by the exit code what it found.

0 is fine, 1 is a finding (a violated mandatory policy), 2 is bad input or usage.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from groundwork import checking, mermaid, planning, render_markdown, render_text
from groundwork.errors import ProgramError, UserError
from groundwork.project import Project

FINDING: Final = 1
BAD_INPUT: Final = 2
DEBUG: Final = "GROUNDWORK_DEBUG"

stack_option = click.option("--stack", "-s", default="dev", show_default=True, help="Which Pulumi.<stack>.yaml.")
engine_option = click.option(
    "--engine", type=click.Choice(planning.ENGINES), default="auto", show_default=True,
    help="sdk plans without a CLI or credentials; pulumi asks the real engine and its plugins.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", type=click.Path(path_type=Path), default=Path(), help="The folder with Pulumi.yaml.")
@click.version_option(package_name="groundwork")
@click.pass_context
def cli(context: click.Context, folder: Path) -> None:
    """Read the platform before it is applied: what it declares, what changes, whether the rules allow it."""
    context.obj = folder


def _project(context: click.Context) -> Project:
    return Project.at(context.obj)


@contextlib.contextmanager
def _busy(what: str) -> Iterator[None]:
    """A spinner on standard error while something takes its time, where a person is watching."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@cli.command()
@stack_option
@click.option("--all", "everything", is_flag=True, help="Check every stack of the project.")
@json_option
@click.pass_context
def check(context: click.Context, *, stack: str, everything: bool, as_json: bool) -> None:
    """Are the settings valid? Every problem at once, with file, line, key path and what would be right."""
    project = _project(context)
    stacks = project.stacks() if everything else [stack]
    problems = checking.check(project, stacks)
    if as_json:
        _print_json({"problems": [problem.to_json() for problem in problems]})
    else:
        for problem in problems:
            click.echo(_line(problem), err=True)
        if not problems:
            click.echo(f"{', '.join(f'Pulumi.{name}.yaml' for name in stacks)}: no problem")
    if problems:
        context.exit(BAD_INPUT)


def _line(problem: checking.Finding) -> str:
    where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    path = f" {problem.path}:" if problem.path else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{where}:{path} {problem.message}{hint}"


@cli.command()
@stack_option
@engine_option
@json_option
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print a Mermaid flowchart of the components.")
@click.pass_context
def graph(context: click.Context, *, stack: str, engine: str, as_json: bool, as_mermaid: bool) -> None:
    """What the program declares: every resource with its inputs and what it depends on."""
    if as_json and as_mermaid:
        raise UserError("--json and --mermaid exclude each other", "choose one")
    project = _project(context)
    with _planning(project, stack):
        found = planning.plan(project, stack, engine)
    if as_mermaid:
        click.echo(mermaid.text(found), nl=False)
    elif as_json:
        _print_json(found.to_json())
    else:
        for node in found:
            click.echo(node.urn)


@cli.command()
@stack_option
@engine_option
@click.option("--against", metavar="REF|FILE", help="Compare with a git ref, or with a file of pulumi stack export.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@json_option
@click.pass_context
def preview(context: click.Context, *, stack: str, engine: str, against: str | None, form: str, as_json: bool) -> None:
    """What would change, and whether the policy pack allows it. Exits 1 where a mandatory rule is violated."""
    project = _project(context)
    with _planning(project, stack):
        report = planning.preview(project, stack, engine, against)
    if as_json or form == "json":
        _print_json(report.to_json())
    elif form == "markdown":
        click.echo(render_markdown.text(report), nl=False)
    else:
        render_text.show(report, Console(highlight=False, soft_wrap=True))
    if report.verdict.mandatory:
        context.exit(FINDING)


@contextlib.contextmanager
def _planning(project: Project, stack: str) -> Iterator[None]:
    """Plan with a spinner; where the program fails over its settings, say what is wrong with lines of the file."""
    try:
        with _busy(f"planning {stack}"):
            yield
    except ProgramError:
        if problems := checking.check(project, [stack]):
            raise UserError("\n".join(_line(problem) for problem in problems)) from None
        raise


def main() -> None:
    """The console script."""
    try:
        code = cli.main(standalone_mode=False)
    except UserError as error:
        click.echo(f"error: {error.message}", err=True)
        if error.hint:
            click.echo(f"hint: {error.hint}", err=True)
        code = BAD_INPUT
    except click.ClickException as error:
        error.show()
        code = BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        # The reader went away (`| head`): nothing is wrong, and nothing more can be said on this pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        click.echo(f"error: groundwork itself failed: {type(error).__name__}: {error}", err=True)
        click.echo(f"hint: this is a bug in groundwork; {DEBUG}=1 shows where", err=True)
        code = BAD_INPUT
    sys.exit(code or 0)
