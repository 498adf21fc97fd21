"""Rules by which an effect is judged, from what was signed, and the deviations from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select

from campaigns.planning.lifecycle import StoredCampaign
from campaigns.touches.preregistration import PreRegistration
from methods.intervals import Z_95
from methods.proportion_tests import two_sided
from store.states import OutcomeKind
from store.tables import Wave

LEVEL = 0.05


class Deviation(StrEnum):
    """Something that was done otherwise than it was signed."""

    NOT_REGISTERED = "not_registered"
    OTHER_OUTCOME = "other_outcome"
    LOOK_NOT_PLANNED = "look_not_planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The rules of one look."""

    registered: PreRegistration | None  # None of a campaign from before it was kept
    outcome: OutcomeKind
    look: int | None  # which of the planned looks it is, from 1
    z: float  # the critical value of this look
    deviations: tuple[Deviation, ...]

    @property
    def level(self) -> float:
        """The p-value under which a difference is shown."""
        return LEVEL if self.z == Z_95 else two_sided(self.z)

    @property
    def strata(self) -> Mapping[str, str]:
        """The conditions of the strata, by name."""
        return self.registered.strata if self.registered else {}


def design(row: StoredCampaign, *, as_of: date, outcome: OutcomeKind | None) -> Design:
    """Return the rules by which a campaign is judged on a day, for the outcome that was asked or signed."""
    signed = (row.signed_plan or {}).get("preregistration")
    if signed is None:
        return Design(
            registered=None,
            outcome=outcome or OutcomeKind.FILED,
            look=None,
            z=Z_95,
            deviations=(Deviation.NOT_REGISTERED,),
        )
    registered = PreRegistration.of_data(signed)
    asked = outcome or registered.outcome
    planned = as_of in registered.looks
    found = {
        Deviation.OTHER_OUTCOME: asked is not registered.outcome,
        Deviation.LOOK_NOT_PLANNED: not planned,
    }
    return Design(
        registered=registered,
        outcome=asked,
        look=registered.looks.index(as_of) + 1 if planned else None,
        z=registered.critical(as_of) if len(registered.looks) > 1 else Z_95,
        deviations=tuple(each for each, departed in found.items() if departed),
    )


def last_day_apart(connection: Connection, campaign_id: int, as_of: date) -> date | None:
    """Return the last day on which a wave was still to go, or None where there never was one.

    Waves are ranges of one random order, so until its own day a later wave is a control for the earlier ones.

    Source: M. A. Hussey and J. P. Hughes, Design and analysis of stepped wedge cluster randomized trials
    (Contemporary Clinical Trials, 2007); the comparison with those not yet treated is that of B. Callaway and
    P. H. C. Sant'Anna, Difference-in-differences with multiple time periods (Journal of Econometrics, 2021).
    """
    dates = select(Wave.date).where(Wave.campaign_id == campaign_id).order_by(Wave.date)
    waves = connection.execute(dates).scalars().all()
    if len(waves) < 2:  # noqa: PLR2004  one wave has no later one
        return None
    return min(as_of, waves[-1] - timedelta(days=1))
