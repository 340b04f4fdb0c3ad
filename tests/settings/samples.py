"""Development's settings, and functions that change one value in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML

from stacks.settings import Problem, SettingsError, any_of
from stacks.settings.core.problems import PREFIX
from tests.conftest import ROOT

STACKS: Final = tuple(sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml")))
FILE: Final = "Pulumi.dev.yaml"
TEXT: Final = (ROOT / FILE).read_text(encoding="utf-8")
ABSENT: Final = object()
"""As a value: the key is absent."""

Config = dict[str, Any]

_DEV: Final[Config] = YAML(typ="safe", pure=True).load(TEXT)["config"]
_LOCAL: Final[Config] = YAML(typ="safe", pure=True).load((ROOT / "Pulumi.local.yaml").read_text(encoding="utf-8"))[
    "config"
]

SUBNET: Final = "network.subnets.gke-europe-west4"
CLASS_POOL: Final = _DEV[f"{PREFIX}gpu_pools"]["l4"]
POOL: Final = {**CLASS_POOL, "unqueued": True}
"""A further pool, outside of queues; a pool of a compute class is offered with its class."""
MAIN: Final = _DEV[f"{PREFIX}clusters"]["main"]
TEAM: Final = {**_DEV[f"{PREFIX}teams"]["vision"], "quota": {"cpu": 32, "memory_gib": 160}}
"""A further team; the quotas of the existing ones are all GPUs."""
NO_DATA: Final = {
    name: {key: value for key, value in team.items() if key not in ("data", "models")}
    for name, team in _DEV[f"{PREFIX}teams"].items()
}
"""The teams without data."""
BACKUPS: Final = {"region": "europe-west1", "cron": "0 2 * * *", "retain_days": 90}
SECOND: Final = {**MAIN, "control_plane_cidr": "172.16.64.16/28", "service_range": "services-green"}
"""A second cluster."""
AUTOPROVISIONING: Final = {"cpu": 100, "memory_gib": 1000, "gpus": {"nvidia-l4": 10}}


def dev() -> Config:
    """A copy of development's configuration."""
    return copy.deepcopy(_DEV)


def local() -> Config:
    """A copy of the configuration of the stack on a laptop."""
    return copy.deepcopy(_LOCAL)


def put(config: Config, path: str, value: object) -> Config:
    """Set or remove the value at `path`, in the notation of problems without the prefix, and return `config`."""
    here: Any = config
    *above, last = [int(part) if part.isdecimal() else part for part in re.findall(r"[^.\[\]]+", f"{PREFIX}{path}")]
    for part in above:
        here = here[part]
    if value is ABSENT:
        del here[last]
    else:
        here[last] = copy.deepcopy(value)  # later changes must not alter the table
    return config


def problems_of(config: Config) -> list[Problem]:
    """The problems of a configuration; none if it is valid."""
    try:
        any_of(config, FILE)
    except SettingsError as error:
        return error.problems
    return []


@dataclass(frozen=True)
class Wrong:
    """One fault: the value at `path`, and the problem that is reported there or, where it differs, `at`."""

    path: str
    value: object
    message: str
    hint: str = ""
    at: str = ""
    also: tuple[tuple[str, object], ...] = ()  # values that are set first, for a fault of several values
    of: Callable[[], Config] = dev  # the settings that are valid except for the fault


def section_of(wrong: Wrong) -> tuple[Callable[[], Config], str]:
    """The kind of stack and the section in which a problem is reported."""
    return wrong.of, re.split(r"[.\[]", wrong.at or wrong.path)[0]


def config_of(wrong: Wrong) -> Config:
    """Settings with the fault."""
    config = wrong.of()
    for path, value in wrong.also:
        put(config, path, value)
    return put(config, wrong.path, wrong.value)


def edited(*edits: tuple[str, str]) -> str:
    """Development's file with texts replaced, each of which occurs exactly once."""
    text = TEXT
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def line_of(text: str, part: str) -> int:
    """The line, counted from 1, of the first occurrence of `part`."""
    return text[: text.index(part)].count("\n") + 1
