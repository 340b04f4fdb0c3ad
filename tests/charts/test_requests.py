"""What the installed parts request fits into the system pool of each cluster, and none is left without a request."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from components._manifest_changes import DEPLOYMENT
from components.pipelines import WITHOUT_PODS
from groundwork.graph import Graph
from stacks.layers import folders
from stacks.settings.facts.versions import load_versions
from tests.charts import sources
from tests.charts.conftest import RenderedOf
from tests.charts.rendering import FOLDER, RELEASE
from tests.charts.test_transforms import resource_type
from tests.charts.workloads import Template, templates
from tests.conftest import CLOUD_STACKS
from tests.controllers.nodes import node_pools, nodes

GIB = 1024**3
# Cores and GiB of GKE's own pods: an estimate of November 2026 from published manifests of the add-ons, not measured.
OF_GKE_PER_CLUSTER = (Fraction("0.8"), Fraction("1.5"))
OF_GKE_PER_NODE = (Fraction("0.45"), Fraction("0.7"))
LONG_RUNNING = ("Deployment", "StatefulSet", "DaemonSet")
KEYS = sorted((*sources.charts(), *sources.manifests()))


def _workloads(key: str, rendered_of: RenderedOf) -> Iterator[Template]:
    """The pods of a chart or folder that always run, after the changes of the program."""
    pin = load_versions().manifests.get(key)
    table = {} if pin is None else folders.changes(pin)
    for _, objects in rendered_of(key)[:1]:
        for one in objects:
            if one["kind"] not in LONG_RUNNING or one["metadata"]["name"] in WITHOUT_PODS:
                continue
            change = table.get((resource_type(one), one["metadata"]["name"]))
            yield from templates([one if change is None else change(one)])


@pytest.mark.parametrize("key", KEYS)
def test_every_container_requests_cpu_and_memory(key: str, rendered_of: RenderedOf) -> None:
    """A pod without requests is the first to be evicted, and the autoscaler does not count it."""
    without = {
        f"{template.owner}, container {container['name']}: {resource}"
        for template in _workloads(key, rendered_of)
        for container in template.spec["containers"]
        for resource in ("cpu", "memory")
        if resource not in ((container.get("resources") or {}).get("requests") or {})
    }

    assert sorted(without) == []


@pytest.mark.parametrize("stack", CLOUD_STACKS)
def test_requests_fit_the_system_pool(stack: str, rendered_of: RenderedOf, graphs: dict[str, Graph]) -> None:
    """All operators run while the pool has its maximum of nodes; half of a node is left for updates."""
    graph = graphs[stack]
    for cluster in sorted({pool.inputs["cluster"] for pool in graph if pool.type == "gcp:container/nodePool:NodePool"}):
        keys = _installed(graph, cluster)
        pods = [template for key in keys for template in _workloads(key, rendered_of)]
        pool = next(one for one in node_pools(graph, cluster) if one.inputs["name"] == "system")
        system = [one for one in nodes(graph, cluster) if one["metadata"]["name"].startswith("system-")]
        count = len(system)
        for resource, unit, index in (("cpu", 1, 0), ("memory", GIB, 1)):
            each = sum(one.requested(resource) for one in pods if one.owner.startswith("DaemonSet"))
            once = sum(one.requested(resource) for one in pods if not one.owner.startswith("DaemonSet"))
            needed = once / unit + OF_GKE_PER_CLUSTER[index] + count * (each / unit + OF_GKE_PER_NODE[index])
            text = system[0]["status"]["allocatable"][resource]
            one_node = Fraction(text) if resource == "cpu" else Fraction(text.removesuffix("Mi")) / 1024

            assert needed <= one_node * (count - Fraction(1, 2)), (
                f"{stack}: clusters.{cluster}.system_pool: {float(needed):.1f} of {resource} is requested, and"
                f" {count} nodes of {pool.inputs['nodeConfig']['machineType']} have {float(one_node * count):.1f}"
            )


def _installed(graph: Graph, cluster: str) -> list[str]:
    """The charts and folders of a cluster."""
    folders = {pin.directory: key for key, pin in load_versions().manifests.items()}
    found = []
    for node in graph:
        provider = graph.provider_of(node)
        if provider is None or provider.name != f"kubernetes-{cluster}":
            continue
        if node.type == RELEASE:
            found.append(node.inputs["name"])
        elif node.type == FOLDER:
            found.append(folders[node.inputs["directory"]])
    assert found
    return found


def test_changed_deployment_has_its_request(rendered_of: RenderedOf) -> None:
    """The changes of the program are applied before the check."""
    pods = list(_workloads("notebooks", rendered_of))

    assert DEPLOYMENT.endswith(":Deployment")
    assert [one.requested("cpu") > 0 for one in pods] == [True]
