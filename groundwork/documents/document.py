"""Documents as they are read: each part knows its line, and all problems of a document are raised at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from groundwork.documents.formats import FormatError, LineOf, Parsed, Place, parse_json, parse_toml, parse_yaml
from groundwork.documents.messages import objections
from groundwork.documents.model import Objection
from groundwork.errors import UserError

Format = Literal["YAML", "TOML", "JSON"]
FORMATS: Final[Mapping[str, Format]] = {".yaml": "YAML", ".yml": "YAML", ".toml": "TOML", ".json": "JSON"}
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class DocumentProblem:
    """One thing that is wrong in a document."""

    file: str
    line: int | None
    path: str  # of the key; empty for the document
    message: str
    hint: str = ""

    def without_hint(self) -> str:
        """Where it is and what is wrong."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"

    def __str__(self) -> str:
        return f"{self.without_hint()} ({self.hint})" if self.hint else self.without_hint()


class DocumentError(UserError):
    """The document cannot be used; carries every problem that was found."""

    def __init__(self, problems: Iterable[DocumentProblem]) -> None:
        """`problems` must not be empty."""
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            super().__init__(self.problems[0].without_hint(), self.problems[0].hint)
        else:
            super().__init__("\n".join(str(problem) for problem in self.problems))

    def line(self) -> str:
        """All problems on one line."""
        return "; ".join(str(problem) for problem in self.problems)


@dataclass(frozen=True)
class Document:
    """A document that was read: its value, and where each part of it is."""

    file: str  # as messages name it
    value: Any
    line_of: LineOf

    def problem(self, place: Place, message: str, hint: str = "") -> DocumentProblem:
        """The problem of a value."""
        return DocumentProblem(self.file, self.line_of(place), key_path(place), message, hint)

    def problems(self, error: ValidationError, model: type[BaseModel], place: Place = ()) -> list[DocumentProblem]:
        """The problems of a validation of `model`, whose value is at `place`."""
        return [
            self.problem((*place, *objection.place), objection.message, objection.hint)
            for objection in objections(error, model)
        ]

    def parse(self, model: type[M]) -> M:
        """The whole document as a model; raises `DocumentError`."""
        problems = Problems(self)
        parsed = problems.read(model, self.value)
        problems.finish()
        assert parsed is not None  # noqa: S101 - there is a problem where there is no model
        return parsed


class Problems:
    """Reads the parts of a document one by one, and collects what is wrong: a wrong part hides no other."""

    def __init__(self, document: Document) -> None:
        """Nothing is wrong yet."""
        self.document = document
        self.found: list[DocumentProblem] = []

    def read(self, model: type[M], value: object, place: Place = ()) -> M | None:
        """The value at `place` as a model; None where it is not valid."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.found += self.document.problems(error, model, place)
            return None

    def add(self, place: Place, message: str, hint: str = "") -> None:
        """A problem of the value at `place`."""
        self.found.append(self.document.problem(place, message, hint))

    def extend(self, place: Place, objections: Iterable[Objection]) -> None:
        """The objections to the value at `place`."""
        for objection in objections:
            self.add((*place, *objection.place), objection.message, objection.hint)

    def finish(self, *others: Problems) -> None:
        """Raise `DocumentError` where something is wrong, here or in others; in the order of lines."""
        found = [
            problem
            for problems in (self, *others)
            for problem in sorted(problems.found, key=lambda problem: problem.line or 0)
        ]
        if found:
            raise DocumentError(found)


def read(path: Path, name: str = "") -> Document:
    """The document in a file, in the format that its suffix says; raises `UserError`. Messages call it `name`."""
    name = name or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{name}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{name}: is not text in UTF-8") from None
    return parse(text, name, FORMATS[path.suffix])


def parse(text: str, name: str, format_: Format) -> Document:
    """The document in a text; raises `UserError` where the text is not of the format."""
    try:
        parsed = _parsed(text, format_)
    except FormatError as error:
        where = name if error.line is None else f"{name}:{error.line}"
        raise UserError(f"{where}: is not valid {format_}: {error.message}") from None
    return Document(name, parsed.value, parsed.line_of)


def _parsed(text: str, format_: Format) -> Parsed:
    match format_:
        case "YAML":
            return parse_yaml(text)
        case "TOML":
            return parse_toml(text)
        case "JSON":
            return parse_json(text)


def load(path: Path, model: type[M], name: str = "") -> M:
    """A file as a model; raises `UserError` with every problem in it."""
    return read(path, name).parse(model)


def key_path(place: Place) -> str:
    """A place as people write it: `rows[0].name`."""
    path = ""
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
