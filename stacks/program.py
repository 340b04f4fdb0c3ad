"""Which platform a stack is: the whole one in the cloud, or its cluster half on clusters that are there already."""

from __future__ import annotations

from stacks import laptop, platform
from stacks.settings import Local, Settings


def build(settings: Settings | Local) -> platform.Platform | laptop.Laptop:
    """Declare what the settings say."""
    return laptop.build(settings) if isinstance(settings, Local) else platform.build(settings)
