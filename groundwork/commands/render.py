"""``groundwork render``: write Kubernetes manifests."""

from __future__ import annotations

from pathlib import Path

import click

from groundwork import manifests
from groundwork.commands._common import engine_option, planning_of, project_of, stack_option
from groundwork.preview import planning


@click.command()
@stack_option
@engine_option
@click.option(
    "--out", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path),
    help="Write one file for each object into this folder.  [default: standard output]",
)  # fmt: skip
@click.pass_context
def render(context: click.Context, *, stack: str, engine: str, out: Path | None) -> None:
    """Render the Kubernetes objects as YAML manifests."""
    project = project_of(context)
    with planning_of(project, stack):
        graph = planning.plan(project, stack, engine)
    objects = manifests.objects(graph)
    if out is None:
        for index, rendered in enumerate(objects):
            click.echo(("---\n" if index else "") + rendered.text(), nl=False)
    else:
        manifests.write(objects, out)
        click.echo(f"{out}: wrote {len(objects)} objects")
    for node in manifests.opaque(graph):
        click.echo(f"not rendered: the objects of {node.name}, which the provider renders during an update", err=True)
