"""The command line: 0 is fine, 1 is a finding (a violated mandatory policy), 2 is bad input or usage."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import click

from groundwork.commands._common import BAD_INPUT
from groundwork.commands.check import check
from groundwork.commands.cost import cost
from groundwork.commands.graph import graph
from groundwork.commands.preview import preview
from groundwork.commands.prices import prices
from groundwork.commands.render import render
from groundwork.commands.state import state
from groundwork.errors import UserError

DEBUG: Final = "GROUNDWORK_DEBUG"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", type=click.Path(path_type=Path), default=Path(), help="The folder with Pulumi.yaml.")
@click.version_option(package_name="groundwork")
@click.pass_context
def cli(context: click.Context, folder: Path) -> None:
    """Read the platform before it is applied: what it declares, what changes, whether the rules allow it."""
    context.obj = folder


for command in (check, cost, graph, preview, prices, render, state):
    cli.add_command(command)


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
