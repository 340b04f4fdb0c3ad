"""The Cloud Billing Catalog: every SKU of a service, as pages of JSON, and which of them make up an item of the book.

https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list. Descriptions are text for people, so a SKU
is taken only where exactly one price is found for an item, a way to buy and a region.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from groundwork.cost import fields
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import ByRegion, Reading
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

Get = Callable[[str], Any]  # a path with its query, to the JSON that stands there


@dataclass(frozen=True)
class Part:
    """SKUs of one kind: `patterns` by way to buy."""

    patterns: Mapping[Purchase, re.Pattern[str]]
    times: Decimal
    unit: str  # of the book's; empty for the item's own


@dataclass(frozen=True)
class Rule:
    """What an item of the book is made of."""

    service: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Rules:
    """All items, and words that disqualify a SKU."""

    items: Mapping[str, Rule]
    never: tuple[str, ...]


def rules(path: Path = FILE) -> Rules:
    """The rules in a file; raises `UserError` with the key path where they cannot be read."""
    document = fields.read(path)
    document.only("version", "never", "patterns", "items")
    return Rules(
        {name: _rule(item, document["patterns"]) for name, item in document["items"].items()},
        tuple(document["never"].texts()),
    )


def _rule(item: fields.Field, patterns: fields.Field) -> Rule:
    item.only("pattern", "service", "parts")
    listed = item["parts"].value
    if not isinstance(listed, list) or not listed:
        raise item["parts"].wrong("expected a list of SKUs")
    parts = (fields.Field(item.file, f"{item.path}.parts[{index}]", one) for index, one in enumerate(listed))
    service = item["service"].text() if "service" in item else COMPUTE
    return Rule(service, tuple(_part(part, patterns, item["pattern"].text()) for part in parts))


def _part(part: fields.Field, patterns: fields.Field, default: str) -> Part:
    part.only("pattern", "sku", "commitment", "flex", "times", "unit")
    named = {way: part["sku"].text() for way in Purchase}
    for key, ways in {
        "commitment": (Purchase.COMMITTED_1Y, Purchase.COMMITTED_3Y),
        "flex": (Purchase.FLEX_START,),
    }.items():
        if key in part:
            named.update(dict.fromkeys(ways, part[key].text()))
    forms = patterns[part["pattern"].text() if "pattern" in part else default]
    return Part(
        {
            Purchase(way): re.compile(form.text().replace("{}", re.escape(named[Purchase(way)])))
            for way, form in forms.items()
        },
        part["times"].number() if "times" in part else Decimal(1),
        part["unit"].text() if "unit" in part else "",
    )


def fetch(get: Get, known: Rules) -> list[dict[str, Any]]:
    """All SKUs of the services that the rules name; raises `UserError` where the catalog has none of that name."""
    wanted = {rule.service for rule in known.items.values()}
    services = {one["displayName"]: one["name"] for one in _pages(get, "/v1/services?pageSize=5000", "services")}
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
            raise UserError("the catalog answered something that is no page")
        yield from page.get(key) or ()
        token = page.get("nextPageToken") or ""
        if not token:
            return


def read(
    skus: list[dict[str, Any]], origin: str, known: Rules, units: Mapping[str, str], regions: tuple[str, ...]
) -> tuple[Reading, list[str]]:
    """What the SKUs say of the items, whose units are given, and a line for each that cannot be told for certain."""
    priced = [(sku, price) for sku in skus if (price := _price(sku)) is not None]
    items: dict[str, ByRegion] = {}
    unsure: list[str] = []
    for item, rule in known.items.items():
        if item not in units:
            continue
        found: defaultdict[str, dict[Purchase, Decimal]] = defaultdict(dict)
        for way in Purchase:
            parts = [
                _matches(part, way, rule.service, priced, known.never, UNITS[part.unit or units[item]])
                for part in rule.parts
            ]
            for region in regions:
                choices = [
                    (part.times, prices.get(region, set())) for part, prices in zip(rule.parts, parts, strict=True)
                ]
                if several := [sorted(prices) for _, prices in choices if len(prices) > 1]:
                    unsure.append(f"{item} in {region}, {way}: the catalog has several prices: {several[0]}")
                elif all(prices for _, prices in choices):
                    found[region][way] = sum((times * min(prices) for times, prices in choices), Decimal())
        if found:
            items[item] = dict(found)
    return Reading(NAME, origin, items=items), unsure


def _matches(
    part: Part,
    way: Purchase,
    service: str,
    priced: list[tuple[dict[str, Any], Decimal]],
    never: tuple[str, ...],
    unit: str,
) -> dict[str, set[Decimal]]:
    """The prices of the SKUs that a part names, by region."""
    prices: defaultdict[str, set[Decimal]] = defaultdict(set)
    pattern = part.patterns.get(way)
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
    """How a SKU is priced now."""
    found: Mapping[str, Any] = (sku.get("pricingInfo") or [{}])[-1].get("pricingExpression") or {}
    return found


def _price(sku: Mapping[str, Any]) -> Decimal | None:
    """The first price above nought of a SKU: a free amount comes before it. None where there is none."""
    rates = sorted(_expression(sku).get("tieredRates") or (), key=lambda rate: rate.get("startUsageAmount", 0))
    for rate in rates:
        price = rate.get("unitPrice") or {}
        if price.get("currencyCode") not in (None, "USD"):
            raise UserError(f"the catalog answered in {price['currencyCode']}", "prices are never converted")
        amount = Decimal(str(price.get("units") or 0)) + Decimal(price.get("nanos") or 0) / NANOS
        if amount > 0:
            return amount
    return None
