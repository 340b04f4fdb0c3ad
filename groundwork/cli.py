"""The command line. Exit codes: 0 success, 1 a finding (a violated mandatory policy), 2 bad input or usage."""

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
@click.option(
    "-C", "folder", metavar="FOLDER", type=click.Path(path_type=Path), default=Path(), show_default=True,
    help="Folder with Pulumi.yaml.",
)  # fmt: skip
@click.version_option(package_name="groundwork")
@click.pass_context
def cli(context: click.Context, folder: Path) -> None:
    """Preview, check and price the platform before it is applied, and back up its state."""
    context.obj = folder


for command in (check, cost, graph, preview, prices, render, state):
    cli.add_command(command)


def main() -> None:
    """Run the console script and exit."""
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
        # The reader closed the pipe (`| head`), which is not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        click.echo(f"error: internal error: {type(error).__name__}: {error}", err=True)
        click.echo(f"hint: this is a bug in groundwork; set {DEBUG}=1 for the traceback", err=True)
        code = BAD_INPUT
    sys.exit(code or 0)
