"""Everything an environment may say about itself: the typed form of ``Pulumi.<stack>.yaml``.

An environment is data. `Settings` is that data after every check that needs no cloud: types, shapes of names,
overlapping address ranges, references from one entry to another. Nothing here calls a cloud or computes a value
that the file does not contain. `Local` is the same of a stack on clusters that are there already, and `Tenancy` what
both have.
"""

from stacks.settings.core.problems import Problem, SettingsError
from stacks.settings.model.cloud import Settings
from stacks.settings.model.local import Local
from stacks.settings.model.tenancy import Tenancy
from stacks.settings.reading import any_of, load, read_any

__all__ = [
    "Local",
    "Problem",
    "Settings",
    "SettingsError",
    "Tenancy",
    "any_of",
    "load",
    "read_any",
]
