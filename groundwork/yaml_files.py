"""YAML files that hold a mapping, read as Pulumi reads its settings: YAML 1.2, with floating-point numbers.

Documents with a model, whose numbers are exact decimals, are read by `groundwork.documents`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from groundwork.errors import UserError


def read_yaml(file: Path) -> dict[str, Any]:
    """The mapping in a file; raises `UserError` with the file's name, and the line where it does not parse."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{file.name}: no such file") from None
    except OSError as error:
        raise UserError(f"{file.name}: cannot be read: {error.strerror}") from None
    return parse_yaml(data, file.name)


def parse_yaml(data: bytes, name: str) -> dict[str, Any]:
    """The mapping in UTF-8 text; raises `UserError`, which calls the text `name`."""
    try:
        document = YAML(typ="safe", pure=True).load(data.decode("utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = name if mark is None else f"{name}:{mark.line + 1}"
        reason = (error.problem or error.context or "cannot be parsed").split("\n")[0]
        raise UserError(f"{where}: is not valid YAML: {reason}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{name}: is not valid YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(document, dict):
        raise UserError(f"{name}: is not a map of keys")
    return document
