"""A document that knows where each of its values stands, so that every complaint names file and key path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from groundwork.cost import documents
from groundwork.errors import UserError


@dataclass(frozen=True)
class Field:
    """A value of a document and its key path. Each reader raises `UserError` where the value is of another kind."""

    file: str
    path: str
    value: Any
    whole: Any = None  # the document that it stands in, None where it is the document

    def root(self) -> Field:
        """The document that the value stands in."""
        return Field(self.file, "", self.value if self.whole is None else self.whole)

    def wrong(self, message: str, hint: str = "") -> UserError:
        """The error for this place."""
        return UserError(f"{self.file}: {self.path or 'document'}: {message}", hint)

    def map(self) -> Mapping[str, Any]:
        """The value, which is a map."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("expected a map of keys")
        return self.value

    def __contains__(self, key: str) -> bool:
        return key in self.map()

    def __getitem__(self, key: str) -> Field:
        if key not in self.map():
            raise self.wrong(f"{key} is missing")
        whole = self.value if self.whole is None else self.whole
        return Field(self.file, f"{self.path}.{key}" if self.path else key, self.value[key], whole)

    def items(self) -> Iterator[tuple[str, Field]]:
        """The values of a map by key."""
        return ((str(key), self[key]) for key in self.map())

    def values(self) -> Iterator[Field]:
        """The values of a map."""
        return (self[key] for key in self.map())

    def only(self, *keys: str) -> None:
        """Refuse keys that mean nothing here: a misspelled one would be a value that nobody reads."""
        for key in self.map():
            if key not in keys:
                raise self[key].wrong("unknown key", f"known here: {', '.join(keys)}")

    def text(self) -> str:
        """The value, which is text that says something."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong("expected text")
        return self.value

    def count(self) -> int:
        """The value, which is a whole number above zero."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 1:
            raise self.wrong(f"{self.value} is not a whole number above zero")
        return self.value

    def number(self) -> Decimal:
        """The value, which is a number above zero; a machine can have half a vCPU."""
        if not isinstance(self.value, int | Decimal) or isinstance(self.value, bool) or self.value <= 0:
            raise self.wrong(f"{self.value} is not a number above zero")
        return Decimal(str(self.value))

    def texts(self) -> list[str]:
        """The value, which is a list of texts without repetition."""
        if not isinstance(self.value, list) or not all(isinstance(item, str) and item for item in self.value):
            raise self.wrong("expected a list of names")
        if len(set(self.value)) < len(self.value):
            raise self.wrong("names something twice")
        return list(self.value)

    def date(self) -> dt.date:
        """The value, which is a day."""
        if not isinstance(self.value, dt.date) or isinstance(self.value, dt.datetime):
            raise self.wrong(f"{self.value} is not a date", "a date looks like 2026-07-30")
        return self.value

    def amount(self) -> Decimal:
        """The value, which is an amount of money above zero, written as text."""
        if not isinstance(self.value, str):
            raise self.wrong(f"{self.value} is not text", 'write prices in quotes, so that they are exact: "0.10"')
        try:
            amount = Decimal(self.value)
        except InvalidOperation:
            raise self.wrong(f"{self.value!r} is not a number") from None
        if not amount.is_finite() or amount <= 0:
            raise self.wrong(f"{self.value} cannot be a price", "what has no price says so: absent")
        return amount


def read(path: Path) -> Field:
    """A YAML file as a field; raises `UserError` where it cannot be read."""
    try:
        return Field(str(path), "", documents.load(path.read_text(encoding="utf-8")))
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f":{error.problem_mark.line + 1}"
        raise UserError(f"{path}{line}: {error.problem}") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path}: {str(error).splitlines()[0]}") from None
