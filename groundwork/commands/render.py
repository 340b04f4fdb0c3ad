"""``groundwork render``."""

from __future__ import annotations

from pathlib import Path

import click

from groundwork import manifests as rendering
from groundwork.commands._common import engine_option, planning_of, project_of, stack_option
from groundwork.preview import planning


@click.command()
@stack_option
@engine_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write one file for each object here.")
@click.pass_context
def render(context: click.Context, *, stack: str, engine: str, out: Path | None) -> None:
    """The Kubernetes objects as YAML: to standard output, or as one file for each into a folder."""
    project = project_of(context)
    with planning_of(project, stack):
        graph = planning.plan(project, stack, engine)
    found = rendering.objects(graph)
    if out is None:
        for index, one in enumerate(found):
            click.echo(("---\n" if index else "") + one.text(), nl=False)
    else:
        rendering.write(found, out)
        click.echo(f"{out}: {len(found)} objects")
    for node in rendering.opaque(graph):
        click.echo(f"not shown: what {node.name} installs is made inside the cluster's plugin", err=True)
