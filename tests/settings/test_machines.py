"""The table of GPU machines, and pools that follow it or do not."""

from __future__ import annotations

import pytest

from stacks.settings.core.problems import PREFIX
from stacks.settings.facts.gpu_machines import gpu_machines, nearest
from stacks.settings.facts.gpus import offered
from stacks.settings.model.clusters import Accelerator
from tests.settings.samples import Config, dev, problems_of, put


def _pool(machine: str, gpus: int) -> Config:
    """Development's settings with a pool of these machines, which no quota is about."""
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


def test_every_gpu_type_has_a_machine() -> None:
    """The table has a machine for each GPU type of the settings."""
    assert {machine.accelerator for machine in gpu_machines().values()} == set(Accelerator)


@pytest.mark.parametrize("machine", gpu_machines())
def test_each_machine_has_one_number_of_gpus(machine: str) -> None:
    """The number that the machine has is accepted; every other one is refused at its key."""
    accepted = [gpus for gpus in range(1, 17) if not problems_of(_pool(machine, gpus))]
    refused = {problem.path for gpus in range(1, 17) for problem in problems_of(_pool(machine, gpus))}

    assert accepted == [gpu_machines()[machine].gpus]
    assert refused == {f"{PREFIX}gpu_pools.l4.accelerators_per_node"}


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
def test_the_nearest_machines_are_named(accelerator: Accelerator, gpus: int, hint: str) -> None:
    """A hint is a machine that exists, as near to what was wanted as there is."""
    assert nearest(accelerator, gpus) == hint
