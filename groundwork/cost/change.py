"""Cost of a change: two estimates compared, in total and by team, component and resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from groundwork.cost.estimate import Estimate, Range

TENTH: Final = Decimal("0.1")
HUNDRED: Final = 100


@dataclass(frozen=True)
class CostChange:
    """Dollars in a month before and after."""

    before: Range
    after: Range

    @property
    def low(self) -> Decimal:
        """The difference of the minimum; negative where it gets cheaper."""
        return self.after.low - self.before.low

    @property
    def high(self) -> Decimal:
        """The difference of the maximum."""
        return self.after.high - self.before.high

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after

    def to_json(self) -> dict[str, Any]:
        """The contract's form: differences in money, and in percent of the cost before, null where that was zero."""
        return {
            "low": str(self.low),
            "high": str(self.high),
            "lowPercent": text_of(percent(self.before.low, self.after.low)),
            "highPercent": text_of(percent(self.before.high, self.after.high)),
        }


def percent(before: Decimal, after: Decimal) -> Decimal | None:
    """The difference in percent of the cost before, to one decimal; None where that was zero."""
    if not before:
        return None
    return ((after - before) * HUNDRED / before).quantize(TENTH, ROUND_HALF_UP)


def text_of(number: Decimal | None) -> str | None:
    """A number as the contract has it."""
    return None if number is None else str(number)


@dataclass(frozen=True)
class Comparison:
    """Two estimates of one stack; `before` is None where there is no baseline."""

    before: Estimate | None
    after: Estimate
    renamed: Mapping[str, str]  # new URNs by old URNs

    @property
    def total(self) -> CostChange:
        """The change of the total."""
        return CostChange(Range() if self.before is None else self.before.total, self.after.total)

    def by_team(self) -> dict[str, CostChange]:
        """The change of each team, including those with a cost on one side only."""
        return _paired({} if self.before is None else self.before.by_team(), self.after.by_team())

    def by_component(self) -> dict[str, CostChange]:
        """The change of each component."""
        return _paired({} if self.before is None else self.before.by_component(), self.after.by_component())

    def by_resource(self) -> dict[str, CostChange]:
        """The change of each resource, by its new URN."""
        old = () if self.before is None else self.before.resources
        return _paired(
            {self.renamed.get(resource.urn, resource.urn): resource.range for resource in old},
            {resource.urn: resource.range for resource in self.after.resources},
        )

    def newly_unpriced(self) -> list[tuple[str, str]]:
        """URNs and reasons of costs that are not included now and were not in that list before."""
        old = () if self.before is None else self.before.unpriced
        before = {(self.renamed.get(entry.urn, entry.urn), entry.why) for entry in old}
        return [(entry.urn, entry.why) for entry in self.after.unpriced if (entry.urn, entry.why) not in before]

    def to_json(self) -> dict[str, Any]:
        """The contract's `cost` of a preview; `before` is null where there is no baseline."""
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
            "unpriced": [{"urn": entry.urn, "why": entry.why} for entry in self.after.unpriced],
        }


def _paired(before: Mapping[str, Range], after: Mapping[str, Range]) -> dict[str, CostChange]:
    nothing = Range()
    return {name: CostChange(before.get(name, nothing), after.get(name, nothing)) for name in sorted({*before, *after})}


def _sums(estimate: Estimate) -> dict[str, Any]:
    return {
        **estimate.total.to_json(),
        "byTeam": {team: sums.to_json() for team, sums in estimate.by_team().items()},
        "byComponent": {name: sums.to_json() for name, sums in estimate.by_component().items()},
    }
