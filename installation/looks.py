"""The log of looks at a person's data, with a limit on how many people somebody looks at.

Whoever looks names a conversation, a case or a task of their own, or gives a reason. Looks with a reason are counted:
many within an hour are an alarm, and more than that are refused.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from store.audit_log import NOBODY, About, Decider, Kind, person, record
from store.clock import LOCAL
from store.engine import Store
from store.errors import BadInput
from store.given_reasons import says_why
from store.sentences import Sentence
from store.states import Road
from store.tables import AuditEntry

PERIOD = timedelta(hours=1)
ALARM = 20
"""Different people that one colleague may look at within the period before the privacy officer sees an alarm."""
MOST = 40
"""Different people that one colleague may look at within the period, outside conversations."""
LONGEST = 500  # characters of a reason
MORNING, EVENING = 6, 22
"""Hours, local time, outside which a look is marked as one at night."""

LOOKED_UP = "looked_up_person"
LOOKED_IN_WORK = "looked_up_person_at_work"
LOOKED_FOR_NOBODY = "looked_up_unknown"
REFUSED = "refused_look"
MANY = "many_looks"
NIGHT = "looked_at_night"
ALARMS = (MANY, NIGHT)
OPENED_CASE = "opened_case"
COUNTED = (LOOKED_UP, LOOKED_FOR_NOBODY, OPENED_CASE)
"""Looks with a reason. Those out of a conversation are limited by the conversations."""
LOOKS = (
    *(*COUNTED, LOOKED_IN_WORK, REFUSED, *ALARMS),
    *("found_card", "searched_person", "matched_call", "saw_case", "downloaded"),
    *("checked_identity", "identity_differed", "opened_to_prepare", "saw_proof"),
)
"""Every action of the audit log by which somebody saw a person's data, or tried to."""


class TooManyLooks(BadInput):
    """Somebody looked at too many people within the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look in the log."""

    id: int
    at: datetime
    actor: str
    road: Road | None
    action: str
    about: str
    person_ref: str | None
    reason: str | None
    detail: dict[str, Any]

    @property
    def at_night(self) -> bool:
        """Whether it was at an hour at which hardly anybody works."""
        return _is_at_night(self.at)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "at_night": self.at_night}


def look_for_reason(
    store: Store, by: Decider, ref: str, *, reason: str, known: bool, now: datetime
) -> None:
    """Write down that somebody looks at a person for a reason, before anything is shown.

    Args:
        store: the database.
        by: who looks.
        ref: the reference asked for.
        reason: why, in their own words.
        known: whether there is a person of this reference.
        now: the present moment.

    Raises:
        BadInput: the reason is missing.
        TooManyLooks: they looked at too many people within the hour.
    """
    about, action = (person(ref), LOOKED_UP) if known else (NOBODY, LOOKED_FOR_NOBODY)
    note_counted(store, by, action, about, reason=reason, now=now)


def look_at_own_machine(
    store: Store, by: Decider, ref: str, *, reason: str, known: bool, now: datetime
) -> None:
    """Write down that somebody looks at a person on the command line of an embedded database.

    Whoever gives commands there has the file with everything in it, so a limit would protect nobody.
    On a shared database this is `look_for_reason`.

    Args:
        store: the database.
        by: who looks.
        ref: the reference asked for.
        reason: why, in their own words, or nothing.
        known: whether there is a person of this reference.
        now: the present moment.

    Raises:
        BadInput: the reason is missing, or there were too many looks; on a shared database only.
    """
    if not store.embedded:
        look_for_reason(store, by, ref, reason=reason, known=known, now=now)
        return
    about, action = (person(ref), LOOKED_UP) if known else (NOBODY, LOOKED_FOR_NOBODY)
    with store.writing() as connection:
        record(connection, by, action, about, now=now, reason=reason[:LONGEST] or None)


