"""A cluster of a stack with its real scheduler and controllers, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from groundwork import manifests
from groundwork.graph import Graph
from tests.charts.conftest import RenderedOf, rendered_of, renderer
from tests.charts.rendering import Manifest
from tests.cluster import crds, server
from tests.cluster.client import Client
from tests.cluster.layout import kind_of, namespace, objects_of
from tests.controllers import controllers, nodes
from tests.controllers.deployed import deployed
from tests.parts.plugin import ProgramOf
from tests.parts.running import Program, run

__all__ = ["rendered_of", "renderer"]

FOLDER = Path(__file__).parent
CHARTS = ("kueue", "trainer")


@dataclass(frozen=True)
class Running:
    """A cluster with its objects: a connection as the administrator, its graph, and the programs by name."""

    client: Client
    graph: Graph
    cluster: str
    programs: Mapping[str, Program]
    restart: Callable[[str], None]


RunningOf = Callable[[str], Running]


@pytest.fixture(scope="session")
def running_of(
    server_programs: Mapping[str, Path],
    program_of: ProgramOf,
    rendered_of: RenderedOf,
    graphs: dict[str, Graph],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningOf]:
    """A running cluster by its place, such as ``dev/main``; started by the first test that needs it."""
    with ExitStack() as stack:
        started: dict[str, Running] = {}

        def running(place: str) -> Running:
            if place not in started:
                folder = tmp_path_factory.mktemp(place.replace("/", "-"))
                started[place] = _start(place, graphs, server_programs, program_of, rendered_of, folder, stack)
            return started[place]

        yield running


def _start(
    place: str,
    graphs: dict[str, Graph],
    server_programs: Mapping[str, Path],
    program_of: ProgramOf,
    rendered_of: RenderedOf,
    folder: Path,
    stack: ExitStack,
) -> Running:
    """The server with definitions, charts, the objects of the stack, nodes, the scheduler and the controllers."""
    names = ("kube-scheduler", "kwok", *(one.part for one in controllers.CONTROLLERS))
    paths = {name: program_of(name) for name in names}
    objects = {chart: rendered_of(chart)[0][1] for chart in CHARTS}
    if not crds.FOLDER.is_dir():
        pytest.skip(crds.MISSING)
    stack_name, _, cluster = place.partition("/")
    graph = graphs[stack_name]
    kubeconfig = stack.enter_context(server.running(server_programs))
    client = stack.enter_context(closing(Client.of(kubeconfig)))
    programs: dict[str, Program] = {}
    flags = (f"--kubeconfig={kubeconfig}",)
    programs["kwok"] = run(
        paths["kwok"],
        (
            *flags,
            f"--config={FOLDER / 'kwok.yaml'}",
            "--manage-all-nodes=false",
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
            "--node-lease-duration-seconds=40",
        ),
        folder,
        stack,
    )
    scheduler_flags = (
        *flags,
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--leader-elect=false",
        "--secure-port=0",
    )
    programs["kube-scheduler"] = run(paths["kube-scheduler"], scheduler_flags, folder, stack)
    for node in nodes.nodes(graph, cluster):
        _applied(client, node)
    placed = controllers.placed()
    _install(client, [one for chart in CHARTS for one in objects[chart]], [one.webhook for one in placed])
    for one in placed:
        part = one.controller.part
        programs[part] = controllers.start(one, paths[part], objects[one.controller.chart], kubeconfig, folder, stack)
    declared = objects_of(graphs, place)
    crds.install(client, {kind_of(one.manifest) for one in declared if client.kind(*kind_of(one.manifest)) is None})
    for name in sorted({one.manifest["metadata"].get("namespace", "") for one in declared} - {""}):
        client.create(namespace(name))
    for one in declared:
        if client.kind(*kind_of(one.manifest)) is not None:
            _applied(client, one.manifest, one)
    return Running(client, graph, cluster, programs, lambda _: None)


def _install(client: Client, objects: list[Manifest], webhooks: list[controllers.Webhook]) -> None:
    for name in sorted({one.namespace for one in webhooks}):
        client.create(namespace(name))
    secrets = [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": one.secret, "namespace": one.namespace}}
        for one in controllers.CONTROLLERS
    ]
    for one in [*secrets, *deployed(objects, webhooks)]:
        _applied(client, one)


def _applied(client: Client, manifest: Manifest, rendered: manifests.Rendered | None = None) -> None:
    text = yaml.safe_dump(dict(manifest)) if rendered is None else rendered.text()
    answer = client.apply(manifest, text)
    assert answer.fine, f"{manifest['kind']} {manifest['metadata']['name']}: {answer.message}"
