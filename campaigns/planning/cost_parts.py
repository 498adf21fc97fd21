"""Parts of a campaign's cost, each with a lower and an upper figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any

from channels.shops import Paper, Shop

WHOLE = 100


class CostKind(StrEnum):
    """Kind of cost."""

    PRINT = "print"
    POSTAGE = "postage"
    ABROAD = "abroad"  # postage of what goes to another country
    SET_UP = "set_up"
    PIECES = "pieces"  # post at the price of the campaign file, whatever it holds
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class CostPart:
    """One kind of cost, in euros."""

    kind: CostKind
    lowest: Decimal
    highest: Decimal

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"kind": self.kind.value, "lowest": self.lowest, "highest": self.highest}


def added_up(parts: Iterable[CostPart]) -> tuple[CostPart, ...]:
    """Return one part for each kind of cost."""
    low: dict[CostKind, Decimal] = {}
    high: dict[CostKind, Decimal] = {}
    for part in parts:
        low[part.kind] = low.get(part.kind, Decimal(0)) + part.lowest
        high[part.kind] = high.get(part.kind, Decimal(0)) + part.highest
    return tuple(CostPart(kind, low[kind], high[kind]) for kind in CostKind if kind in low)


def fewest(pieces: int, falls_out: Decimal) -> int:
    """Return how many of the pieces still go when as many people fall out as the policy says."""
    kept = Decimal(pieces) * (WHOLE - falls_out) / WHOLE
    return int(kept.to_integral_value(rounding=ROUND_CEILING))


def parts_of_a_run(shop: Shop, paper: Paper, *, least: int, most: int) -> tuple[CostPart, ...]:
    """Return the cost of one print run of `least` to `most` pieces, those to ourselves included.

    The dearest run is not always the largest: just below the number from which a run is sorted, each piece costs more.
    The shop's list has a price for the paper.
    """
    edge = shop.prices.sorted_from if shop.prices else 1
    sizes = {least, most, *(size for size in (edge - 1, edge) if least <= size <= most)}
    cheap, dear = (
        pick(sizes, key=lambda size: (sum(_exactly(shop, paper, size).values()), size))
        for pick in (min, max)
    )
    low, high = _exactly(shop, paper, cheap), _exactly(shop, paper, dear)
    return tuple(CostPart(kind, low[kind], high[kind]) for kind in high)


def _exactly(shop: Shop, paper: Paper, pieces: int) -> dict[CostKind, Decimal]:
    postage, prices = shop.postage(paper), shop.prices
    if prices is None or postage is None or not pieces:
        return dict.fromkeys((CostKind.PRINT, CostKind.POSTAGE, CostKind.SET_UP), Decimal(0))
    mail = postage.sorted if pieces >= prices.sorted_from else postage.unsorted
    return {
        CostKind.PRINT: prices.print[paper.format] * pieces,
        CostKind.POSTAGE: mail * pieces,
        CostKind.SET_UP: prices.set_up,
    }
