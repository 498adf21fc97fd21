"""Conversations, cases and tasks of a colleague about one person, through which they may see them."""

from sqlalchemy import Connection, Select, select

from console.web.reading.calls import call_of
from console.web.routes.calls import is_sure
from console.web.sessions import Visit
from store.audit_log import About, Kind
from store.states import CallState
from store.tables import Call, Case, Handover, Person, Referral, TeamTask


def own_work(visit: Visit, ref: str) -> str | None:
    """Return what this colleague has in hand about a person (`call:12`), or None.

    A call counts once the identity was checked in it.
    """
    with visit.installation.store.reading() as connection:
        person_id = connection.execute(
            select(Person.id).where(Person.person_ref == ref)
        ).scalar_one_or_none()
        if person_id is None:
            return None
        if task := _task(connection, person_id, visit.name):
            return str(task)
        calls = list(connection.execute(_calls(person_id, visit.name)).scalars())
    return next((str(About(Kind.CALL, each)) for each in calls if _is_checked(visit, each)), None)


def _is_checked(visit: Visit, call_id: int) -> bool:
    call = call_of(visit.installation, call_id)
    return call is not None and is_sure(visit, call)


def _calls(person_id: int, name: str) -> Select[int]:
    return select(Call.id).where(
        Call.person_id == person_id, Call.state == CallState.TAKEN, Call.taken_by == name
    )


def _task(connection: Connection, person_id: int, name: str) -> About | None:
    """Return an open case or task of somebody about a person."""
    mine: dict[Kind | str, Select[int]] = {
        Kind.CASE: select(Case.id).where(
            Case.person_id == person_id, Case.owner == name, Case.closed_at.is_(None)
        ),
        "handover": select(Handover.case_id).where(
            Handover.person_id == person_id, Handover.to_whom == name, Handover.done_at.is_(None)
        ),
        Kind.REFERRAL: select(Referral.id).where(
            Referral.person_id == person_id, Referral.made_by == name, Referral.ended_at.is_(None)
        ),
        Kind.TEAM_TASK: select(TeamTask.id).where(
            TeamTask.person_id == person_id, TeamTask.asked_by == name, TeamTask.ended_at.is_(None)
        ),
    }
    for kind, query in mine.items():
        if (key := connection.execute(query.limit(1)).scalar()) is not None:
            return About(Kind.CASE if kind == "handover" else Kind(kind), key)
    return None
