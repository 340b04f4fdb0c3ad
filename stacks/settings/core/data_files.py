"""Data files of the program, validated like settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stacks.settings.core.problems import PREFIX, Problem, SettingsError, translate

Data = TypeVar("Data", bound=BaseModel)


def read_data(file: Path, model: type[Data]) -> Data:
    """A data file as its model; raises `SettingsError` with every problem in it."""
    name = f"{file.parent.name}/{file.name}"
    try:
        document = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError, ValueError) as error:
        raise SettingsError([Problem(name, "", f"cannot be read: {str(error).splitlines()[0]}")]) from None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        problems = translate(error, model, name)
        raise SettingsError(
            [replace(problem, path=problem.path.removeprefix(PREFIX)) for problem in problems]
        ) from None
