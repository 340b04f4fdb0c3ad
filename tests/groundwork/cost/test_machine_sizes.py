"""Sizes of machine types against sources that are independent of the data files: GKE's own autoscaler, and names.

GKE's cluster autoscaler has a table of the machine types that it creates nodes from. It agrees with the data files on
all of their machines but four: two shared cores, which it counts as whole vCPUs, and two that contradict their names
there (g2-standard-24 with 23 vCPUs, n2d-highmem-96 with 786 GiB).
https://github.com/GoogleCloudPlatform/cluster-autoscaler at 7862740 (2026-08-21, Apache-2.0),
pkg/cloudprovider/gke/machinetypes/deprecated_machine_types_config.go
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import pytest

from groundwork.cost import load
from groundwork.cost.machines import Machine
from stacks.settings.facts.gpu_machines import gpu_machines, size_of

BOOK: Final = load()

# vCPUs, GiB, GPU, GPUs, local SSDs that are part of the machine, and how many may be added where none is.
GPU_SIZES: Final[dict[str, tuple[int, int, str, int, int, list[int]]]] = {
    "a2-highgpu-1g": (12, 85, "nvidia-tesla-a100", 1, 0, [1, 2, 4, 8]),
    "a2-highgpu-2g": (24, 170, "nvidia-tesla-a100", 2, 0, [2, 4, 8]),
    "a2-highgpu-4g": (48, 340, "nvidia-tesla-a100", 4, 0, [4, 8]),
    "a2-highgpu-8g": (96, 680, "nvidia-tesla-a100", 8, 0, [8]),
    "a2-megagpu-16g": (96, 1360, "nvidia-tesla-a100", 16, 0, [8]),
    "a2-ultragpu-1g": (12, 170, "nvidia-a100-80gb", 1, 1, []),
    "a2-ultragpu-2g": (24, 340, "nvidia-a100-80gb", 2, 2, []),
    "a2-ultragpu-4g": (48, 680, "nvidia-a100-80gb", 4, 4, []),
    "a2-ultragpu-8g": (96, 1360, "nvidia-a100-80gb", 8, 8, []),
    "a3-highgpu-1g": (26, 234, "nvidia-h100-80gb", 1, 2, []),
    "a3-highgpu-2g": (52, 468, "nvidia-h100-80gb", 2, 4, []),
    "a3-highgpu-4g": (104, 936, "nvidia-h100-80gb", 4, 8, []),
    "a3-highgpu-8g": (208, 1872, "nvidia-h100-80gb", 8, 16, []),
    "a3-megagpu-8g": (208, 1872, "nvidia-h100-mega-80gb", 8, 16, []),
    "a3-ultragpu-8g": (224, 2952, "nvidia-h200-141gb", 8, 32, []),
    "a3-ultragpu-8g-nolssd": (224, 2952, "nvidia-h200-141gb", 8, 0, []),
    "a4-highgpu-8g": (224, 3968, "nvidia-b200", 8, 32, []),
    "g2-standard-4": (4, 16, "nvidia-l4", 1, 0, [1]),
    "g2-standard-8": (8, 32, "nvidia-l4", 1, 0, [1]),
    "g2-standard-12": (12, 48, "nvidia-l4", 1, 0, [1]),
    "g2-standard-16": (16, 64, "nvidia-l4", 1, 0, [1]),
    "g2-standard-24": (24, 96, "nvidia-l4", 2, 0, [2]),
    "g2-standard-32": (32, 128, "nvidia-l4", 1, 0, [1]),
    "g2-standard-48": (48, 192, "nvidia-l4", 4, 0, [4]),
    "g2-standard-96": (96, 384, "nvidia-l4", 8, 0, [8]),
    "g4-standard-48": (48, 180, "nvidia-rtx-pro-6000", 1, 0, [4]),
    "g4-standard-96": (96, 360, "nvidia-rtx-pro-6000", 2, 0, [8]),
    "g4-standard-192": (192, 720, "nvidia-rtx-pro-6000", 4, 0, [16]),
    "g4-standard-384": (384, 1440, "nvidia-rtx-pro-6000", 8, 0, [32]),
}
# GiB of memory of one GPU: https://cloud.google.com/compute/docs/gpus
GPU_MEMORY: Final = {
    "nvidia-l4": 24,
    "nvidia-tesla-a100": 40,
    "nvidia-a100-80gb": 80,
    "nvidia-h100-80gb": 80,
    "nvidia-h100-mega-80gb": 80,
    "nvidia-h200-141gb": 141,
    "nvidia-b200": 180,
    "nvidia-rtx-pro-6000": 96,
}

# GiB for each vCPU; the last part of a name is the number of vCPUs, and memory is in whole GiB except for n1.
# https://cloud.google.com/compute/docs/general-purpose-machines, /compute-optimized-machines
RATIOS: Final[dict[str, dict[str, Fraction]]] = {
    family: {kind: Fraction(ratio) for kind, ratio in ratios.items()}
    for family, ratios in {
        "c2": {"standard": "4"},
        "c2d": {"standard": "4", "highmem": "8", "highcpu": "2"},
        "c3": {"standard": "4", "highmem": "8", "highcpu": "2"},
        "c3d": {"standard": "4", "highmem": "8", "highcpu": "2"},
        "c4": {"standard": "3.75", "highmem": "7.75", "highcpu": "2"},
        "c4a": {"standard": "4", "highmem": "8", "highcpu": "2"},
        "c4d": {"standard": "3.875", "highmem": "7.875", "highcpu": "1.875"},
        "e2": {"standard": "4", "highmem": "8", "highcpu": "1"},
        "n1": {"standard": "3.75", "highmem": "6.5", "highcpu": "0.9"},
        "n2": {"standard": "4", "highmem": "8", "highcpu": "1"},
        "n2d": {"standard": "4", "highmem": "8", "highcpu": "1"},
        "n4": {"standard": "4", "highmem": "8", "highcpu": "2"},
        "t2d": {"standard": "4"},
    }.items()
}
# vCPUs and GiB where the rule does not hold: shared cores by the part of a core, and large machines with less memory.
EXCEPTIONS: Final = {
    "c3d-highcpu-30": ("30", "59"),
    "c3d-highcpu-60": ("60", "118"),
    "c3d-highcpu-90": ("90", "177"),
    "c3d-highcpu-180": ("180", "354"),
    "c3d-highcpu-360": ("360", "708"),
    "e2-medium": ("1", "4"),
    "e2-micro": ("0.25", "1"),
    "e2-small": ("0.5", "2"),
    "n2-highmem-128": ("128", "864"),
}
# Local SSDs of machines with -lssd, by family and vCPUs, in the same table of the autoscaler.
LOCAL_SSDS: Final[dict[str, dict[int, int]]] = {
    "c3": {4: 1, 8: 2, 22: 4, 44: 8, 88: 16, 176: 32},
    "c3d": {8: 1, 16: 1, 30: 2, 60: 4, 90: 8, 180: 16, 360: 32},
    "c4": {4: 1, 8: 1, 16: 2, 24: 4, 32: 5, 48: 8, 96: 16, 144: 24, 192: 32, 288: 48},
    "c4a": {4: 1, 8: 2, 16: 4, 32: 6, 48: 10, 64: 14, 72: 16},
    "c4d": {8: 1, 16: 1, 32: 2, 48: 4, 64: 6, 96: 8, 192: 16, 384: 32},
}
WITHOUT_GPUS: Final = sorted(name for name, machine in BOOK.machines.items() if machine.gpu is None)


def test_gpu_machine_sizes_agree_with_the_autoscaler() -> None:
    """Each GPU machine has the vCPUs, memory, GPUs and local SSDs of the second source, and no machine is missing."""
    assert {
        name: (
            machine.vcpu,
            machine.memory_gb,
            machine.accelerator.value,
            machine.gpus,
            machine.local_ssd,
            machine.local_ssd_options,
        )
        for name, machine in gpu_machines().items()
    } == GPU_SIZES


def test_gpu_memory_agrees_with_the_published_table() -> None:
    """GPUs of one kind have the same memory in each machine."""
    memory = {(machine.accelerator.value, machine.gpu_memory_gib) for machine in gpu_machines().values()}

    assert memory == set(GPU_MEMORY.items())


def test_price_book_and_settings_have_the_same_gpu_machines() -> None:
    """Both read one file; a machine without a price has its sizes in the book all the same."""
    machines = {name: BOOK.sizes(name) for name in GPU_SIZES}

    assert {
        name: (int(machine.vcpu), int(machine.gib), machine.gpu or "", int(machine.gpus), machine.local_ssds)
        for name, machine in machines.items()
        if machine is not None
    } == {name: sizes[:5] for name, sizes in GPU_SIZES.items()}
    assert {name for name, machine in BOOK.machines.items() if machine.gpu} < set(GPU_SIZES)
    assert BOOK.sizes("x9-standard-1") is None


def _expected(name: str) -> tuple[Fraction, Fraction]:
    """Expected vCPUs and GiB of a machine by its name."""
    if name in EXCEPTIONS:
        return Fraction(EXCEPTIONS[name][0]), Fraction(EXCEPTIONS[name][1])
    family, kind, count = name.removesuffix("-lssd").split("-")
    gib = int(count) * RATIOS[family][kind]
    return Fraction(count), gib if family == "n1" else Fraction(int(gib))


def _sizes(machine: Machine) -> tuple[Fraction, Fraction]:
    return Fraction(machine.vcpu), Fraction(machine.gib)


@pytest.mark.parametrize("family", sorted(RATIOS))
def test_machine_without_gpus_has_the_size_of_its_name(family: str) -> None:
    """The name ends with the vCPUs; memory is the family's ratio times the vCPUs."""
    names = [name for name in WITHOUT_GPUS if name.startswith(f"{family}-")]

    assert names
    assert {name: _sizes(BOOK.machines[name]) for name in names} == {name: _expected(name) for name in names}


def test_every_machine_without_gpus_is_of_a_known_family() -> None:
    """Guards the test above against a family that it does not look at."""
    assert {name.partition("-")[0] for name in WITHOUT_GPUS} == set(RATIOS)


def test_local_ssds_of_lssd_machines_agree_with_the_autoscaler() -> None:
    """Only machines with -lssd have local SSDs without GPUs."""
    assert {name: BOOK.machines[name].local_ssds for name in WITHOUT_GPUS if BOOK.machines[name].local_ssds} == {
        name: LOCAL_SSDS[match[1]][int(match[2])]
        for name in WITHOUT_GPUS
        if (match := re.fullmatch(r"(\w+)-\w+-(\d+)-lssd", name)) is not None
    }


def test_settings_and_price_book_agree_on_machines_without_gpus() -> None:
    """The settings compute the size from the name; the price book has it in its own file."""
    computed = {name: size for name in WITHOUT_GPUS if (size := size_of(name)) is not None}

    assert len(computed) > 50
    assert {name: _sizes(BOOK.machines[name]) for name in computed} == {
        name: (Fraction(vcpu), Fraction(gib)) for name, (vcpu, gib) in computed.items()
    }
