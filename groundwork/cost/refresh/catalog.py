"""The Cloud Billing Catalog: the SKUs of a service, as pages of JSON, and which of them make up an item of the book.

https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list. Descriptions are free text, so a SKU is used
only where exactly one price matches an item, a purchase option and a region.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, Strict

from groundwork import documents
from groundwork.cost.machines import Positive
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import ByRegion, ParsedPrices
from groundwork.documents import Model, Names, Problems, Text, suggest
from groundwork.errors import UserError

FILE: Final = Path(__file__).parent.with_name("catalog.yaml")
NAME: Final = "billing-catalog"
URL: Final = "https://cloudbilling.googleapis.com"
COMPUTE: Final = "Compute Engine"
NANOS: Final = Decimal(1_000_000_000)
UNITS: Final[Mapping[str, str]] = {
    "vcpu-hour": "h",
    "gpu-hour": "h",
    "gib-hour": "GiBy.h",
    "gib-month": "GiBy.mo",
}

Get = Callable[[str], Any]  # a path with its query, to the JSON of the answer


class PartModel(Model):
    """SKUs of one kind: `sku` is how their descriptions begin, `commitment` and `flex` where those differ."""

    pattern: Text | None = None
    sku: Text
    commitment: Text | None = None
    flex: Text | None = None
    times: Positive = Decimal(1)
    unit: Literal["vcpu-hour", "gpu-hour", "gib-hour", "gib-month"] | None = None

    def name(self, purchase: Purchase) -> str:
        """What the SKUs of a purchase option are called."""
        if purchase in (Purchase.COMMITTED_1Y, Purchase.COMMITTED_3Y):
            return self.commitment or self.sku
        return (self.flex or self.sku) if purchase is Purchase.FLEX_START else self.sku


class ItemModel(Model):
    """The parts that an item of the book is a sum of."""

    pattern: Text
    service: Text = COMPUTE
    parts: Annotated[tuple[PartModel, ...], Strict(strict=False), Field(min_length=1)]


class CatalogModel(Model):
    """The whole of `catalog.yaml`."""

    version: Literal[1]
    never: Names
    patterns: dict[Text, dict[Annotated[Purchase, Strict(strict=False)], Text]]
    items: dict[Text, ItemModel]


@dataclass(frozen=True)
class SkuPart:
    """SKUs of one kind: `patterns` of their descriptions by purchase option."""

    patterns: Mapping[Purchase, re.Pattern[str]]
    times: Decimal
    unit: str  # of the book's; empty for the item's own


@dataclass(frozen=True)
class SkuRule:
    """The SKUs that an item of the book is made of."""

    service: str
    parts: tuple[SkuPart, ...]


@dataclass(frozen=True)
class SkuRules:
    """The rules of all items, and words that disqualify a SKU."""

    items: Mapping[str, SkuRule]
    never: tuple[str, ...]


def rules(path: Path = FILE) -> SkuRules:
    """The rules in a file; raises `UserError` with everything that is wrong in it."""
    document = documents.read(path)
    model = document.parse(CatalogModel)
    problems = Problems(document)
    for name, item in model.items.items():
        for place, pattern in [
            (("pattern",), item.pattern),
            *((("parts", index, "pattern"), part.pattern) for index, part in enumerate(item.parts)),
        ]:
            if pattern is not None and pattern not in model.patterns:
                problems.add(("items", name, *place), f"unknown pattern {pattern}", suggest(pattern, model.patterns))
    problems.finish()
    return SkuRules(
        {
            name: SkuRule(
                item.service, tuple(_part(part, model.patterns[part.pattern or item.pattern]) for part in item.parts)
            )
            for name, item in model.items.items()
        },
        model.never,
    )


def _part(part: PartModel, patterns: Mapping[Purchase, str]) -> SkuPart:
    compiled = {
        purchase: re.compile(pattern.replace("{}", re.escape(part.name(purchase))))
        for purchase, pattern in patterns.items()
    }
    return SkuPart(compiled, part.times, part.unit or "")


def fetch(get: Get, known: SkuRules) -> list[dict[str, Any]]:
    """All SKUs of the services that the rules name; raises `UserError` where the catalog does not have one of them."""
    wanted = {rule.service for rule in known.items.values()}
    services = {
        service["displayName"]: service["name"] for service in _pages(get, "/v1/services?pageSize=5000", "services")
    }
    if missing := sorted(wanted - services.keys()):
        raise UserError(f"the catalog has no service {', '.join(missing)}", "see groundwork/cost/catalog.yaml")
    return [
        sku
        for name in sorted(wanted)
        for sku in _pages(get, f"/v1/{services[name]}/skus?currencyCode=USD&pageSize=5000", "skus")
    ]


def _pages(get: Get, path: str, key: str) -> Iterator[dict[str, Any]]:
    """The entries of all pages."""
    token = ""
    while True:
        page = get(f"{path}&pageToken={token}" if token else path)
        if not isinstance(page, dict):
            raise UserError("the answer of the catalog is not a page")
        yield from page.get(key) or ()
        token = page.get("nextPageToken") or ""
        if not token:
            return


def read(
    skus: list[dict[str, Any]], origin: str, known: SkuRules, units: Mapping[str, str], regions: tuple[str, ...]
) -> tuple[ParsedPrices, list[str]]:
    """Prices of the items, whose units are given, from SKUs; and a line for each ambiguous price."""
    priced = [(sku, price) for sku in skus if (price := _price(sku)) is not None]
    items: dict[str, ByRegion] = {}
    ambiguous: list[str] = []
    for item, rule in known.items.items():
        if item not in units:
            continue
        amounts: defaultdict[str, dict[Purchase, Decimal]] = defaultdict(dict)
        for purchase in Purchase:
            parts = [
                _matches(part, purchase, rule.service, priced, known.never, UNITS[part.unit or units[item]])
                for part in rule.parts
            ]
            for region in regions:
                choices = [
                    (part.times, prices.get(region, set())) for part, prices in zip(rule.parts, parts, strict=True)
                ]
                if several := [sorted(prices) for _, prices in choices if len(prices) > 1]:
                    ambiguous.append(f"{item} in {region}, {purchase}: the catalog has several prices: {several[0]}")
                elif all(prices for _, prices in choices):
                    amounts[region][purchase] = sum((times * min(prices) for times, prices in choices), Decimal())
        if amounts:
            items[item] = dict(amounts)
    return ParsedPrices(NAME, origin, items=items), ambiguous


def _matches(
    part: SkuPart,
    purchase: Purchase,
    service: str,
    priced: list[tuple[dict[str, Any], Decimal]],
    never: tuple[str, ...],
    unit: str,
) -> dict[str, set[Decimal]]:
    """The prices of the SKUs that a part names, by region."""
    prices: defaultdict[str, set[Decimal]] = defaultdict(set)
    pattern = part.patterns.get(purchase)
    for sku, price in priced if pattern is not None else ():
        text = " ".join(str(sku.get("description", "")).split())
        if (
            pattern is not None
            and pattern.match(text)
            and not any(word in text for word in never)
            and sku["category"].get("serviceDisplayName") == service
            and _expression(sku).get("usageUnit") == unit
        ):
            for region in sku.get("serviceRegions") or ():
                prices[region].add(price)
    return prices


def _expression(sku: Mapping[str, Any]) -> Mapping[str, Any]:
    """The current prices of a SKU."""
    expression: Mapping[str, Any] = (sku.get("pricingInfo") or [{}])[-1].get("pricingExpression") or {}
    return expression


def _price(sku: Mapping[str, Any]) -> Decimal | None:
    """The first price of a SKU above zero, which may follow a free tier; None without one."""
    rates = sorted(_expression(sku).get("tieredRates") or (), key=lambda rate: rate.get("startUsageAmount", 0))
    for rate in rates:
        price = rate.get("unitPrice") or {}
        if price.get("currencyCode") not in (None, "USD"):
            raise UserError(f"the catalog has prices in {price['currencyCode']}", "prices are never converted")
        amount = Decimal(str(price.get("units") or 0)) + Decimal(price.get("nanos") or 0) / NANOS
        if amount > 0:
            return amount
    return None
