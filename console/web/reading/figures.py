"""Figures of one campaign, from its funnel."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from installation.installation import Installation
from outcomes.funnels import Funnel, funnel
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the funnel."""

    name: str  # a key of the words under `funnel`
    people: int
    within_selected: bool  # whether it is a part of those selected
    held_out: int | None = None  # who did the same among those held out, where that can be known

    @property
    def planned(self) -> bool:
        """Whether it is known before anything left."""
        return self.name in ("matched", "left_out", "selected")


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """The figures of a campaign, counted in people (not touches)."""

    selected: int
    held_out: int  # people in the hold-out
    handed_over: int
    called: int
    filed: int
    rungs: tuple[Rung, ...]
    left_out: tuple[tuple[Reason, int], ...]
    ledger_removed_on: date | None  # then who was matched and selected can no longer be counted


def figures_of(installation: Installation, name: str) -> Figures:
    """Return the figures of a campaign that exists."""
    found = funnel(installation, name, now=installation.now())
    filed = found.filed_with_call + found.filed_without_call
    left_out = tuple((Reason(code), count) for code, count in found.left_out.items())
    gone = date.fromisoformat(found.ledger_removed_on) if found.ledger_removed_on else None
    return Figures(
        selected=found.selected,
        held_out=found.hold_out,
        handed_over=found.handed_over,
        called=found.called,
        filed=filed,
        rungs=_rungs(found, filed),
        left_out=left_out,
        ledger_removed_on=gone,
    )


def _rungs(found: Funnel, filed: int) -> tuple[Rung, ...]:
    return (
        Rung("matched", found.matched, within_selected=False),
        Rung("left_out", sum(found.left_out.values()), within_selected=False),
        Rung("selected", found.selected, within_selected=True),
        Rung("handed_over", found.handed_over, within_selected=True),
        Rung("returned", found.returned, within_selected=True),
        Rung("called", found.called, within_selected=True),
        Rung(
            "appointments",
            found.appointments,
            within_selected=True,
            held_out=_held_out(found, "appointments"),
        ),
        Rung("filed", filed, within_selected=True, held_out=_held_out(found, "filed")),
    )


def _held_out(found: Funnel, what: Literal["appointments", "filed"]) -> int | None:
    """Return how many of the hold-out did the same, by what the registers know of everybody alike."""
    arms = [arm for arm in found.arms if arm.hold_out and arm.assigned]
    return sum(getattr(arm, what) for arm in arms) if arms else None
