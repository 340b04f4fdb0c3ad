"""GPU machine types, and pools that agree or disagree with them."""

from __future__ import annotations

from typing import Final

import pytest

from stacks.settings.core.problems import PREFIX
from stacks.settings.facts.gpu_machines import gpu_machines, nearest, size_of
from stacks.settings.facts.gpus import offered
from stacks.settings.model.clusters import Accelerator
from tests.settings.samples import Config, dev, problems_of, put

GPUS: Final = {name: machine.gpus for name, machine in gpu_machines().items()}


def _pool(machine: str, gpus: int) -> Config:
    """The settings of dev with a pool of these machines and without GPU quotas."""
    accelerator = gpu_machines()[machine].accelerator
    config = dev()
    for team in ("forecasting", "vision"):
        put(config, f"teams.{team}.quota.gpus", {})
    for pool in ("l4", "l4-shared", "a100"):
        put(config, f"gpu_pools.{pool}.unqueued", value=True)
    for key, value in (
        ("accelerator", accelerator.value),
        ("machine_type", machine),
        ("accelerators_per_node", gpus),
        ("zones", offered(accelerator, "europe-west4-a") or ["europe-west4-a"]),
    ):
        put(config, f"gpu_pools.l4.{key}", value)
    return config


def test_gpu_machines_cover_every_accelerator() -> None:
    """Each GPU that the settings accept has a machine; sizes have a test in tests/groundwork/cost."""
    assert {machine.accelerator for machine in gpu_machines().values()} == set(Accelerator)


def test_size_of_machine_without_gpus_follows_its_name() -> None:
    """A large machine has less memory than its family's ratio; the size of an unknown family is unknown."""
    assert size_of("n2-highmem-64") == (64, 512)
    assert size_of("n2-highmem-128") == (128, 864)
    assert size_of("x9-standard-4") is None


@pytest.mark.parametrize("machine", GPUS)
def test_pool_accepts_only_the_gpu_count_of_its_machine(machine: str) -> None:
    """The number that the machine has is accepted; every other one is refused at its key."""
    accepted = [gpus for gpus in range(1, 17) if not problems_of(_pool(machine, gpus))]
    refused = {problem.path for gpus in range(1, 17) for problem in problems_of(_pool(machine, gpus))}

    assert accepted == [GPUS[machine]]
    assert refused == {f"{PREFIX}gpu_pools.l4.accelerators_per_node"}


def test_machine_without_gpu_has_a_hint_where_the_number_of_gpus_is_unknown() -> None:
    """The hint is about machines with one GPU."""
    config = put(dev(), "gpu_pools.a100.machine_type", "n2-standard-8")
    problems = problems_of(put(config, "gpu_pools.a100.accelerators_per_node", "x"))

    assert [problem.hint for problem in problems] == ["", "a2-highgpu-1g has 1"]


def test_topology_needs_machines_that_gke_labels_with_their_location() -> None:
    """The H100, H200 and B200 machines with eight GPUs: other nodes have no labels that Kueue can read."""
    accepted = set()
    for machine, gpus in GPUS.items():
        config = _pool(machine, gpus)
        for key, value in (("capacity", "queued"), ("max_run_hours", 24), ("topology", True)):
            put(config, f"gpu_pools.l4.{key}", value)
        if not problems_of(config):
            accepted.add(machine)

    assert accepted == {
        "a3-highgpu-8g",
        "a3-megagpu-8g",
        "a3-ultragpu-8g",
        "a3-ultragpu-8g-nolssd",
        "a4-highgpu-8g",
    }


@pytest.mark.parametrize(
    ("accelerator", "gpus", "hint"),
    [
        (Accelerator.L4, 2, "g2-standard-24 has 2"),
        (Accelerator.L4, 3, "g2-standard-24 has 2, g2-standard-48 has 4"),
        (Accelerator.L4, 16, "g2-standard-96 has 8"),
        (Accelerator.A100_40GB, 16, "a2-megagpu-16g has 16"),
        (Accelerator.A100_80GB, 5, "a2-ultragpu-4g has 4"),
    ],
)
def test_nearest_lists_the_machines_with_the_closest_gpu_count(accelerator: Accelerator, gpus: int, hint: str) -> None:
    """The hint has machines that exist, as close to the wanted number as possible."""
    assert nearest(accelerator, gpus) == hint
