"""Settings as their model, field by field: what is valid is there, and reading anything else raises `NotKnown`."""

from __future__ import annotations

import typing
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from stacks.settings.core.hints import bare
from stacks.settings.core.problems import Place
from stacks.settings.core.spelling import closest
from stacks.settings.core.types import Section
from stacks.settings.core.unknown import UNKNOWN, NotKnown, PartialList, PartialMap

KEY: Final = "[key]"  # the last part of a place that is a key and not its value, as pydantic writes it

Model = TypeVar("Model", bound=Section)

# By the identity of the annotation, which is retained: not every annotation can be hashed.
_ADAPTERS: Final[dict[int, tuple[Any, TypeAdapter[Any]]]] = {}


def partial(model: type[Model], values: Mapping[str, Any], unknown: Collection[Place] = ()) -> Model:
    """The settings with every field that is valid.

    `unknown` are places whose values are not known although they may be valid; a place that ends with `KEY` is a key
    of a map. Defaults are filled in as in valid settings, except for those that follow from a field which is not known.
    """
    given = model.with_defaults(values)
    known: dict[str, Any] = {}
    not_known: set[str] = set()
    misspelled = {closest(key, model.model_fields) for key in given if key not in model.model_fields}
    for name, field in model.model_fields.items():
        here = _below(name, unknown)
        if name in given:
            try:
                known[name] = _value(_annotations(model)[name], given[name], here)
            except NotKnown:
                not_known.add(name)
        elif field.is_required() or name in misspelled or () in here:
            not_known.add(name)
    for name in not_known & model.DECIDES.keys():
        not_known.update(set(model.DECIDES[name]) - set(values))
    section = model.model_construct(_fields_set=set(known), **known)
    for name in not_known:
        section.__dict__.pop(name, None)
    return typing.cast("Model", section)  # pydantic's plugin of mypy knows the bound only


def _value(annotation: Any, value: Any, unknown: Collection[Place]) -> Any:
    """The value as its model; raises `NotKnown`."""
    if () in unknown:
        raise NotKnown
    try:
        valid = _adapter(annotation).validate_python(value)
    except ValidationError as error:
        if any(not detail["loc"] for detail in error.errors(include_url=False, include_input=False)):
            raise NotKnown from None
    else:
        if not unknown:
            return valid
    here = bare(annotation)
    if isinstance(here, type) and issubclass(here, Section) and isinstance(value, Mapping):
        return partial(here, value, unknown)
    if typing.get_origin(here) is dict and isinstance(value, Mapping):
        return _map(here, value, unknown)
    if typing.get_origin(here) is list and isinstance(value, list):
        inner = typing.get_args(here)[0]
        return PartialList([_item(inner, item, _below(index, unknown)) for index, item in enumerate(value)])
    raise NotKnown


def _map(annotation: Any, value: Mapping[str, Any], unknown: Collection[Place]) -> PartialMap[Any]:
    """A map with its valid entries; keys that are not valid, or that are among `unknown`, make it incomplete."""
    key_type, item_type = typing.get_args(annotation)
    items = {key: _item(item_type, item, _below(key, unknown) - {(KEY,)}) for key, item in value.items()}
    invalid = {key for key in value if _item(key_type, key, ()) is UNKNOWN}
    removed = {key for key in value if (KEY,) in _below(key, unknown)}
    known = {key: item for key, item in items.items() if item is not UNKNOWN and key not in removed}
    return PartialMap(
        {key: item for key, item in known.items() if key not in invalid},
        set(items) - set(known) - invalid - removed,
        {key: item for key, item in known.items() if key in invalid},
        complete=not invalid | removed,
    )


def _item(annotation: Any, value: Any, unknown: Collection[Place]) -> Any:
    try:
        return _value(annotation, value, unknown)
    except NotKnown:
        return UNKNOWN


def _below(part: str | int, places: Collection[Place]) -> frozenset[Place]:
    return frozenset(place[1:] for place in places if place and place[0] == part)


@cache
def _annotations(model: type[Section]) -> Mapping[str, Any]:
    return typing.get_type_hints(model, include_extras=True)


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    if id(annotation) not in _ADAPTERS:
        here = bare(annotation)
        config = None if isinstance(here, type) and issubclass(here, Section) else ConfigDict(strict=True)
        _ADAPTERS[id(annotation)] = (annotation, TypeAdapter(annotation, config=config))
    return _ADAPTERS[id(annotation)][1]
