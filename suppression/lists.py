"""Add, lift and read entries of the suppression lists. Append only, as a lift is recorded too.

Two reasons are listed by people, `OBJECTION` and `SUPPRESSED`, and a third on somebody's word: `DECEASED`, because a
card to the dead hurts, and the register is informed later than the family. A message that may
be an objection lists `OBJECTION_IN_DOUBT`, until a person has read it. Every other reason is judged afresh from
the people data, so it cannot be listed and cannot be lifted here.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from people.cells.near_references import (
    known_references,
    known_widths,
    near_miss,
    near_references,
)
from people.numbers import PhoneNumber, check
from store.engine import Store
from store.errors import BadInput
from store.given_reasons import says_why
from store.sentences import Sentence
from store.states import SuppressionScope
from store.tables import Campaign, Person, Suppression
from suppression.entries import Entry, NewEntry, entries_where, list_entries
from suppression.reasons import Reason

LISTABLE = (Reason.OBJECTION, Reason.SUPPRESSED, Reason.DECEASED)
LISTED = (*LISTABLE, Reason.OBJECTION_IN_DOUBT)
"""Reasons that entries have, by hand or by a message."""
PURPOSES = ("duty", "rights", "invitation", "service")
_SUBJECT = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")


def listable(text: str) -> Reason:
    """Read a reason that people may list, in capitals or not.

    Raises:
        BadInput: it is no reason, or one that is judged from the people data.
    """
    word = text.strip().upper()
    remedy = Sentence("write {known} or {last}", known=", ".join(LISTABLE[:-1]), last=LISTABLE[-1])
    if word not in Reason.__members__:
        raise BadInput(
            Sentence("{seen!r} is no reason we know", seen=text[:40])
            if word
            else "there is no reason",
            remedy,
            field="reason",
        )
    reason = Reason(word)
    if reason not in LISTED:
        problem = Sentence(
            "{reason} is judged from the people data and cannot be listed by hand", reason=reason
        )
        raise BadInput(
            problem, Sentence("import newer people, or {remedy}", remedy=remedy), field="reason"
        )
    return reason


def checked_purpose(text: str | None) -> str | None:
    """Read a purpose. Empty means every purpose."""
    if not text:
        return None
    if text not in PURPOSES:
        raise BadInput(
            Sentence("{seen!r} is not a purpose", seen=text[:40]),
            Sentence("write {purposes} or leave it empty", purposes=", ".join(PURPOSES)),
            field="purpose",
        )
    return text


def checked_channel(text: str | None, channels: Collection[str] | None) -> str | None:
    """Read a channel. Empty means every channel.

    A misspelled channel would silently close nothing, so it is checked against those of the installation.
    """
    if not text:
        return None
    if channels is not None and text not in channels:
        remedy = Sentence(
            "write {channels}, or leave it empty to close every channel",
            channels=" or ".join(sorted(channels)),
        )
        raise BadInput(
            Sentence("{seen!r} is not a channel of this installation", seen=text[:40]),
            remedy,
            field="channel",
        )
    return text


def checked_subject(text: str | None) -> str | None:
    """Read a subject, as campaign files write it. Empty means every subject."""
    if not text:
        return None
    if not _SUBJECT.fullmatch(text):
        remedy = "write small letters, digits and hyphens, as in income-tax, or leave it empty"
        raise BadInput(
            Sentence("{seen!r} is not a subject", seen=text[:40]), remedy, field="subject"
        )
    return text


def add(  # noqa: PLR0913  an entry's own fields
    store: Store,
    ref: str,
    reason: Reason | str,
    *,
    channel: str | None = None,
    purpose: str | None = None,
    subject: str | None = None,
    until: datetime | None = None,
    source: str,
    by: str,
    now: datetime,
    note: str = "",
) -> bool:
    """List a person or a number (`+31…`), and return whether the entry is new.

    An entry may wait for somebody who is not known yet, but not beside a person whose reference is
    written almost the same: then it was meant for them, and would hold nobody.

    Raises:
        BadInput: the reason cannot be listed by hand, the purpose is none, `until` is not after `now`,
            no campaign has the subject, or nobody has the reference and somebody almost has it.
    """
    if not ref.strip():
        raise BadInput("there is no person", "name the person_ref", field="person_ref")
    if until is not None and until <= now:
        raise BadInput("lies in the past", "name a later day, or none", field="until")
    number = PhoneNumber.parse(ref).e164 if ref.startswith("+") else None
    entry = NewEntry(
        scope=SuppressionScope.NUMBER if number else SuppressionScope.PERSON,
        reason=listable(str(reason)),
        source=source,
        starts_at=now,
        repeat=now.isoformat(),
        person_ref=None if number else ref.strip(),
        e164=number,
        channel=channel or None,
        purpose=checked_purpose(purpose),
        ends_at=until,
        note=note,
        subject=checked_subject(subject),
    )
    with store.writing() as connection:
        _refuse_unknown_subject(connection, entry.subject)
        if entry.person_ref:
            refuse_near_miss(connection, entry.person_ref)
        if _stands(connection, entry, now):
            return False
        return list_entries(connection, [entry], by=by, now=now) > 0


def is_known(store: Store, ref: str) -> bool:
    """Return whether somebody has this reference."""
    with store.reading() as connection:
        return bool(known_references(connection, {ref}))


def refuse_near_miss(connection: Connection, ref: str) -> None:
    """Refuse a reference that nobody has, where somebody has it in other capitals, zeros or signs.

    A telephone number without its country code is no reference either.

    Raises:
        BadInput: with the references that are near, or the number.
    """
    if known_references(connection, {ref}):
        return
    if near := near_references(connection, ref):
        raise near_miss(ref, near)
    if mistaken := mistaken_number(ref, known_widths(connection)):
        raise mistaken


def mistaken_number(ref: str, widths: Collection[int]) -> BadInput | None:
    """Return the refusal of a telephone number in the place of a reference, or None where it may be one.

    `widths` are the characters that references have: one of that width is a reference, and where nobody is known
    anything may be one.
    """
    if not widths or len(ref) in widths or not ref.startswith(("0", "+", "(0")):
        return None
    number = check(ref)
    if not (number["call"] or number["text"]):
        return None
    return BadInput(
        Sentence("{ref} is a telephone number, and nobody's reference", ref=ref),
        Sentence("list the number: {number}", number=number["e164"]),
        field="person_ref",
    )


def _refuse_unknown_subject(connection: Connection, subject: str | None) -> None:
    if subject is None:
        return
    subjects = connection.scalars(select(Campaign.subject).distinct())
    known = sorted(each for each in subjects if each)
    if subject not in known:
        remedy = (
            Sentence("write {known}, or", known=" or ".join(known))
            if known
            else "no campaign has one yet:"
        )
        raise BadInput(
            Sentence("no campaign has the subject {subject!r}", subject=subject[:40]),
            Sentence("{remedy} leave it empty to hold everything", remedy=remedy),
            field="subject",
        )


def _stands(connection: Connection, entry: NewEntry, now: datetime) -> bool:
    """Return whether an entry like this one is in force for at least as long."""
    longer: ColumnElement[bool] = Suppression.ends_at.is_(None)
    if entry.ends_at is not None:
        longer = or_(longer, Suppression.ends_at >= entry.ends_at)
    like = (
        Suppression.scope == entry.scope,
        Suppression.person_ref.is_not_distinct_from(entry.person_ref),
        Suppression.e164.is_not_distinct_from(entry.e164),
        Suppression.reason == entry.reason.value,
        Suppression.channel.is_not_distinct_from(entry.channel),
        Suppression.purpose.is_not_distinct_from(entry.purpose),
        Suppression.subject.is_not_distinct_from(entry.subject),
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= now,
        longer,
    )
    return connection.execute(select(Suppression.id).where(*like).limit(1)).first() is not None


def lift(
    store: Store,
    ref: str,
    *,
    by: str,
    why: str,
    now: datetime,
    reason: Reason | str | None = None,
) -> int:
    """Lift every entry of a person, a number (`+31…`) or an entry (`#12`), and return how many.

    The entries stay where they are, with who lifted them, when and why. Touches that were withheld stay withheld:
    `desk.cases.hold_releases.lift` lifts and lets them go.

    Raises:
        BadInput: nobody said why, there is nothing to lift, or the reason stands in the people data.
    """
    with store.writing() as connection:
        return len(lift_entries(connection, ref, by=by, why=why, now=now, reason=reason))


def lift_entries(
    connection: Connection,
    ref: str,
    *,
    by: str,
    why: str,
    now: datetime,
    reason: Reason | str | None = None,
) -> list[Entry]:
    """Lift entries in the caller's transaction, and return them as they were."""
    conditions = [_of(connection, ref), _stands_at(now)]
    if reason is not None:
        conditions.append(Suppression.reason == listable(str(reason)).value)
    found = entries_where(connection, and_(*conditions))
    if not found and why.strip():
        raise _nothing_to_lift(connection, ref)
    lift_these(connection, found, by=by, why=why, now=now)
    return found


