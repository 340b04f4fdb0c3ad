"""The settings of an environment: the typed form of ``Pulumi.<stack>.yaml``.

`Settings` is the content of a file after every check that needs no cloud: types, forms of names, overlapping address
ranges, references from one entry to another. Nothing here calls a cloud. `Local` is the same for a stack on existing
clusters, and `Tenancy` is the common part of both.
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
