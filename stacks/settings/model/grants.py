"""Who may do what, and until when: one form of a grant, wherever the settings make one.

A grant is a word, or a map where it ends by itself. Whether a day has passed is not asked here: what a file declares
must not depend on when it is read, and IAM refuses by itself from that day on.
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
    """What a grant allows: `read` lists and reads objects, `write` creates and deletes them too."""

    READ = "read"
    WRITE = "write"


def _in_calendar(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("is in no calendar") from None
    return value


# https://cloud.google.com/iam/docs/conditions-overview#structure: a title and a description of at most 256 characters
Day = Annotated[
    str,
    shape(r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", "a day, in quotes", '"2027-01-31"'),
    AfterValidator(_in_calendar),
]
Reason = Annotated[str, shape(r"^[^\s](.{0,254}[^\s])?$", "one line of at most 256 characters", "quarterly audit")]


class Grant(Section):
    """What every grant may carry."""

    until: Day | None = Field(default=None, description="last day on which the grant holds, in UTC")
    reason: Reason | None = Field(default=None, description="why somebody has it; a grant that ends must say so")


class AccessTerms(Grant):
    """A grant on one thing, in full."""

    access: Annotated[Access, Choice]


class People(StrEnum):
    """What people of a team may do at most with data that its workloads use."""

    NONE = "none"
    READ = "read"


class DataTerms(AccessTerms):
    """What a team may do with a bucket, in full."""

    people: Annotated[People, Choice] | None = Field(
        default=None, description="the most that people of the team may do; null follows what each group is in it"
    )
    mount: bool = Field(default=True, description="show the bucket as a folder, unless an entry of mounts does")


class ReadTerms(Grant):
    """A grant on what nobody writes by hand, in full."""

    access: Literal["read"]


class RoleTerms(Grant):
    """A role on a project, in full."""

    role: Role


@dataclass(frozen=True)
class _OrShort:
    """Takes the short form of a grant too: the value of its `field` alone, judged at the grant's own place."""

    field: str

    def __get_pydantic_core_schema__(self, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        declared = source.model_fields[self.field]
        short_form: Any = declared.annotation
        if declared.metadata:
            short_form = Annotated[short_form, *declared.metadata]
        short: TypeAdapter[Any] = TypeAdapter(short_form)

        def read(value: Any, whole: core_schema.ValidatorFunctionWrapHandler) -> Any:
            if isinstance(value, Mapping | source):
                return whole(value)
            return source.model_construct(**{self.field: short.validate_python(value)})

        return core_schema.no_info_wrap_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler(schema)
        short = handler.resolve_ref_schema(whole)["properties"][self.field]
        return {"anyOf": [{key: value for key, value in short.items() if key != "title"}, whole]}


AccessGrant = Annotated[AccessTerms, _OrShort("access")]
DataGrant = Annotated[DataTerms, _OrShort("access")]
ReadGrant = Annotated[ReadTerms, _OrShort("access")]
RoleGrant = Annotated[RoleTerms, _OrShort("role"), Field(description="a role", examples=["roles/monitoring.viewer"])]
# Two grants of one role would be one binding that ends on two days.
RoleGrants = Annotated[list[RoleGrant], Distinct(by="role")]
