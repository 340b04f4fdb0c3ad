"""Partitions of GPUs, and the zones that offer them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.types import Region, Section, Zone
from stacks.settings.model.clusters import Accelerator, AcceleratorName
from stacks.settings.model.gpu_pools import PartitionSize

PARTITIONS: Final = Path(__file__).with_name("gpu_partitions.yaml")
ZONES: Final = Path(__file__).with_name("gpu_zones.yaml")


class Partitions(Section):
    """Sizes of partitions by GPU, and how many of each fit on a GPU."""

    source: str
    date: dt.date
    partitions: dict[AcceleratorName, dict[PartitionSize, Annotated[int, Field(ge=1, le=7)]]]


class GpuZones(Section):
    """Zones by region and GPU."""

    source: str
    date: dt.date
    regions: dict[Region, dict[AcceleratorName, list[Zone]]]


@cache
def _partitions() -> Partitions:
    return read_data(PARTITIONS, Partitions)


@cache
def _zones() -> GpuZones:
    return read_data(ZONES, GpuZones)


def partitions(accelerator: Accelerator) -> Mapping[str, int]:
    """How many partitions of each size fit on one GPU; empty if it cannot be partitioned."""
    return _partitions().partitions.get(accelerator.value, {})


def offered(accelerator: Accelerator, zone: str) -> list[str] | None:
    """The zones of a zone's region that offer a GPU; None where it is unknown."""
    return _zones().regions.get(zone.rpartition("-")[0], {}).get(accelerator.value)


def known_on() -> dt.date:
    """The date of the table of zones."""
    return _zones().date
