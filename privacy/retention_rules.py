"""When rows of each retention class are over, and whether they are removed or emptied.

Rows that counts need are emptied: words, names and numbers go, kinds and days stay. So reports say what they said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, exists, func, or_, select

from privacy.emptied_columns import CODES
from store.base import Table
from store.column_classes import INFO, ColumnClass, Retention
from store.states import CallState, PromiseState, TouchState
from store.tables import (
    Answer,
    ApiAnswer,
    Appointment,
    AuditEntry,
    Authorisation,
    Call,
    Campaign,
    Case,
    CodeGuess,
    Consent,
    Decision,
    Deviation,
    Draft,
    Handover,
    Leg,
    Obligation,
    Person,
    PrivacyRequest,
    Promise,
    ProviderEvent,
    Referral,
    Reply,
    ShopAnswer,
    Suppression,
    TeamTask,
    Touch,
)

_TO_COME: Final = (TouchState.PLANNED, TouchState.CLAIMED, TouchState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """The rows of one table whose period begins at a moment, once they are ended."""

    retention: Retention
    table: type[Table]
    since: Any  # a moment or a day
    ended: ColumnElement[bool]
    empties: bool = True  # False: removed whole

    @property
    def name(self) -> str:
        """The name of the table."""
        return str(self.table.__tablename__)


def _of_closed_case(case_id: Any) -> ColumnElement[bool]:
    return exists().where(Case.id == case_id, Case.closed_at.is_not(None))


def _case_closed(case_id: Any) -> ColumnElement[Any]:
    return select(Case.closed_at).where(Case.id == case_id).scalar_subquery()


def _nobody_we_deal_with() -> ColumnElement[bool]:
    """Match people who are in no decision, touch, conversation, case, list or request."""
    by_id = (Decision, Touch, Call, Reply, Answer, Appointment, Case, Deviation, TeamTask)
    dealt = [exists().where(table.person_id == Person.id) for table in by_id]
    requests = exists().where(PrivacyRequest.person_id == Person.id)
    authorised = exists().where(Authorisation.person_id == Person.id)
    promised = exists().where(Promise.person_id == Person.id)
    listed = exists().where(Suppression.person_ref == Person.person_ref)
    agreed = exists().where(Consent.person_ref == Person.person_ref)
    return ~or_(*dealt, requests, authorised, promised, listed, agreed)


def rules() -> tuple[RowRule, ...]:
    """Return what is removed or emptied, in order."""
    talk, case, short = Retention.CONVERSATION, Retention.CASE, Retention.SHORT_LIVED
    ended = Call.state.in_((CallState.WRAPPED_UP, CallState.ABANDONED))
    always = sa.true()
    gone = Retention.PERSON
    unknown = func.coalesce(Person.seen_at, Person.updated_at)
    found = (
        (talk, Reply, Reply.received_at, Reply.objects.is_(False), True),
        (talk, Call, func.coalesce(Call.wrapped_up_at, Call.received_at), ended, True),
        (talk, Leg, Leg.ended_at, Leg.ended_at.is_not(None), True),
        (talk, Promise, Promise.made_at, Promise.state != PromiseState.OPEN, True),
        (talk, Answer, Answer.updated_at, Answer.state.not_in(_TO_COME), True),
        (case, Handover, Handover.done_at, Handover.done_at.is_not(None), True),
        (case, Referral, Referral.ended_at, Referral.ended_at.is_not(None), True),
        (
            case,
            Deviation,
            _case_closed(Deviation.case_id),
            _of_closed_case(Deviation.case_id),
            True,
        ),
        (case, TeamTask, TeamTask.ended_at, TeamTask.ended_at.is_not(None), True),
        (case, Case, Case.closed_at, Case.closed_at.is_not(None), True),
        (case, PrivacyRequest, PrivacyRequest.answered_at, _answered(), True),
        (case, Authorisation, Authorisation.valid_until, always, False),
        (Retention.PROVIDER_EVENT, ProviderEvent, ProviderEvent.received_at, _applied(), True),
        (Retention.MAIL, ShopAnswer, ShopAnswer.received_at, always, True),
        (short, Draft, Draft.saved_at, always, False),
        (short, CodeGuess, CodeGuess.at, always, False),
        (short, ApiAnswer, ApiAnswer.asked_at, always, False),
        (Retention.SUPPRESSION, Suppression, _over(), _over().is_not(None), False),
        (Retention.AUDIT, AuditEntry, AuditEntry.at, always, False),
        (gone, Person, unknown, _nobody_we_deal_with() & Person.erased_at.is_(None), False),
        (gone, Obligation, Obligation.updated_at, _of_nobody(), False),
    )
    return tuple(
        RowRule(retention=kind, table=table, since=since, ended=which, empties=empties)
        for kind, table, since, which, empties in found
    )


def _answered() -> ColumnElement[bool]:
    return PrivacyRequest.answered_at.is_not(None)


def _applied() -> ColumnElement[bool]:
    return ProviderEvent.outcome.is_not(None)


def _over() -> ColumnElement[Any]:
    return func.coalesce(Suppression.lifted_at, Suppression.ends_at)


def _of_nobody() -> ColumnElement[bool]:
    """Match obligations of somebody whom no file ever named."""
    return ~exists().where(Person.person_ref == Obligation.person_ref)


def blanks(rule: RowRule) -> Mapping[str, Any]:
    """Return what the columns of a table become when its rows are emptied."""
    values: dict[str, Any] = {}
    for column in rule.table.__table__.columns:
        kind, named = column.info[INFO].kind, (rule.name, column.name)
        words = kind in (ColumnClass.CONTACT, ColumnClass.CITIZEN_WORDS)
        said = kind is ColumnClass.SITUATION and isinstance(column.type, sa.Text | sa.JSON)
        if words or (said and named not in CODES):
            values[column.name] = _blank(column)
    return values


def _blank(column: Any) -> Any:
    if column.nullable:
        return None
    if isinstance(column.type, sa.JSON):
        return [] if "list" in str(column.type.python_type) else {}
    return ""


def held_back(rule: RowRule, campaigns: frozenset[str]) -> ColumnElement[bool]:
    """Match rows of people or campaigns under legal hold."""
    if not campaigns:
        return sa.false()
    held = select(Campaign.id).where(Campaign.name.in_(campaigns))
    people = select(Decision.person_id).where(Decision.campaign_id.in_(held))
    columns = rule.table.__table__.columns
    if rule.table is Person:
        return Person.id.in_(people)
    found = []
    if "campaign_id" in columns:
        found.append(columns["campaign_id"].in_(held))
    if "person_id" in columns:
        found.append(columns["person_id"].in_(people))
    if "person_ref" in columns:
        refs = select(Person.person_ref).where(Person.id.in_(people))
        found.append(columns["person_ref"].in_(refs))
    if "touch_id" in columns:
        touches = select(Touch.id).where(Touch.campaign_id.in_(held))
        found.append(columns["touch_id"].in_(touches))
    if "call_id" in columns:
        calls = select(Call.id).where(Call.person_id.in_(people))
        found.append(columns["call_id"].in_(calls))
    return func.coalesce(or_(*found), False) if found else sa.false()
