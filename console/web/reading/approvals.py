"""Figures that somebody signs for who approves a campaign."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from campaigns.drafts.version_differences import Differences, differences
from campaigns.looking_back.what_it_came_to import CameTo, what_it_came_to
from console.web.reading.campaigns import Plan
from console.web.reading.figures import Figures, figures_of
from installation.installation import Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveSum:
    """Pieces of one day by channel, and what they cost at least and at most in euros."""

    number: int
    on: date
    channel: str
    pieces: int
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """The frozen whole of a campaign beside what it is compared with."""

    plan: Plan
    figures: Figures
    money: CameTo | None
    pieces: tuple[tuple[str, int], ...]  # by channel
    waves: tuple[WaveSum, ...]
    differences: Differences | None


def approval_of(installation: Installation, plan: Plan) -> Approval:
    """Read what is signed for with this campaign."""
    name, money = plan.campaign.name, what_it_came_to(installation, plan.campaign.name)
    pieces = Counter[str]()
    for line in money.lines if money else ():
        pieces[line.channel] += line.planned
    return Approval(
        plan=plan,
        figures=figures_of(installation, name),
        money=money,
        pieces=tuple(pieces.items()),
        waves=tuple(_waves(plan, money)),
        differences=differences(installation, name),
    )


def _waves(plan: Plan, money: CameTo | None) -> list[WaveSum]:
    days = {wave.number: wave.date for wave in plan.waves}
    sums: dict[tuple[int, str], list[Decimal]] = {}
    for line in money.lines if money else ():
        found = sums.setdefault((line.wave, line.channel), [Decimal(0)] * 3)
        for at, value in enumerate((Decimal(line.planned), line.lowest, line.highest)):
            found[at] += value
    return [
        WaveSum(
            number=wave,
            on=days[wave],
            channel=channel,
            pieces=int(pieces),
            lowest=lowest,
            highest=highest,
        )
        for (wave, channel), (pieces, lowest, highest) in sorted(sums.items())
    ]
