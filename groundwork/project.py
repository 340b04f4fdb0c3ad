"""The Pulumi project that the tool works on: the folder with ``Pulumi.yaml``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from groundwork.documents import suggest
from groundwork.errors import UserError
from groundwork.yaml_files import read_yaml

# Keys of a settings file that decrypt secrets: the secrets provider, its wrapped data key, and the passphrase's salt.
# https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
SECRETS_KEYS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")


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
                f"{root}: no Pulumi.yaml in this folder", "run in the project's folder, or name it with -C FOLDER"
            )
        name = read_yaml(file).get("name")
        if not isinstance(name, str) or not name:
            raise UserError(f"{file.name}: name: is missing", "set the project's name")
        return cls(root.resolve(), name)

    def stacks(self) -> list[str]:
        """The names of all stacks that have a settings file."""
        return sorted(file.name.split(".")[1] for file in self.root.glob("Pulumi.*.yaml"))

    def settings_file(self, stack: str) -> Path:
        """The settings file of a stack; raises `UserError` with the closest name where there is none."""
        file = self.root / f"Pulumi.{stack}.yaml"
        if not file.is_file():
            known = self.stacks()
            hint = suggest(stack, known, f"stacks here: {', '.join(known) or 'none'}")
            raise UserError(f"{file.name}: no such file, so there is no stack {stack!r}", hint)
        return file

    def configuration(self, stack: str) -> dict[str, str]:
        """A stack's configuration as the engine passes it to a program: text for values, JSON for sections."""
        config = read_yaml(self.settings_file(stack)).get("config") or {}
        if not isinstance(config, Mapping):
            raise UserError(f"Pulumi.{stack}.yaml: config: expected a map of keys", "keys look like namespace:name")
        return {key if ":" in key else f"{self.name}:{key}": _as_text(value) for key, value in config.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    # The engine holds sections in unordered maps and writes their keys sorted.
    return json.dumps(value, default=str, sort_keys=True)
