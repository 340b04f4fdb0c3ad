"""What a change costs: two estimates beside each other, in all and by team, component and resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from groundwork.cost.estimate import Estimate, Range

TENTH: Final = Decimal("0.1")
HUNDRED: Final = 100


@dataclass(frozen=True)
class Change:
    """Dollars in a month before and after."""

    before: Range
    after: Range

    @property
    def low(self) -> Decimal:
        """The difference at the least; negative where it gets cheaper."""
        return self.after.low - self.before.low

    @property
    def high(self) -> Decimal:
        """The difference at the most."""
        return self.after.high - self.before.high

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after

    def to_json(self) -> dict[str, Any]:
        """The contract's form: differences in money, and in percent of what it was, null where it was nothing."""
        return {
            "low": str(self.low),
            "high": str(self.high),
            "lowPercent": text_of(percent(self.before.low, self.after.low)),
            "highPercent": text_of(percent(self.before.high, self.after.high)),
        }


def percent(before: Decimal, after: Decimal) -> Decimal | None:
    """The difference in percent of what it was, to one decimal; None where that was nothing."""
    if not before:
        return None
    return ((after - before) * HUNDRED / before).quantize(TENTH, ROUND_HALF_UP)


def text_of(number: Decimal | None) -> str | None:
    """A number as the contract has it."""
    return None if number is None else str(number)


@dataclass(frozen=True)
class Comparison:
    """Two estimates of one stack; `before` is None where there is nothing to compare with."""

    before: Estimate | None
    after: Estimate
    renamed: Mapping[str, str]  # URNs of now by what they were called before

    @property
    def total(self) -> Change:
        """The change in all."""
        return Change(Range() if self.before is None else self.before.total, self.after.total)

    def by_team(self) -> dict[str, Change]:
        """The change of each team, those included that spend on one side only."""
        return _paired({} if self.before is None else self.before.by_team(), self.after.by_team())

    def by_component(self) -> dict[str, Change]:
        """The change of each component."""
        return _paired({} if self.before is None else self.before.by_component(), self.after.by_component())

    def by_resource(self) -> dict[str, Change]:
        """The change of each resource, by its URN of now."""
        old = () if self.before is None else self.before.resources
        return _paired(
            {self.renamed.get(resource.urn, resource.urn): resource.range for resource in old},
            {resource.urn: resource.range for resource in self.after.resources},
        )

    def newly_unpriced(self) -> list[tuple[str, str]]:
        """URNs and reasons of what has no price now and was not without one before."""
        was = (
            set()
            if self.before is None
            else {(self.renamed.get(one.urn, one.urn), one.why) for one in self.before.unpriced}
        )
        return [(one.urn, one.why) for one in self.after.unpriced if (one.urn, one.why) not in was]

    def to_json(self) -> dict[str, Any]:
        """The contract's `cost` of a preview; `before` is null where there is nothing to compare with."""
        return {
            "currency": self.after.book.currency,
            "priceBook": {"date": self.after.book.date.isoformat()},
            "purchase": self.after.purchase.value,
            "before": None if self.before is None else _sums(self.before),
            "after": _sums(self.after),
            "change": {
                **self.total.to_json(),
                "byTeam": {team: change.to_json() for team, change in self.by_team().items() if change},
                "byComponent": {name: change.to_json() for name, change in self.by_component().items() if change},
                "byResource": {urn: change.to_json() for urn, change in self.by_resource().items() if change},
            },
            "unpriced": [{"urn": one.urn, "why": one.why} for one in self.after.unpriced],
        }


def _paired(before: Mapping[str, Range], after: Mapping[str, Range]) -> dict[str, Change]:
    nothing = Range()
    return {name: Change(before.get(name, nothing), after.get(name, nothing)) for name in sorted({*before, *after})}


def _sums(estimate: Estimate) -> dict[str, Any]:
    return {
        **estimate.total.to_json(),
        "byTeam": {team: sums.to_json() for team, sums in estimate.by_team().items()},
        "byComponent": {name: sums.to_json() for name, sums in estimate.by_component().items()},
    }
