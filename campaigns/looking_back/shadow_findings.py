"""Queries of the shadow run that find what is known today and should have stopped a touch.

A finding counts when its own date lies on or before the day of the touch, whenever it was
recorded. Register data without a date count too, if the record changed after the touch went out,
since it may have been so already.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Index,
    MetaData,
    Select,
    SQLColumnExpression,
    Table,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from people.suspensions import FACT as SUSPENSION
from people.values import UNKNOWN_DAY
from store.base import UtcDateTime
from store.facts import fact
from store.states import ConsentKind, OutcomeKind, SuppressionScope
from store.tables import Consent, Import, Obligation, Outcome, Person, PersonNumber, Suppression
from suppression.consents import stands
from suppression.reasons import Reason

_tables = MetaData()
_UNKNOWN_DAY = date.fromisoformat(UNKNOWN_DAY)
_NO_DAY, _NO_MOMENT = cast(null(), Date), cast(null(), UtcDateTime)

sent = Table(
    "shadow_sent",
    _tables,
    Column("touch_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reaches", Text, nullable=False),  # post, text or call
    Column("purpose", Text, nullable=False),
    Column("subject", Text),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),  # where the citizens live
    Column("grown_up", Date, nullable=False),  # who was born after it was a child on that day
    Column("done_since", Date, nullable=False),  # an older return says nothing about that day
    prefixes=["TEMPORARY"],
)
found = Table(
    "shadow_found",
    _tables,
    Column("touch_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("dated", Boolean, nullable=False),
    Column("since", Date),  # the day of the finding itself
    Column("since_at", UtcDateTime),  # the same where it is a moment
    # when it was recorded; of a person's own record, at the latest
    Column("known_at", UtcDateTime, nullable=False),
    prefixes=["TEMPORARY"],
)
Index("ix_shadow_sent_person", sent.c.person_id)


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a touch should not have gone, with the query that fills `found`."""

    reason: str
    rows: Callable[[], Select[*tuple[Any, ...]]]
    dated: bool = True


_OF_EVERYBODY = (Reason.OBJECTION, Reason.OBJECTION_IN_DOUBT)
"""Reasons that hold everyone on the number that they came from."""
_BY_LIST = (Reason.DECEASED, *_OF_EVERYBODY, Reason.SUPPRESSED)


def findings() -> Iterator[Finding]:
    """Yield every finding. Of one reason, those with a date come before those without."""
    yield Finding(Reason.DECEASED.value, _died)
    yield Finding(Reason.MINOR.value, _was_a_child)
    yield Finding(Reason.MOVED_ABROAD.value, _had_left)
    for listed in _BY_LIST:
        yield Finding(listed.value, _listed(listed))
    yield Finding("CONSENT_WITHDRAWN", _had_withdrawn)
    yield Finding(Reason.ALREADY_DONE.value, _outcome_before)
    yield Finding("NOTHING_OPEN", _nothing_was_open)
    for undated, holds in _UNDATED.items():
        yield Finding(undated, _undated(holds), dated=False)


SENTENCES: dict[str, str] = {
    **{reason.value: reason.sentence("en") for reason in Reason},
    "CONSENT_WITHDRAWN": "This person had withdrawn their consent.",
    "NOTHING_OPEN": "Every obligation of this person had been filed or assessed.",
    "BRP_SUSPENSION": "The population register no longer keeps up this person's record.",
}


def _of_person(
    *conditions: ColumnElement[bool], since: SQLColumnExpression[Any]
) -> Select[*tuple[Any, ...]]:
    """Find touches by the person's own record."""
    columns = (sent.c.touch_id, since, _NO_MOMENT, Person.updated_at)
    return select(*columns).select_from(_people()).where(*conditions)


def _died() -> Select[*tuple[Any, ...]]:
    died = Person.deceased_on
    return _of_person(died <= sent.c.day, died != _UNKNOWN_DAY, since=died)


def _was_a_child() -> Select[*tuple[Any, ...]]:
    # of a partial date the latest possible day counts, as it does when judging
    return _of_person(Person.birth_last > sent.c.grown_up, since=Person.birth_last)


def _had_left() -> Select[*tuple[Any, ...]]:
    left = Person.moved_abroad_on
    return _of_person(
        sent.c.reaches == "post", left <= sent.c.day, left != _UNKNOWN_DAY, since=left
    )


def _listed(reason: Reason) -> Callable[[], Select[*tuple[Any, ...]]]:
    """Find touches by an entry on a suppression list.

    Each way in which an entry can name somebody is a look-up of its own, by index.
    """

    def rows() -> Select[*tuple[Any, ...]]:
        columns = (sent.c.touch_id, Suppression.starts_at, Suppression.added_at)
        scopes = (_names_person(), _names_by_hash(), _names_number(reason), _names_address())
        each = (
            select(*columns).select_from(scope).where(_reason_is(reason), *_was_in_force())
            for scope in scopes
        )
        named = union_all(*each).subquery()
        touch_id, starts_at, added_at = named.c
        return select(touch_id, _NO_DAY, func.min(starts_at), func.min(added_at)).group_by(touch_id)

    return rows


def _reason_is(reason: Reason) -> ColumnElement[bool]:
    named = tuple(each.value for each in _BY_LIST if each is not Reason.SUPPRESSED)
    if reason is Reason.SUPPRESSED:  # and whatever else a list may say
        return Suppression.reason.not_in(named)
    return Suppression.reason == reason.value


