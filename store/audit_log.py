"""Audit log of who did what, about whom, by which road and why.

One function writes it, `record`. Whom an entry is about is looked up with what it is about (a call, a case, a card), so
that a privacy officer finds every reading of a person's data under their reference.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, insert, select

from store.states import Road
from store.tables import (
    Appointment,
    AuditEntry,
    Call,
    Case,
    Person,
    PrivacyRequest,
    Referral,
    TeamTask,
    Touch,
)


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who acts, by one road.

    Pages and the API have checked who it is. `--as` of the command line is believed.
    """

    name: str
    road: Road = field(kw_only=True)

    def is_same(self, other: str) -> bool:
        """Say whether `other` is the same person, however they wrote their name."""
        return self.name.strip().casefold() == other.strip().casefold()


class Kind(StrEnum):
    """Kind of thing that an entry is about."""

    ACCOUNT = "account"
    APPOINTMENT = "appointment"
    AUDIENCE = "audience"
    CALL = "call"
    CAMPAIGN = "campaign"
    CAMPAIGN_DRAFT = "campaign_draft"
    CASE = "case"
    DATA_BREACH = "data_breach"
    IMPORT = "import"
    INCIDENT = "incident"
    INSTALLATION = "installation"
    OBJECTION = "objection"
    PERSON = "person"
    PIECE = "piece"
    PRINT_RUN = "print_run"
    PRIVACY_REQUEST = "privacy_request"
    REFERRAL = "referral"
    SAMPLE = "sample"
    SEED_ADDRESS = "seed_address"
    SIGNAL = "signal"
    TEAM_TASK = "team_task"
    TEMPLATE = "template"
    TOUCH = "touch"


_OF_A_PERSON = {
    Kind.APPOINTMENT: (Appointment.id, Appointment.person_id),
    Kind.CALL: (Call.id, Call.person_id),
    Kind.CASE: (Case.id, Case.person_id),
    Kind.PRIVACY_REQUEST: (PrivacyRequest.id, PrivacyRequest.person_id),
    Kind.REFERRAL: (Referral.id, Referral.person_id),
    Kind.TEAM_TASK: (TeamTask.id, TeamTask.person_id),
    Kind.TOUCH: (Touch.id, Touch.person_id),
}
"""Kinds of things that are one person's: their number, and whose they are."""


@dataclass(frozen=True, slots=True)
class About:
    """Subject of an entry, a thing by its key or a person by their reference.

    Args:
        kind: the kind of thing.
        key: its number or name; empty for a person.
        person_ref: whose it is, where that is known already.
        person_id: the same, by the number of their row: for a thing that is nobody's any more when this is written.
    """

    kind: Kind
    key: str | int = ""
    person_ref: str | None = None
    person_id: int | None = None

    def __str__(self) -> str:
        """Return the stored form, as `call:12`, or `person` for a person alone."""
        return f"{self.kind}:{self.key}" if self.key != "" else self.kind.value

    def whom(self) -> str | ScalarSelect[str] | None:
        """Return the reference of the person it is about, or how the database finds it."""
        if self.person_ref is not None:
            return self.person_ref
        if self.person_id is not None:
            return select(Person.person_ref).where(Person.id == self.person_id).scalar_subquery()
        if columns := _OF_A_PERSON.get(self.kind):
            number, owner = columns
            theirs = select(Person.person_ref).where(Person.id == owner, number == self.key)
            return theirs.scalar_subquery()
        return None


NOBODY = About(Kind.PERSON)
"""Somebody who was looked for and not found."""


def person(ref: str) -> About:
    """Return a person as what an entry is about."""
    return About(Kind.PERSON, person_ref=ref)


def record(
    connection: Connection,
    by: Decider,
    action: str,
    about: About,
    *,
    now: datetime,
    reason: str | None = None,
    **detail: Any,
) -> int:
    """Write one entry and return its number.

    Args:
        connection: the transaction in which it was done.
        by: who did it, and by which road.
        action: what was done.
        about: to what; whom it concerns is looked up by it.
        now: the present moment.
        reason: why, in their own words, where a reason was asked for.
        detail: figures and names that explain it, as plain data.
    """
    values = {
        "at": now,
        "actor": by.name,
        "road": by.road,
        "action": action,
        "about": str(about),
        "person_ref": about.whom(),
        "reason": (reason or "").strip() or None,
        "detail": detail,
    }
    return int(
        connection.execute(insert(AuditEntry).values(values).returning(AuditEntry.id)).scalar_one()
    )


def done(action: str, about: About) -> ColumnElement[bool]:
    """Return the condition of entries of one action about one thing, or about one person."""
    entries = (AuditEntry.about == str(about)) & (AuditEntry.action == action)
    return entries & (AuditEntry.person_ref == about.person_ref) if about.person_ref else entries


def count(connection: Connection, actor: str, action: str, about: About, *, since: datetime) -> int:
    """Return how often somebody did this to this thing since that moment."""
    mine = (done(action, about), AuditEntry.actor == actor, AuditEntry.at >= since)
    query = select(func.count()).select_from(AuditEntry).where(*mine)
    return int(connection.execute(query).scalar_one())
