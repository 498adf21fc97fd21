"""What colleagues do in the console is written down: who, what, when, about whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from console.web.sessions import Visit
from store.audit_log import Decider
from store.audit_log import record as record_act
from store.tables import Act

DOWNLOADED = "downloaded"
LOOKED_UP = "looked_up_person"
FOUND_CARD = "found_card"
SEARCHED = "searched_person"
MATCHED = "matched_call"
OPENED_CASE = "opened_case"
SAW_CASE = "saw_case"
GAVE_CASE = "gave_case"
CHECKED_IDENTITY = "checked_identity"
IDENTITY_DIFFERED = "identity_differed"
OPENED_TO_PREPARE = "opened_to_prepare"
DEATH_REPORTED = "heard_of_death"
SOMEBODY_ELSE = "caller_is_somebody_else"


def decider(visit: Visit) -> Decider:
    """Return this colleague as somebody who decides and had signed in."""
    return Decider(visit.name, signed_in=True)


def record(visit: Visit, what: str, subject: str, **detail: Any) -> None:
    """Write down one act of this colleague."""
    with visit.installation.store.writing() as connection:
        record_act(
            connection, decider(visit), what, subject, now=visit.installation.now(), **detail
        )


def count(visit: Visit, what: str, subject: str, *, since: datetime) -> int:
    """Return how often this colleague did this to this subject since that moment."""
    query = (
        select(func.count())
        .select_from(Act)
        .where(Act.subject == subject, Act.what == what, Act.who == visit.name, Act.at >= since)
    )
    with visit.installation.store.reading() as connection:
        return int(connection.execute(query).scalar_one())
