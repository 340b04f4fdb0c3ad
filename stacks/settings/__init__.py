"""Everything an environment may say about itself: the typed form of ``Pulumi.<stack>.yaml``.

An environment is data. `Settings` is that data after every check that needs no cloud: types, shapes of names,
overlapping address ranges, references from one entry to another. Nothing here calls a cloud or computes a value
that the file does not contain.
"""

from stacks.settings.model import Settings
from stacks.settings.problems import Problem, SettingsError
from stacks.settings.reading import load, read_file, settings_of

__all__ = ["Problem", "Settings", "SettingsError", "load", "read_file", "settings_of"]
