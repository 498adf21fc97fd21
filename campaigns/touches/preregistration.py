"""The pre-registration of a campaign, fixed before it goes out, by which its effect is judged.

It is filled in from the campaign file, shown in the plan, and frozen in the hash that the approver signs.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from campaigns.touches.campaign_files import CampaignFile
from methods.sequential_boundaries import Kind, boundaries
from store.states import OutcomeKind

DAYS_AFTER = 90
TEST = "randomisation inference within strata, two-sided 5 %, several arms by Holm"
STOPPING = "it goes on to the last look, whatever an earlier look shows"
ONE_LOOK = "there is one look"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreRegistration:
    """Population, outcome, days, test and rules of a trial, fixed before anything goes out."""

    population: str  # the condition of the audience
    outcome: OutcomeKind
    counted_from: date
    looks: tuple[date, ...]  # the last is the day that the verdict is about
    boundaries: Kind
    test: str
    control: str | None  # hold-out, limit or later waves; None: there is nobody to compare with
    strata: Mapping[str, str]
    subgroups: tuple[str, ...]
    stopping: str
    hold_out_until: date | None  # None: nobody is held out

    @property
    def as_of(self) -> date:
        """The day of the last look."""
        return self.looks[-1]

    def critical(self, day: date) -> float:
        """Return the critical z of a day.

        A day that was not planned takes the value of the next look, or of the last one once that is over.
        """
        values = boundaries(len(self.looks), self.boundaries)
        at = next((at for at, look in enumerate(self.looks) if day <= look), -1)
        return values[at]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values, days as text."""
        return {
            **asdict(self),
            "outcome": self.outcome.value,
            "boundaries": self.boundaries.value,
            "counted_from": self.counted_from.isoformat(),
            "looks": [each.isoformat() for each in self.looks],
            "strata": dict(self.strata),
            "subgroups": list(self.subgroups),
            "hold_out_until": self.hold_out_until.isoformat() if self.hold_out_until else None,
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Self:
        """Read it back from the plain values that were signed."""
        until = data["hold_out_until"]
        return cls(
            population=data["population"],
            outcome=OutcomeKind(data["outcome"]),
            counted_from=date.fromisoformat(data["counted_from"]),
            looks=tuple(date.fromisoformat(each) for each in data["looks"]),
            boundaries=Kind(data["boundaries"]),
            test=data["test"],
            control=data["control"],
            strata=data["strata"],
            subgroups=tuple(data["subgroups"]),
            stopping=data["stopping"],
            hold_out_until=date.fromisoformat(until) if until else None,
        )


def preregistration(campaign: CampaignFile, *, held_out: int, over_limit: int) -> PreRegistration:
    """Return what a campaign file fixes, with what it leaves out filled in.

    Args:
        campaign: The file.
        held_out: How many people its plan holds out.
        over_limit: How many people its plan leaves beyond the limit.
    """
    trial = campaign.trial
    last = trial.as_of or campaign.last_date + timedelta(days=DAYS_AFTER)
    looks = (*(each for each in trial.looks if each < last), last)
    return PreRegistration(
        population=campaign.audience.where,
        outcome=trial.outcome,
        counted_from=campaign.waves[0].date,
        looks=looks,
        boundaries=trial.boundaries,
        test=TEST,
        control=_control(campaign, held_out, over_limit),
        strata=trial.strata,
        subgroups=trial.subgroups,
        stopping=trial.stopping or (STOPPING if len(looks) > 1 else ONE_LOOK),
        hold_out_until=(trial.hold_out_until or last) if held_out else None,
    )


def _control(campaign: CampaignFile, held_out: int, over_limit: int) -> str | None:
    if held_out:
        return "hold-out"
    if over_limit:
        return "limit"
    return "later-waves" if len(campaign.waves) > 1 else None
