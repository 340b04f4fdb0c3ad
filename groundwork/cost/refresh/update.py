"""The update of a price book: differences are collected, and a book that the loader refuses is never written."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from groundwork import documents, files
from groundwork.cost import book
from groundwork.cost.book_checks import ELSEWHERE, GLOBAL
from groundwork.cost.purchase import Purchase
from groundwork.cost.refresh.parsed_prices import Amounts, ByRegion, ParsedPrices

WIDTH: Final = 4096  # a price and its sources are on one line
PRICE: Final = "price"


@dataclass(frozen=True)
class PriceDifference:
    """A changed price; `before` is None where there was none."""

    item: str
    place: str
    purchase: Purchase
    before: Decimal | None
    after: Decimal

    def text(self) -> str:
        """The difference on one line."""
        if self.before is None:
            return f"{self.item} in {self.place}, {self.purchase}: {self.after:f}, had no price"
        off = (self.after - self.before) * 100 / self.before
        return f"{self.item} in {self.place}, {self.purchase}: {self.before:f} → {self.after:f} ({off:+.1f}%)"


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.representer.ignore_aliases = lambda *_: True  # equal dates are written out, without anchors
    return yaml


class BookDraft:
    """A price book that is being updated; comments and the order of keys are preserved."""

    def __init__(self, path: Path) -> None:
        """Raises `UserError` for a book that the loader refuses."""
        book.load(path)
        self.path = path
        self.document: Any = _yaml().load(path.read_text(encoding="utf-8"))
        self.differences: list[PriceDifference] = []

    def take(self, prices: ParsedPrices, items: Mapping[str, ByRegion], date: dt.date) -> None:
        """Replace prices of items and places that the book has, as of a date."""
        taken = False
        for item, entry in self.document["entries"].items():
            places = items.get(item, {})
            wanted = [place for place in self._places(entry) if Purchase.ON_DEMAND in places.get(place, {})]
            for place in wanted:
                self._set(item, entry["prices"], place, places[place])
            if wanted:
                entry["source"], entry["date"], taken = prices.name, date, True
        if taken:
            source = self.document["sources"].setdefault(prices.name, CommentedMap(_SOURCES.get(prices.name, {})))
            if "://" in prices.origin or source.get("date") != date:
                source["from"] = prices.origin if "://" in prices.origin else f"a file: {Path(prices.origin).name}"
            source["date"] = date
            self.document["date"] = max(entry["date"] for entry in self.document["entries"].values())

    def _places(self, entry: Any) -> list[str]:
        return [GLOBAL] if GLOBAL in entry["prices"] else list(self.document[entry.get("in", "regions")])

    def _set(self, item: str, prices: Any, place: str, amounts: Amounts) -> None:
        """Replace one price of one place. Sources that agreed with the old figure are removed."""
        old = prices.get(place) or {}
        new = CommentedMap({key: value for key, value in old.items() if key != "absent"})
        new.fa.set_flow_style()
        for purchase, amount in amounts.items():
            key = PRICE if purchase is Purchase.ON_DEMAND else purchase.value
            before = Decimal(old[key]) if key in old else None
            if before != amount:
                self.differences.append(PriceDifference(item, place, purchase, before, amount))
                new[key] = DoubleQuotedScalarString(f"{amount:f}")
                if key == PRICE:
                    new.pop("agreed", None)
        if ELSEWHERE in prices and place not in prices:
            prices.insert(list(prices).index(ELSEWHERE), place, new)
        else:
            prices[place] = new

    def confirm(self, name: str, confirmed: Mapping[str, set[str]], covered: set[str]) -> None:
        """Note which prices a cross-check source confirms; `covered` are the items that it has prices of."""
        for item in covered:
            for place, price in self.document["entries"][item]["prices"].items():
                if PRICE not in price or (price.get("second") or {}).get("source") == name:
                    continue
                agreed = [other for other in price.get("agreed", ()) if other != name]
                if place in confirmed.get(item, set()):
                    agreed.append(name)
                if agreed:
                    price["agreed"] = agreed
                else:
                    price.pop("agreed", None)

    def text(self) -> str:
        """The book as it would be written."""
        out = io.StringIO()
        _yaml().dump(self.document, out)
        return out.getvalue()

    def current(self) -> book.Book:
        """The updated book; raises `UserError` with file and key path where the loader refuses it."""
        return book.parse(documents.parse(self.text(), str(self.path), "YAML"), self.path.parent)

    def write(self) -> None:
        """Write the book; raises `UserError` and leaves the file alone where the loader would refuse it."""
        self.current()
        files.replace(self.path, self.text().encode())


# Descriptions of sources that a book does not have yet.
_SOURCES: Final[Mapping[str, Mapping[str, str]]] = {
    "billing-catalog": {
        "what": "Google's Cloud Billing Catalog, read by groundwork prices refresh",
        "licence": "public list prices",
    },
    "gcosts": {
        "what": "Google's Cloud Billing Catalog as read by gcosts; machine prices were split into parts",
        "licence": "Apache-2.0",
    },
}
