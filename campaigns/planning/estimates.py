"""The money and the hours of a plan, each with a lower and an upper figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from campaigns.planning.cost_parts import CostPart, added_up, fewest
from campaigns.planning.planned_pieces import Pieces
from channels import KINDS
from store.sentences import Sentence
from suppression.policies import Work

AN_HOUR = 60
"""Minutes."""
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Lower and upper figures of the money and hours of a campaign.

    The lower figure has texts in their cheapest language, nobody at a step with a condition, few replies, and as many
    people who fall out as the policy says. The upper one has everybody, at the dearest size of each print run.

    Attributes:
        lowest: Euros.
        highest: Euros; this is held against the budget.
        parts: The same by print, postage, set-up and texts.
        hours_low: Hours of agents, for calls and for the replies that messages bring.
        hours_high: The same at most.
        work: What the hours rest on, with its source.
        unpriced: Templates whose price is not known, so that neither figure in euros is.
    """

    lowest: Decimal
    highest: Decimal
    parts: tuple[CostPart, ...]
    hours_low: Decimal
    hours_high: Decimal
    work: Work
    unpriced: tuple[str, ...]

    @property
    def assumption(self) -> Sentence:
        """The assumption behind the hours in words, with its source."""
        return Sentence(
            "{minutes_a_call} minutes a call, and {minutes_a_reply} minutes for each of {replies_low} to {replies_high}"
            " replies to a hundred messages; up to {falls_out} of a hundred people fall out before their message goes"
            " ({source})",
            **{**self.work.model_dump(), "source": Sentence(self.work.source)},
        )

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "lowest": None if self.unpriced else self.lowest,
            "highest": None if self.unpriced else self.highest,
            "parts": [part.as_data() for part in self.parts],
            "hours_low": self.hours_low,
            "hours_high": self.hours_high,
            "assumption": self.assumption,
            "unpriced": list(self.unpriced),
        }


def estimate(pieces: Sequence[Pieces], work: Work) -> Estimate:
    """Return the estimate of the pieces of a plan."""
    parts = added_up(part for line in pieces for part in parts_of(line))
    surely = [
        (line, fewest(line.pieces, work.falls_out)) for line in pieces if line.condition == "always"
    ]
    everybody = [(line, line.pieces) for line in pieces]
    return Estimate(
        lowest=sum((part.lowest for part in parts), Decimal(0)),
        highest=sum((part.highest for part in parts), Decimal(0)),
        parts=parts,
        hours_low=_hours(surely, work, work.replies_low, ROUND_FLOOR),
        hours_high=_hours(everybody, work, work.replies_high, ROUND_CEILING),
        work=work,
        unpriced=tuple(dict.fromkeys(line.template for line in pieces if not line.priced)),
    )


def parts_of(line: Pieces) -> tuple[CostPart, ...]:
    """Return the cost of a line by kind. At a step with a condition it may be nothing."""
    if line.condition == "always":
        return line.parts
    return tuple(replace(part, lowest=Decimal(0)) for part in line.parts)


def _hours(
    counted: Sequence[tuple[Pieces, int]], work: Work, replies: Decimal, rounding: str
) -> Decimal:
    calls = sum(count for line, count in counted if KINDS[line.channel].reaches == "call")
    messages = sum(count for _, count in counted) - calls
    minutes = calls * work.minutes_a_call + messages * replies / 100 * work.minutes_a_reply
    return (Decimal(minutes) / AN_HOUR).quantize(_TENTH, rounding=rounding)
