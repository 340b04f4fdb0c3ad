"""The Pulumi program: reads the settings of the stack and declares its resources."""

from stacks import laptop, platform
from stacks.settings import Local, load

settings = load()
stack = laptop.build(settings) if isinstance(settings, Local) else platform.build(settings)
stack.export()
