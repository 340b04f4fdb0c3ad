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
from tests.controllers.cluster import Cluster
from tests.controllers.deployed import Webhook, deployed
from tests.parts.plugin import ProgramOf
from tests.parts.running import run

__all__ = ["rendered_of", "renderer"]

FOLDER = Path(__file__).parent
CHARTS = ("kueue", "trainer")
KWOK = (
    f"--config={FOLDER / 'kwok.yaml'}",
    "--manage-all-nodes=false",
    "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
    "--node-lease-duration-seconds=40",
)


@dataclass(frozen=True)
class _Setting:
    """What a cluster is started with."""

    servers: Mapping[str, Path]
    program_of: ProgramOf
    rendered_of: RenderedOf
    graphs: Mapping[str, Graph]


ClusterOf = Callable[[str], Cluster]


@pytest.fixture(scope="session")
def cluster_of(
    server_programs: Mapping[str, Path],
    program_of: ProgramOf,
    rendered_of: RenderedOf,
    graphs: dict[str, Graph],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ClusterOf]:
    """A running cluster by its place, such as ``dev/main``; started by the first test that needs it."""
    setting = _Setting(server_programs, program_of, rendered_of, graphs)
    with ExitStack() as stack:
        started: dict[str, Cluster] = {}

        def cluster(place: str) -> Cluster:
            if place not in started:
                started[place] = _start(place, setting, tmp_path_factory.mktemp(place.replace("/", "-")), stack)
            return started[place]

        yield cluster


def _start(place: str, setting: _Setting, folder: Path, stack: ExitStack) -> Cluster:
    """The server with definitions, charts, the objects of the stack, nodes, the scheduler and the controllers."""
    names = ("kube-scheduler", "kwok", *(one.part for one in controllers.CONTROLLERS))
    paths = {name: setting.program_of(name) for name in names}
    objects = {chart: setting.rendered_of(chart)[0][1] for chart in CHARTS}
    stack_name, _, name = place.partition("/")
    graph = setting.graphs[stack_name]
    kubeconfig = stack.enter_context(server.running(setting.servers))
    client = stack.enter_context(closing(Client.of(kubeconfig)))
    run(paths["kwok"], (f"--kubeconfig={kubeconfig}", *KWOK), folder, stack)
    run(paths["kube-scheduler"], (*_scheduler(kubeconfig),), folder, stack)
    for node in nodes.nodes(graph, name):
        _applied(client, node)
    # GKE has this definition, without which Kueue starts no controller of provisioning requests.
    crds.install(client, {("autoscaling.x-k8s.io/v1", "ProvisioningRequest")})
    placed = {one.controller.part: one for one in controllers.placed()}
    _install(client, [one for chart in CHARTS for one in objects[chart]], [one.webhook for one in placed.values()])
    stacks: dict[str, ExitStack] = {}

    def start(part: str) -> None:
        stacks[part] = stack.enter_context(ExitStack())
        one = placed[part]
        controllers.start(one, paths[part], objects[one.controller.chart], kubeconfig, folder, stacks[part])

    for part in placed:
        start(part)
    _declare(client, objects_of(setting.graphs, place))
    return Cluster(client, graph, name, stop=lambda part: stacks[part].close(), restart=start)


def _scheduler(kubeconfig: Path) -> Iterator[str]:
    """The flags of the scheduler."""
    for flag in ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"):
        yield f"--{flag}={kubeconfig}"
    yield from ("--leader-elect=false", "--secure-port=0")


def _declare(client: Client, declared: list[manifests.Rendered]) -> None:
    """Apply the objects of a stack whose kinds the charts here, or the folder of definitions, define."""
    crds.install(client, {kind_of(one.manifest) for one in declared if client.kind(*kind_of(one.manifest)) is None})
    for name in sorted({one.manifest["metadata"].get("namespace", "") for one in declared} - {""}):
        client.create(namespace(name))
    for one in declared:
        if client.kind(*kind_of(one.manifest)) is not None:
            _applied(client, one.manifest, one)


def _install(client: Client, objects: list[Manifest], webhooks: list[Webhook]) -> None:
    for name in sorted({one.namespace for one in webhooks}):
        client.create(namespace(name))
    secrets = [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": one.secret, "namespace": one.namespace}}
        for one in controllers.CONTROLLERS
        if one.secret is not None
    ]
    for one in [*secrets, *deployed(objects, webhooks)]:
        _applied(client, one)


def _applied(client: Client, manifest: Manifest, rendered: manifests.Rendered | None = None) -> None:
    text = yaml.safe_dump(dict(manifest)) if rendered is None else rendered.text()
    answer = client.apply(manifest, text)
    assert answer.fine, f"{manifest['kind']} {manifest['metadata']['name']}: {answer.message}"
