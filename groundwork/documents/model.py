"""The base of all models of documents, and how a validator objects to a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from groundwork.documents.formats import Place

NOT_BLANK: Final = r"\S"


class Model(BaseModel):
    """A section of a document: immutable, without unknown keys, and without conversion of types.

    A union of models takes a discriminator whose tags are in brackets (`[priced]`), so that no tag is taken for a key.
    `REMOVED` has the keys that the section no longer has, and what to do instead.
    """

    REMOVED: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True)
class Objection:
    """A problem of a value, found by a validator; `place` leads from the value to the part that is wrong."""

    message: str
    hint: str = ""
    place: Place = ()


def refusal(message: str, hint: str = "") -> PydanticCustomError:
    """The error that a validator of one value raises."""
    return PydanticCustomError("refused", "is not valid", {"objections": (Objection(message, hint),)})


def refuse(objections: Iterable[Objection]) -> None:
    """Raise all objections from a validator of a model; nothing where there are none."""
    if found := tuple(objections):
        raise PydanticCustomError("refused", "is not valid", {"objections": found})


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    refuse(Objection(f"duplicate {name!r}", "list it once") for name in dict.fromkeys(names) if names.count(name) > 1)
    return names


Text = Annotated[str, StringConstraints(pattern=NOT_BLANK)]  # with at least one character that is not a blank
Names = Annotated[tuple[Text, ...], Strict(strict=False), AfterValidator(_unique)]  # a list without duplicates
