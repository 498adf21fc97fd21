"""The balance of a draw, which counts every stratum in every group, and the hash of the assignment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, literal, or_, select

from campaigns.planning.arm_allocation import Split
from campaigns.planning.draft_decisions import within
from campaigns.planning.draft_tables import units
from campaigns.touches.campaign_files import CampaignFile
from methods.randomisation import assignment_hash
from store.tables import Arm, Decision, Person, Wave
from suppression.reasons import Reason

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
