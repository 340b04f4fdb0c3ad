"""Lists without duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema


@dataclass(frozen=True)
class Distinct:
    """Refuses duplicates, which the cloud would ignore, or at which it would fail after a part of the work.

    Items that are sections can be compared `by` one of their fields.
    """

    by: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._distinct, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "uniqueItems": True}

    def _distinct(self, values: list[Any]) -> list[Any]:
        """The list, or one error at the place of each item that repeats an earlier one."""
        items = [getattr(value, self.by) for value in values] if self.by else values
        errors = [
            InitErrorDetails(type=PydanticCustomError("duplicate", "duplicate item"), loc=(index,), input=item)
            for index, item in enumerate(items)
            if item in items[:index]
        ]
        if errors:
            raise ValidationError.from_exception_data("list", errors)
        return values
