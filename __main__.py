"""The program that Pulumi runs: settings in, platform out."""

from stacks.platform import build
from stacks.settings import load

build(load()).export()
