"""From readings to a new price book: what changes is shown, what cannot be true is never written."""

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
from groundwork.cost.refresh.parsed_prices import Amounts, ByRegion, Reading

WIDTH: Final = 4096  # a price and all that is said of it stand on one line
PRICE: Final = "price"


@dataclass(frozen=True)
class Difference:
    """A figure that is another now; None where there was none."""

    item: str
    place: str
    way: Purchase
    before: Decimal | None
    after: Decimal

    def text(self) -> str:
        """The difference on one line."""
        if self.before is None:
            return f"{self.item} in {self.place}, {self.way}: {self.after:f}, had no price"
        off = (self.after - self.before) * 100 / self.before
        return f"{self.item} in {self.place}, {self.way}: {self.before:f} → {self.after:f} ({off:+.1f}%)"


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.representer.ignore_aliases = lambda *_: True  # a date that stands twice is written twice
    return yaml


class Draft:
    """A price book on its way to becoming another: its comments and its order stay."""

    def __init__(self, path: Path) -> None:
        """Raises `UserError` for a book that is already untrue."""
        book.load(path)
        self.path = path
        self.document: Any = _yaml().load(path.read_text(encoding="utf-8"))
        self.differences: list[Difference] = []

    def take(self, reading: Reading, items: Mapping[str, ByRegion], date: dt.date) -> None:
        """Take prices of items that the book has, in places that it has, as of a day."""
        taken = False
        for item, entry in self.document["entries"].items():
            places = items.get(item, {})
            wanted = [place for place in self._places(entry) if Purchase.ON_DEMAND in places.get(place, {})]
            for place in wanted:
                self._set(item, entry["prices"], place, places[place])
            if wanted:
                entry["source"], entry["date"], taken = reading.name, date, True
        if taken:
            source = self.document["sources"].setdefault(reading.name, CommentedMap(_SOURCES.get(reading.name, {})))
            if "://" in reading.origin or source.get("date") != date:
                source["from"] = reading.origin if "://" in reading.origin else f"a file: {Path(reading.origin).name}"
            source["date"] = date
            self.document["date"] = max(entry["date"] for entry in self.document["entries"].values())

    def _places(self, entry: Any) -> list[str]:
        return [GLOBAL] if GLOBAL in entry["prices"] else list(self.document[entry.get("in", "regions")])

    def _set(self, item: str, prices: Any, place: str, amounts: Amounts) -> None:
        """One price of one place. Who agreed with the figure that was there has not seen the new one."""
        old = prices.get(place) or {}
        new = CommentedMap({key: value for key, value in old.items() if key != "absent"})
        new.fa.set_flow_style()
        for way, amount in amounts.items():
            key = PRICE if way is Purchase.ON_DEMAND else way.value
            before = Decimal(old[key]) if key in old else None
            if before != amount:
                self.differences.append(Difference(item, place, way, before, amount))
                new[key] = DoubleQuotedScalarString(f"{amount:f}")
                if key == PRICE:
                    new.pop("agreed", None)
        if ELSEWHERE in prices and place not in prices:
            prices.insert(list(prices).index(ELSEWHERE), place, new)
        else:
            prices[place] = new

    def confirm(self, name: str, confirmed: Mapping[str, set[str]], seen: set[str]) -> None:
        """Note that a witness has the same figure, or no longer has it; `seen` are the items that it speaks of."""
        for item in seen:
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
        """The book as it stands; raises `UserError` where it cannot be true, naming the file and the key path."""
        return book.parse(documents.parse(self.text(), str(self.path), "YAML"), self.path.parent)

    def write(self) -> None:
        """Write the book; raises `UserError` and leaves the file alone where the loader would refuse it."""
        self.current()
        files.replace(self.path, self.text().encode())


# What a source is that a book did not know before.
_SOURCES: Final[Mapping[str, Mapping[str, str]]] = {
    "billing-catalog": {
        "what": "Google's Cloud Billing Catalog, asked by groundwork prices refresh",
        "licence": "public list prices",
    },
    "gcosts": {
        "what": "Google's Cloud Billing Catalog as read by gcosts; machines were taken apart into their parts",
        "licence": "Apache-2.0",
    },
}