def note_counted(
    store: Store, by: Decider, action: str, about: About, *, reason: str, now: datetime
) -> None:
    """Write down one look with a reason, unless that is one too many.

    Raises:
        BadInput: the reason is missing.
        TooManyLooks: they looked at too many people within the hour.
    """
    if not says_why(reason):
        remedy = "say why you look at this person, for example the letter that you answer"
        raise BadInput("the reason is missing", remedy, field="reason")
    with store.writing() as connection:
        if not (refused := _looked_at(connection, by.name, now) >= MOST):
            record(connection, by, action, about, now=now, reason=reason[:LONGEST])
            if _looked_at(connection, by.name, now) >= ALARM:
                _alarm(connection, by, MANY, now)
            if _is_at_night(now):
                _alarm(connection, by, NIGHT, now)
        else:
            record(connection, by, REFUSED, about, now=now, reason=reason[:LONGEST])
            _alarm(connection, by, MANY, now)
    if refused:
        raise TooManyLooks(
            Sentence("{name} looked at {most} people within an hour", name=by.name, most=MOST),
            "wait, or ask the privacy officer",
        )


def look_at_work(store: Store, by: Decider, ref: str, *, work: str, now: datetime) -> None:
    """Write down that somebody looks at the person of their own conversation, case or task."""
    with store.writing() as connection:
        record(connection, by, LOOKED_IN_WORK, person(ref), now=now, work=work)


def refuse_look(store: Store, by: Decider, ref: str, *, known: bool, now: datetime) -> None:
    """Write down that somebody wanted to see a person without a conversation, case or task."""
    with store.writing() as connection:
        record(connection, by, REFUSED, person(ref) if known else NOBODY, now=now)


def looks(
    store: Store,
    *,
    ref: str | None = None,
    name: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int | None = None,
) -> list[Look]:
    """Return looks at people, the latest first.

    Args:
        store: the database.
        ref: only at this person, and then everything that was done about them.
        name: only by this colleague.
        since: only from this moment on.
        until: only before this moment.
        most: how many at most.
    """
    which = [
        AuditEntry.person_ref == ref if ref else AuditEntry.action.in_(LOOKS),
        *([AuditEntry.actor == name] if name else []),
        *([AuditEntry.at >= since] if since else []),
        *([AuditEntry.at < until] if until else []),
    ]
    return _read(store, which, most)


def alarms(store: Store, *, since: datetime) -> list[Look]:
    """Return who looked at many people, or at night outside their work, since then, the latest first."""
    return _read(store, [AuditEntry.action.in_(ALARMS), AuditEntry.at >= since], None)


def _read(store: Store, which: Sequence[ColumnElement[bool]], most: int | None) -> list[Look]:
    columns = [
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.road,
        AuditEntry.action,
        AuditEntry.about,
        AuditEntry.person_ref,
        AuditEntry.reason,
        AuditEntry.detail,
    ]
    query = select(*columns).where(*which).order_by(AuditEntry.id.desc()).limit(most)
    with store.reading() as connection:
        return [Look(**row) for row in connection.execute(query).mappings()]


def _looked_at(connection: Connection, name: str, now: datetime) -> int:
    """Return how many different people somebody looked at. Each unknown reference counts as one."""
    mine = (
        AuditEntry.actor == name,
        AuditEntry.action.in_(COUNTED),
        AuditEntry.at > now - PERIOD,
    )
    people = select(func.count(AuditEntry.person_ref.distinct())).where(*mine)
    unknown = select(func.count()).where(*mine, AuditEntry.person_ref.is_(None))
    return int(connection.execute(people).scalar_one() + connection.execute(unknown).scalar_one())


def _is_at_night(at: datetime) -> bool:
    return not MORNING <= at.astimezone(LOCAL).hour < EVENING


def _alarm(connection: Connection, by: Decider, alarm: str, now: datetime) -> None:
    """Write down once within the period that somebody looks at many people, or at night."""
    about = About(Kind.ACCOUNT, by.name)
    raised = select(AuditEntry.id).where(
        AuditEntry.about == str(about), AuditEntry.action == alarm, AuditEntry.at > now - PERIOD
    )
    if connection.execute(raised.limit(1)).first() is None:
        record(connection, by, alarm, about, now=now, most=MOST, alarm=ALARM)