def lift_these(
    connection: Connection, found: Sequence[Entry], *, by: str, why: str, now: datetime
) -> None:
    """Record that these entries are lifted.

    Raises:
        BadInput: nobody said why.
    """
    if not says_why(why):
        raise BadInput("has no reason", "write the reason for lifting, it is kept", field="why")
    lifted = update(Suppression).where(
        Suppression.id == bindparam("lifted"), Suppression.lifted_at.is_(None)
    )
    values = {"lifted_at": now, "lifted_by": by, "lifted_why": why.strip()}
    if found:
        connection.execute(lifted.values(values), [{"lifted": entry.id} for entry in found])


def _stands_at(moment: datetime) -> ColumnElement[bool]:
    """Return the condition for entries that are or will be in force."""
    return Suppression.lifted_at.is_(None) & or_(
        Suppression.ends_at.is_(None), Suppression.ends_at > moment
    )


def _of(connection: Connection, ref: str) -> ColumnElement[bool]:
    if ref.startswith("#") and ref[1:].isdecimal():
        return Suppression.id == int(ref[1:])
    named = or_(
        Suppression.person_ref == ref, (Suppression.e164 == ref) & Suppression.person_ref.is_(None)
    )
    # what another body said of this person names them by a hash
    joint = connection.execute(select(Person.joint_hash).where(Person.person_ref == ref)).scalar()
    return or_(named, Suppression.joint_hash == joint) if joint else named


def _nothing_to_lift(connection: Connection, ref: str) -> BadInput:
    person = connection.execute(select(Person).where(Person.person_ref == ref)).one_or_none()
    register = {
        Reason.DECEASED: person is not None and person.deceased_on,
        Reason.MOVED_ABROAD: person is not None and person.moved_abroad_on,
        Reason.UNDER_GUARDIANSHIP: person is not None and person.guardian_ref,
        Reason.ADDRESS_UNDER_INVESTIGATION: person is not None
        and person.address_under_investigation,
    }
    held = [reason.value for reason, holds in register.items() if holds]
    if held:
        problem = Sentence(
            "is on no list; {held} stands in the people data and cannot be lifted here",
            held=" and ".join(held),
        )
        return BadInput(problem, "import newer people when it is no longer so", field=ref)
    return BadInput(
        "is on no list, so there is nothing to lift", "see kaartje suppression list", field=ref
    )


def entries(
    store: Store, *, ref: str | None = None, active_at: datetime | None = None
) -> list[Entry]:
    """Return the entries in the order of listing, all, of `ref`, or in force at a moment."""
    with store.reading() as connection:
        return entries_where(connection, _of(connection, ref) if ref else None, active_at)
