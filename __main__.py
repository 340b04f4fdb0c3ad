"""The program that Pulumi runs: settings in, platform out."""

from stacks.program import build
from stacks.settings import load

build(load()).export()
