"""The money and the hours of a plan, each with a lower and an upper figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from campaigns.planning.planned_pieces import Pieces
from channels import KINDS
from suppression.policies import Work

AN_HOUR = 60
"""Minutes."""
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Lower and upper figures of the money and hours of a campaign.

    The lower figure has texts in their cheapest language, nobody at a step with a condition, and few replies.

    Attributes:
        lowest: Euros.
        highest: Euros; this is held against the budget.
        hours_low: Hours of agents, for calls and for the replies that messages bring.
        hours_high: The same at most.
        assumption: What the hours rest on, in words, with its source.
        unpriced: Templates whose price is not known, so that neither figure in euros is.
    """

    lowest: Decimal
    highest: Decimal
    hours_low: Decimal
    hours_high: Decimal
    assumption: str
    unpriced: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "lowest": None if self.unpriced else self.lowest,
            "highest": None if self.unpriced else self.highest,
            "hours_low": self.hours_low,
            "hours_high": self.hours_high,
            "assumption": self.assumption,
            "unpriced": list(self.unpriced),
        }


def estimate(pieces: Sequence[Pieces], work: Work) -> Estimate:
    """Return the estimate of the pieces of a plan."""
    surely = [line for line in pieces if line.condition == "always"]
    return Estimate(
        lowest=sum((line.lowest for line in surely), Decimal(0)),
        highest=sum((line.cost for line in pieces), Decimal(0)),
        hours_low=_hours(surely, work, work.replies_low, ROUND_FLOOR),
        hours_high=_hours(pieces, work, work.replies_high, ROUND_CEILING),
        assumption=(
            f"{work.minutes_a_call} minutes a call, and {work.minutes_a_reply} minutes for each of"
            f" {work.replies_low} to {work.replies_high} replies to a hundred messages"
            f" ({work.source})"
        ),
        unpriced=tuple(dict.fromkeys(line.template for line in pieces if not line.priced)),
    )


def _hours(pieces: Sequence[Pieces], work: Work, replies: Decimal, rounding: str) -> Decimal:
    calls = sum(line.pieces for line in pieces if KINDS[line.channel].reaches == "call")
    messages = sum(line.pieces for line in pieces) - calls
    minutes = calls * work.minutes_a_call + messages * replies / 100 * work.minutes_a_reply
    return (Decimal(minutes) / AN_HOUR).quantize(_TENTH, rounding=rounding)
