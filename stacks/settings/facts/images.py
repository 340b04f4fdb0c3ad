"""Images of the charts, from ``stacks/images.yaml``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from stacks.settings.core.data_files import read_data
from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Key, Section

FILE: Final = Path(__file__).parents[2] / "images.yaml"

# At least two parts, so that no entry allows a complete registry.
Pattern = Annotated[str, Field(pattern=r"^[a-z0-9.-]+(/[a-z0-9._-]+)*/([a-z0-9._-]*[a-z0-9])?\*$")]


class ChartImages(Section):
    """Patterns by the chart or kustomize folder that needs them."""

    date: Annotated[dt.date, Field(strict=False)]
    images: dict[Key, Annotated[list[Pattern], Distinct()]]

    @property
    def patterns(self) -> list[str]:
        """All patterns without duplicates, in alphabetical order."""
        return sorted({pattern for patterns in self.images.values() for pattern in patterns})


def load_images(file: Path = FILE) -> ChartImages:
    """The patterns; raises `SettingsError` for one that is too broad."""
    return read_data(file, ChartImages)
