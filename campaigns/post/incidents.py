"""Incidents of wrong print, which freeze a campaign and recall what has not been posted.

While an incident is open nothing of its campaign is claimed, handed over, or released for the press.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from campaigns.planning.lifecycle import find
from campaigns.post.piece_states import UNPOSTED, find_run
from campaigns.post.pull_lists import want
from campaigns.touches.judging import has_incident
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.breach_clock import report_by
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import (
    Campaign,
    DataBreach,
    Delivery,
    Incident,
    Person,
    PrintPiece,
    PrintRun,
    Pull,
    Touch,
)

REASON = "INCIDENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """One incident, as shown to a person."""

    id: int
    campaign: str
    run: str | None  # None: every run of the campaign
    what: str
    brief: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None
    closed_why: str | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who has the wrong piece or will get it."""

    person_ref: str
    piece_id: str
    run: str
    state: str  # of the piece
    pull: str | None  # where the wish to pull it stands


def open_incident(
    installation: Installation, about: str, *, what: str, brief: str, by: Decider, now: datetime
) -> int:
    """Open an incident about a campaign or about one run, and return its number.

    Every piece that is not posted yet is asked back from the print shop, and the clock of a breach of personal data
    starts.

    Args:
        installation: the installation.
        about: the name of a campaign, or the key of a run.
        what: what went wrong.
        brief: what agents say to whoever calls about it.
        by: who opens it.
        now: the moment.

    Raises:
        BadInput: there is no such campaign or run, one is open already, or `what` is empty.
    """
    if not what.strip():
        raise BadInput("is empty", "say what went wrong", field="--what")
    with installation.store.writing() as connection:
        campaign_id, run_id = _about(connection, about)
        if has_incident(connection, campaign_id):
            raise BadInput(
                Sentence("{about} has an open incident", about=about),
                "close that first, or add to it by hand",
                field="incident",
            )
        values = {
            "campaign_id": campaign_id,
            "print_run_id": run_id,
            "what": what.strip(),
            "opened_by": by.name,
        }
        made = insert(Incident).values(**values, brief=brief.strip() or what.strip(), opened_at=now)
        number = connection.execute(made.returning(Incident.id)).scalar_one()
        _start_breach_clock(connection, number, what.strip(), by, now)
        want(
            connection,
            _pieces(campaign_id, run_id) & PrintPiece.state.in_(UNPOSTED),
            REASON,
            now=now,
        )
        record(
            connection,
            by,
            "open incident",
            About(Kind.INCIDENT, number),
            now=now,
            reason=what,
            stops=about,
        )
        return int(number)


def _start_breach_clock(
    connection: Connection, number: int, what: str, by: Decider, now: datetime
) -> None:
    """Write down that wrong print may be a breach of personal data, which the privacy officer judges."""
    values = {"incident_id": number, "what": what, "recorded_by": by.name}
    connection.execute(insert(DataBreach).values(**values, noticed_at=now, due_at=report_by(now)))


def _about(connection: Connection, about: str) -> tuple[int, int | None]:
    run = connection.execute(select(Delivery.id).where(Delivery.key == about)).scalar_one_or_none()
    if run is None:
        return find(connection, about).id, None
    row = find_run(connection, about)
    return row.campaign_id, row.id


def _pieces(campaign_id: int, run_id: int | None) -> ColumnElement[bool]:
    if run_id is not None:
        return PrintPiece.print_run_id == run_id
    runs = select(PrintRun.id).join(Delivery, Delivery.id == PrintRun.delivery_id)
    return PrintPiece.print_run_id.in_(runs.where(Delivery.campaign_id == campaign_id))


def holders(installation: Installation, number: int) -> Iterator[Holder]:
    """Yield everybody who has the piece of an incident or will get it, in the order of the runs.

    Raises:
        BadInput: there is no such incident.
    """
    with installation.store.reading() as connection:
        campaign_id, run_id, _ = _incident(connection, number)
        query = (
            select(
                Person.person_ref,
                PrintPiece.piece_id,
                Delivery.key,
                PrintPiece.state,
                Pull.state.label("pull"),
            )
            .join(PrintRun, PrintRun.id == PrintPiece.print_run_id)
            .join(Delivery, Delivery.id == PrintRun.delivery_id)
            .join(Touch, Touch.id == PrintPiece.touch_id)
            .join(Person, Person.id == Touch.person_id)
            .outerjoin(Pull, Pull.piece_id == PrintPiece.id)
            .where(_pieces(campaign_id, run_id))
            .order_by(PrintPiece.id)
        )
        for row in connection.execute(query):
            yield Holder(
                person_ref=row.person_ref,
                piece_id=row.piece_id,
                run=row.key,
                state=row.state.value,
                pull=row.pull.value if row.pull else None,
            )


def _incident(connection: Connection, number: int) -> Row[int, int | None, str | None]:
    """Return the campaign and the run of an incident, and who closed it."""
    query = select(Incident.campaign_id, Incident.print_run_id, Incident.closed_by)
    row = connection.execute(query.where(Incident.id == number)).one_or_none()
    if row is None:
        raise BadInput(
            Sentence("there is no incident {number}", number=number),
            "see kaartje post incident list",
            field="incident",
        )
    return row


def close(installation: Installation, number: int, *, why: str, by: Decider, now: datetime) -> None:
    """Close an incident with a reason. The campaign resumes where it was.

    Raises:
        BadInput: there is no such incident, it is closed already, or there is no reason.
    """
    if not why.strip():
        raise BadInput("is empty", "say how it ended", field="--why")
    with installation.store.writing() as connection:
        *_, closed_by = _incident(connection, number)
        ending = {"closed_at": now, "closed_by": by.name, "closed_why": why.strip()}
        still = (Incident.id == number) & Incident.closed_at.is_(None)
        if not connection.execute(update(Incident).where(still).values(ending)).rowcount:
            raise BadInput(
                Sentence(
                    "{closed_by} closed incident {number}", closed_by=closed_by, number=number
                ),
                "nothing is left to close",
                field="incident",
            )
        record(connection, by, "close incident", About(Kind.INCIDENT, number), now=now, reason=why)


def incidents(
    installation: Installation, *, everything: bool = False, campaign: str | None = None
) -> list[IncidentReport]:
    """Return the open incidents, or all of them, the newest first."""
    query = (
        select(
            Incident.id,
            Campaign.name.label("campaign"),
            Delivery.key.label("run"),
            Incident.what,
            Incident.brief,
            Incident.opened_at,
            Incident.opened_by,
            Incident.closed_at,
            Incident.closed_by,
            Incident.closed_why,
        )
        .join(Campaign, Campaign.id == Incident.campaign_id)
        .outerjoin(PrintRun, PrintRun.id == Incident.print_run_id)
        .outerjoin(Delivery, Delivery.id == PrintRun.delivery_id)
        .order_by(Incident.id.desc())
    )
    if not everything:
        query = query.where(Incident.closed_at.is_(None))
    if campaign is not None:
        query = query.where(Campaign.name == campaign)
    with installation.store.reading() as connection:
        return [IncidentReport(**row._asdict()) for row in connection.execute(query)]
