"""The case of one person, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from console.web.reading.follow_ups import FollowUp, of_person
from console.web.reading.identity import Known, known
from installation.installation import Installation
from store.tables import Case, Handover


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLine:
    """A case without personal data of the person."""

    id: int
    person_id: int
    owner: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    closed_why: str | None


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with the person, what was said, and what is still open."""

    line: CaseLine
    known: Known
    open: tuple[FollowUp, ...]


def case_line(installation: Installation, case_id: int) -> CaseLine | None:
    """Return one case, or None."""
    columns = (Case.id, Case.person_id, Case.owner, Case.opened_at, Case.last_at)
    ended = (Case.closed_at, Case.closed_by, Case.closed_why)
    with installation.store.reading() as connection:
        query = select(*columns, *ended).where(Case.id == case_id)
        row = connection.execute(query).mappings().one_or_none()
        return CaseLine(**row) if row else None


def is_asked(installation: Installation, case_id: int, name: str) -> bool:
    """Say whether a handover of this case waits for this colleague.

    They may open the case without giving a reason.
    """
    open_for = (Handover.case_id == case_id, Handover.to_whom == name, Handover.done_at.is_(None))
    with installation.store.reading() as connection:
        return connection.execute(select(Handover.id).where(*open_for).limit(1)).first() is not None


def whole_case(installation: Installation, line: CaseLine) -> WholeCase | None:
    """Return a case with its person, or None where the person is no longer known."""
    person = known(installation, line.person_id)
    return (
        WholeCase(line, person, tuple(of_person(installation, line.person_id))) if person else None
    )
