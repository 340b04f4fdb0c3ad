"""What `prices.yaml` may contain, section by section; checks that need several sections are in `book_checks`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from groundwork.cost.purchase import DISCOUNTED, Purchase
from groundwork.documents import Model, Names, Objection, Text, refusal, refuse, shown, suggest

VERSION: Final = 2
CURRENCY: Final = "USD"
MONTH_HOURS: Final = 730  # 365 * 24 / 12, as Google's calculator has it

# More than one unit of anything in the book can cost, in dollars: a number above is a marker for "no price".
MAX_PRICES: Final[Mapping[str, Decimal]] = {
    "hour": Decimal(100),
    "cluster-hour": Decimal(1),
    "vcpu-hour": Decimal(1),
    "gib-hour": Decimal(1),
    "gpu-hour": Decimal(30),
    "address-hour": Decimal(1),
    "vm-hour": Decimal(1),
    "tunnel-hour": Decimal(1),
    "gib-month": Decimal(1),
    "iops-month": Decimal(1),
    "mibps-month": Decimal(1),
    "version-month": Decimal(10),
    "zone-month": Decimal(10),
    "namespace-month": Decimal(100),
    "gib": Decimal(1),
    "mib": Decimal(1),
    "tib": Decimal(100),
    "1000-operations": Decimal(1),
    "10000-operations": Decimal(1),
    "million-queries": Decimal(10),
    "million-samples": Decimal(1),
}
REGIONS: Final = "regions"
PLACES: Final = (REGIONS, "dual-regions", "multi-regions")  # lists of the book; an entry is `in` one of them


def _amount(value: object) -> Decimal:
    """An amount of money above zero, written as text so that it is exact."""
    if not isinstance(value, str):
        raise refusal(f"{shown(value)} is not text", 'write prices in quotes, so that they are exact: "0.10"')
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise refusal(f"{value!r} is not a number", 'a price looks like "0.10"') from None
    if not amount.is_finite() or amount <= 0:
        raise refusal(f"{value} is not a valid price", "where there is no price, give the reason: absent")
    return amount


def positive(value: object) -> Decimal:
    """A number above zero; a machine can have half a vCPU."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not value > 0:
        raise refusal(f"{shown(value)} is not a number above zero")
    return Decimal(str(value))


def _true(value: object) -> bool:
    if value is not True:
        raise refusal(f"expected true, found {shown(value)}", "leave it out where the sources agree")
    return True


def exactly(expected: object, message: str, hint: str) -> AfterValidator:
    """A validator that accepts one value; `{}` in the message is the value that was found."""

    def validate(value: Any) -> Any:
        if value != expected:
            raise refusal(message.format(value), hint)
        return value

    return AfterValidator(validate)


def _unit(value: str) -> str:
    if value not in MAX_PRICES:
        raise refusal(f"unknown unit {value}", suggest(value, MAX_PRICES))
    return value


def _place_list(value: str) -> str:
    if value not in PLACES:
        raise refusal(f"unknown kind of place {value}", f"one of {', '.join(PLACES)}")
    return value


Amount = Annotated[Decimal, PlainValidator(_amount)]
Positive = Annotated[Decimal, PlainValidator(positive)]


class Source(Model):
    """Where figures come from. They are copied only from sources whose licence allows it."""

    what: Text
    origin: Text = Field(alias="from")
    date: dt.date
    licence: Text


class BookModel(Model):
    """The whole file. Sources and entries are read one by one, so that a wrong one hides no other."""

    version: Annotated[int, exactly(VERSION, "version {} is unknown", f"this tool reads version {VERSION}")]
    date: dt.date
    currency: Annotated[Text, exactly(CURRENCY, f"{{}} is not {CURRENCY}", "prices are never converted")]
    hours_per_month: Annotated[
        int, exactly(MONTH_HOURS, f"a month has {MONTH_HOURS} hours, not {{}}", "Google's calculator uses this figure")
    ]
    regions: Names = Field(min_length=1)
    dual_regions: Names = Field(default=(), alias="dual-regions")
    multi_regions: Names = Field(default=(), alias="multi-regions")
    sources: dict[Text, Any] = Field(min_length=1)
    entries: dict[Text, Any] = Field(min_length=1)

    def places(self, kind: str) -> tuple[str, ...]:
        """The places of a list of places; `kind` is one of `PLACES`."""
        return dict(zip(PLACES, (self.regions, self.dual_regions, self.multi_regions), strict=True))[kind]


class EntryModel(Model):
    """An item of the book. Its prices are read one by one."""

    unit: Annotated[Text, AfterValidator(_unit)]
    source: Text = Field(description="a key of sources")
    date: dt.date
    includes: dict[Text, Positive] = Field(default_factory=dict)
    places: Annotated[Text, AfterValidator(_place_list)] = Field(default=REGIONS, alias="in")
    note: Text = ""
    prices: dict[Text, Any]


class SecondModel(Model):
    """The figure of another source for the same price, perhaps by the hour where the entry's is by the month."""

    source: Text
    unit: Text | None = None
    price: Amount


class PriceModel(Model):
    """The price of an item in one place."""

    price: Amount
    spot: Amount | None = None
    committed_1y: Amount | None = Field(default=None, alias=Purchase.COMMITTED_1Y.value)
    committed_3y: Amount | None = Field(default=None, alias=Purchase.COMMITTED_3Y.value)
    flex_start: Amount | None = Field(default=None, alias=Purchase.FLEX_START.value)
    second: SecondModel | None = None
    agreed: Names = ()
    disputed: Annotated[bool, PlainValidator(_true)] = False

    @property
    def discounted(self) -> dict[Purchase, Decimal]:
        """The prices of the other purchase options, where the book has them."""
        amounts = (self.spot, self.committed_1y, self.committed_3y, self.flex_start)
        return {option: amount for option, amount in zip(DISCOUNTED, amounts, strict=True) if amount is not None}

    @model_validator(mode="after")
    def _consistent(self) -> PriceModel:
        refuse(self._objections())
        return self

    def _objections(self) -> Iterator[Objection]:
        for option, amount in self.discounted.items():
            if amount > self.price:
                yield Objection(
                    f"{option} {amount} is above {self.price} on demand", "one of the two is wrong", (option.value,)
                )
        one, three = self.committed_1y, self.committed_3y
        if one is not None and three is not None and three > one:
            yield Objection(
                f"{three} for three years is more expensive than {one} for one",
                "a longer commitment costs no more",
                (Purchase.COMMITTED_3Y.value,),
            )


class AbsentModel(Model):
    """The reason why an item has no price in a place."""

    absent: Text = Field(description="the reason")