def _was_in_force() -> tuple[ColumnElement[bool], ...]:
    at = sent.c.at
    return (
        Suppression.starts_at <= at,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > at),
        or_(Suppression.lifted_at.is_(None), Suppression.lifted_at > at),
        or_(Suppression.channel.is_(None), Suppression.channel == sent.c.channel),
        or_(Suppression.purpose.is_(None), Suppression.purpose == sent.c.purpose),
        or_(Suppression.subject.is_(None), Suppression.subject == sent.c.subject),
    )


def _people() -> FromClause:
    return sent.join(Person.__table__, Person.id == sent.c.person_id)


def _names_person() -> FromClause:
    here = and_(
        Suppression.scope == SuppressionScope.PERSON_AT_ADDRESS,
        Suppression.household_key == Person.household_key,
        sent.c.reaches == "post",
    )
    scope = or_(Suppression.scope == SuppressionScope.PERSON, here)
    return _people().join(
        Suppression.__table__, and_(Suppression.person_ref == Person.person_ref, scope)
    )


def _names_by_hash() -> FromClause:
    named = and_(
        Suppression.joint_hash == Person.joint_hash, Suppression.scope == SuppressionScope.PERSON
    )
    return _people().join(Suppression.__table__, named)


def _names_number(reason: Reason) -> FromClause:
    mine = sent.join(PersonNumber.__table__, PersonNumber.person_id == sent.c.person_id)
    # stop from a number stops everyone on it, everywhere; a number that bounced is closed for itself alone
    reaches = true() if reason in _OF_EVERYBODY else sent.c.reaches != "post"
    scope = and_(Suppression.scope == SuppressionScope.NUMBER, reaches)
    return mine.join(Suppression.__table__, and_(Suppression.e164 == PersonNumber.e164, scope))


def _names_address() -> FromClause:
    scope = and_(Suppression.scope == SuppressionScope.ADDRESS, sent.c.reaches == "post")
    return _people().join(
        Suppression.__table__, and_(Suppression.household_key == Person.household_key, scope)
    )


def _had_withdrawn() -> Select[*tuple[Any, ...]]:
    word = aliased(Consent)
    stood = stands(
        word,
        ConsentKind.WITHDRAWN,
        channel=sent.c.channel,
        purpose=sent.c.purpose,
        at=sent.c.at,
    )
    tables = _people().join(word, and_(word.person_ref == Person.person_ref, stood))
    found_words = select(sent.c.touch_id, _NO_DAY, func.min(word.said_at), func.min(word.added_at))
    return found_words.select_from(tables).group_by(sent.c.touch_id)


def _outcome_before() -> Select[*tuple[Any, ...]]:
    helped = Outcome.kind.in_((OutcomeKind.FILED, OutcomeKind.NOT_LIABLE))
    mine = _people().join(Outcome.__table__, Outcome.person_ref == Person.person_ref)
    imported = mine.join(Import.__table__, Import.id == Outcome.import_id)
    done = select(
        sent.c.touch_id, func.max(Outcome.happened_on), _NO_MOMENT, func.min(Import.started_at)
    )
    span = Outcome.happened_on.between(sent.c.done_since, sent.c.day)
    return done.select_from(imported).where(helped, span).group_by(sent.c.touch_id)


def _nothing_was_open() -> Select[*tuple[Any, ...]]:
    """Find people whose last obligation had been settled recently, with none open on that day."""
    settled_on = func.coalesce(Obligation.filed_on, Obligation.assessed_on)
    other = aliased(Obligation)
    still_open = exists().where(
        other.person_ref == Person.person_ref,
        or_(other.invited_on.is_(None), other.invited_on <= sent.c.day),
        ~func.coalesce(other.filed_on <= sent.c.day, false()),
        ~func.coalesce(other.assessed_on <= sent.c.day, false()),
    )
    mine = _people().join(Obligation.__table__, Obligation.person_ref == Person.person_ref)
    done = select(
        sent.c.touch_id, func.max(settled_on), _NO_MOMENT, func.max(Obligation.updated_at)
    ).select_from(mine)
    return done.where(settled_on.between(sent.c.done_since, sent.c.day), ~still_open).group_by(
        sent.c.touch_id
    )


def _undated(holds: Callable[[], ColumnElement[bool]]) -> Callable[[], Select[*tuple[Any, ...]]]:
    """Find touches by a condition without a date, if the person's record changed after the touch."""
    return lambda: _of_person(holds(), Person.updated_at > sent.c.at, since=_NO_DAY)


def _post(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(sent.c.reaches == "post", condition)


def _abroad() -> ColumnElement[bool]:
    return _post(or_(Person.moved_abroad_on == _UNKNOWN_DAY, Person.country != "NL"))


def _suspended() -> ColumnElement[bool]:
    code = fact(SUSPENSION, "text")
    return func.coalesce(or_(code.in_(("O", "F")), _post(code.in_(("E", "M", "R", "U")))), false())


_UNDATED: dict[str, Callable[[], ColumnElement[bool]]] = {
    Reason.DECEASED.value: lambda: Person.deceased_on == _UNKNOWN_DAY,
    Reason.MOVED_ABROAD.value: _abroad,
    Reason.UNDER_GUARDIANSHIP.value: lambda: Person.guardian_ref.is_not(None),
    Reason.ADDRESS_UNDER_INVESTIGATION.value: lambda: _post(
        Person.address_under_investigation.is_(True)
    ),
    Reason.IN_OTHER_CARE.value: lambda: func.coalesce(fact("in_care_of", "text") != "", false()),
    "BRP_SUSPENSION": _suspended,
}
