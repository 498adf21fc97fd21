"""Triage of a matter by a decision table that proposes, before a person decides."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from desk.cases.cases import person_id_of
from desk.cases.deviations import NewDeviation, write
from desk.cases.team_tasks import NewTeamTask, open_here
from desk.entries.care_policy import agreements, one_of
from store.audit_log import Decider, person, record
from store.engine import Store
from store.errors import BadInput

STELLA = "stella"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Proposal of the table for a situation, with its grounds."""

    to: str  # stella, case_owner, colleague_today, desk
    complex: bool
    urgent: bool
    because: tuple[str, ...]  # the grounds that were named, in the order of the table

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Decided:
    """Decision of a person on a proposal."""

    to: str
    proposed: str
    task_id: int | None  # where another team is asked to take it up
    deviation_id: int | None  # where it is otherwise than was proposed


def propose(grounds: Collection[str]) -> Proposal:
    """Propose where a matter belongs by its grounds.

    Raises:
        BadInput: a ground is none of `desk/entries/care.toml`.
    """
    agreed = agreements()
    known = {**agreed.complex, **agreed.urgent}
    named = {one_of(each, known, field="ground") for each in grounds}
    is_complex, is_urgent = bool(named & set(agreed.complex)), bool(named & set(agreed.urgent))
    row = next(row for row in agreed.triage if (row.complex, row.urgent) == (is_complex, is_urgent))
    return Proposal(row.to, is_complex, is_urgent, tuple(each for each in known if each in named))


def decide(
    store: Store,
    ref: str,
    grounds: Collection[str],
    to: str,
    *,
    why: str,
    by: Decider,
    now: datetime,
    closed: Collection[Any] = (),
) -> Decided:
    """Decide where a person's matter belongs, and record where that departs from the proposal.

    Args:
        store: the store.
        ref: the person.
        grounds: of the situation, of `desk/entries/care.toml`.
        to: where it goes: stella, case_owner, colleague_today or desk.
        why: what is going on, in the agent's words; and where it departs from the proposal, why.
        by: who decides.
        now: the present moment.
        closed: days on which nobody works, besides holidays.

    Raises:
        BadInput: nobody has this reference, a ground or a place is unknown, or nobody said why.
    """
    proposal = propose(grounds)
    places: dict[str, object] = {row.to: row for row in agreements().triage}
    one_of(to, places, field="to")
    if not why.strip():
        raise BadInput("nobody said why", "write what is going on, in your own words", field="why")
    with store.writing() as connection:
        person_id = person_id_of(connection, ref)
        task = deviation = None
        if to == STELLA:
            new = NewTeamTask(STELLA, why, tuple(proposal.because), urgent=proposal.urgent)
            task = open_here(connection, person_id, new, by=by.name, now=now, closed=closed)
        if to != proposal.to:
            other = NewDeviation(f"triage {proposal.to}", to, why.strip())
            deviation = write(connection, other, person_id, None, by=by.name, now=now)
        detail = {"to": to, "proposed": proposal.to, "because": list(proposal.because)}
        record(connection, by, "desk triage", person(ref), now=now, reason=why, **detail)
    return Decided(to, proposal.to, task, deviation)
