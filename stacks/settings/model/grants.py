"""Grants: access or a role, optionally with an end.

A grant is a word, or a map if it ends. Whether its last day has passed is not checked here: what a file declares must
not depend on when it is read, and IAM denies access after that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from stacks.settings.core.lists import Distinct
from stacks.settings.core.types import Choice, Role, Section, shape


class Access(StrEnum):
    """`read` lists and reads objects, `write` also creates and deletes them."""

    READ = "read"
    WRITE = "write"


def _real_date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a valid date") from None
    return value


# https://cloud.google.com/iam/docs/conditions-overview#structure: a title and a description of at most 256 characters
Day = Annotated[
    str,
    shape(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", "a day, in quotes", '"2027-01-31"'),
    AfterValidator(_real_date),
]
Reason = Annotated[str, shape(r"^[^\s](.{0,254}[^\s])?$", "one line of at most 256 characters", "quarterly audit")]


class Grant(Section):
    """The end and the reason that every grant may have."""

    until: Day | None = Field(default=None, description="last day on which the grant holds, in UTC")
    reason: Reason | None = Field(default=None, description="why the grant exists; required for a grant that ends")


class AccessTerms(Grant):
    """Access to one resource, in full."""

    access: Annotated[Access, Choice]


class People(StrEnum):
    """Maximum access of a team's people to data of its workloads."""

    NONE = "none"
    READ = "read"


class DataTerms(AccessTerms):
    """A team's access to a bucket, in full."""

    people: Annotated[People, Choice] | None = Field(
        default=None,
        description="maximum access of the team's people; null derives it from the membership of each group",
    )
    mount: bool = Field(default=True, description="mount the bucket as a folder, unless an entry of mounts does")


class ReadTerms(Grant):
    """Read access to a resource that people never write, in full."""

    access: Literal["read"]


class RoleTerms(Grant):
    """A role on a project, in full."""

    role: Role


@dataclass(frozen=True)
class _OrShort:
    """Accepts the short form of a grant too: the value of its `field` alone, validated at the place of the grant."""

    field: str

    def __get_pydantic_core_schema__(self, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        declared = source.model_fields[self.field]
        short_form: Any = declared.annotation
        if declared.metadata:
            short_form = Annotated[short_form, *declared.metadata]
        short: TypeAdapter[Any] = TypeAdapter(short_form)

        def read(value: Any, full: core_schema.ValidatorFunctionWrapHandler) -> Any:
            if isinstance(value, Mapping | source):
                return full(value)
            return source.model_construct(**{self.field: short.validate_python(value)})

        return core_schema.no_info_wrap_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        full = handler(schema)
        short = handler.resolve_ref_schema(full)["properties"][self.field]
        return {"anyOf": [{key: value for key, value in short.items() if key != "title"}, full]}


AccessGrant = Annotated[AccessTerms, _OrShort("access")]
DataGrant = Annotated[DataTerms, _OrShort("access")]
ReadGrant = Annotated[ReadTerms, _OrShort("access")]
RoleGrant = Annotated[RoleTerms, _OrShort("role"), Field(description="a role", examples=["roles/monitoring.viewer"])]
# Two grants of one role would be one binding with two ends.
RoleGrants = Annotated[list[RoleGrant], Distinct(by="role")]
