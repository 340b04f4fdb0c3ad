"""The folder that the tool works on: the one with ``Pulumi.yaml``."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from groundwork.errors import UserError


@dataclass(frozen=True)
class Project:
    """A Pulumi project on disk."""

    root: Path
    name: str

    @classmethod
    def at(cls, root: Path) -> Project:
        """The project in a folder; raises `UserError` where there is none."""
        file = root / "Pulumi.yaml"
        if not file.is_file():
            raise UserError(
                f"{root}: no Pulumi.yaml in this folder", "run in the project's folder, or name it with -C DIR"
            )
        name = read_yaml(file).get("name")
        if not isinstance(name, str) or not name:
            raise UserError(f"{file.name}: name: is missing", "a project has a name")
        return cls(root.resolve(), name)

    def stacks(self) -> list[str]:
        """The names of all stacks that have a settings file."""
        return sorted(file.name.split(".")[1] for file in self.root.glob("Pulumi.*.yaml"))

    def settings_file(self, stack: str) -> Path:
        """The settings file of a stack; raises `UserError` with the nearest name where there is none."""
        file = self.root / f"Pulumi.{stack}.yaml"
        if not file.is_file():
            known = self.stacks()
            close = difflib.get_close_matches(stack, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"stacks here: {', '.join(known) or 'none'}"
            raise UserError(f"{file.name}: no such file, so there is no stack {stack!r}", hint)
        return file

    def configuration(self, stack: str) -> dict[str, str]:
        """A stack's configuration as the engine hands it to a program: text for values, JSON for sections."""
        config = read_yaml(self.settings_file(stack)).get("config") or {}
        if not isinstance(config, Mapping):
            raise UserError(f"Pulumi.{stack}.yaml: config: expected a map of keys", "keys look like namespace:name")
        return {key if ":" in key else f"{self.name}:{key}": _as_text(value) for key, value in config.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    # The engine keeps sections in maps that have no order and writes their keys sorted.
    return json.dumps(value, default=str, sort_keys=True)


def read_yaml(file: Path) -> dict[str, Any]:
    """A YAML file that holds a map; raises `UserError` with the line where it does not parse."""
    try:
        document = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{file.name}: no such file") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = file.name if mark is None else f"{file.name}:{mark.line + 1}"
        what = (error.problem or error.context or "cannot be parsed").split("\n")[0]
        raise UserError(f"{where}: is not YAML: {what}") from None
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise UserError(f"{file.name}: cannot be read: {str(error).splitlines()[0]}") from None
    if not isinstance(document, dict):
        raise UserError(f"{file.name}: holds no map")
    return document
