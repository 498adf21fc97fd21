"""The smallest effect that a planned trial can find, the balance of its draw, and its hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, literal, or_, select

from campaigns.planning.arm_allocation import Split
from campaigns.planning.draft_decisions import within
from campaigns.planning.draft_tables import units
from campaigns.touches.campaign_files import CampaignFile
from methods.randomisation import assignment_hash
from methods.sample_size import detectable_difference
from store.tables import Arm, Decision, Person, Wave
from suppression.reasons import Reason

ANYWAY = (0.1, 0.25, 0.5)
"""Shares that might respond without the campaign, which nobody knows before it."""


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest differences that a campaign finds, by the share that responds anyway."""

    control: int  # people left out by lot: the hold-out, or else those beyond the limit
    per_arm: int  # people in the smallest arm
    points: tuple[float | None, ...]  # percentage points, in the order of ANYWAY

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        rows = zip(ANYWAY, self.points, strict=True)
        return {
            "control": self.control,
            "per_arm": self.per_arm,
            "differences": [{"anyway": anyway, "points": points} for anyway, points in rows],
        }


def detectable(divided: Split, over_limit: int) -> Detectable | None:
    """Return what a campaign can find, or None where nobody is left out by lot.

    Two-sided at 5 %, with a power of 80 %.
    """
    sizes: dict[int, int] = {}
    for piece in divided.slices:
        if not piece.hold_out:
            sizes[piece.arm] = sizes.get(piece.arm, 0) + piece.size
    control = sum(piece.size for piece in divided.hold_out) or over_limit
    smallest = min((size for size in sizes.values() if size), default=0)
    if not control or not smallest:
        return None
    found = (detectable_difference(each, held_out=control, per_arm=smallest) for each in ANYWAY)
    points = tuple(None if each is None else round(100 * each, 1) for each in found)
    return Detectable(control, smallest, points)


BEYOND = "limit"


@dataclass(frozen=True, slots=True)
class Balance:
    """One stratum, with the people of it in every group."""

    stratum: tuple[str, ...]  # the names of the conditions that hold; none holds in the rest
    groups: Mapping[str, int]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"stratum": list(self.stratum), "groups": dict(self.groups)}


def balance(connection: Connection, campaign: CampaignFile, divided: Split) -> tuple[Balance, ...]:
    """Count the drawn people of every stratum in every arm and beyond the limit. Call `draft` first."""
    if not campaign.trial.strata:
        return ()
    arms = [arm.name for arm in campaign.arms]
    slices = [
        (within(tuple(each for each in divided.slices if each.arm == at)), literal(at))
        for at in range(len(arms))
    ]
    group = case(*slices, else_=literal(len(arms))).label("drawn")
    rows = connection.execute(
        select(units.c.stratum, group, func.count()).group_by(units.c.stratum, group)
    )
    counts = {(stratum, at): people for stratum, at, people in rows}
    beyond = [BEYOND] if any(at == len(arms) for _, at in counts) else []
    return tuple(
        Balance(
            names_of(stratum, campaign.trial.strata),
            {name: counts.get((stratum, at), 0) for at, name in enumerate((*arms, *beyond))},
        )
        for stratum in sorted({stratum for stratum, _ in counts}, reverse=True)
    )


def names_of(stratum: int, strata: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the conditions that hold in a stratum, which is kept as bits."""
    return tuple(name for bit, name in enumerate(strata) if stratum >> bit & 1)


def hash_of_assignment(connection: Connection, campaign_id: int) -> str:
    """Return the hash over everybody who was drawn, with their arm, wave and stratum, from the ledger."""
    query = (
        select(Person.person_ref, Arm.name, Wave.number, Decision.stratum, Decision.reason)
        .join(Person, Person.id == Decision.person_id)
        .outerjoin(Arm, Arm.id == Decision.arm_id)
        .outerjoin(Wave, Wave.id == Decision.wave_id)
        .where(
            Decision.campaign_id == campaign_id,
            or_(
                Decision.selected,
                Decision.reason.in_((Reason.HOLD_OUT.value, Reason.LIMIT.value)),
            ),
        )
    )
    return assignment_hash(
        (ref, f"{BEYOND if reason == Reason.LIMIT.value else arm} {wave or 0} {stratum or 0}")
        for ref, arm, wave, stratum, reason in connection.execute(query)
    )
