"""Somebody who has just talked with us or waits to be called back."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_

from store.states import CallKind, CallState, ReplyKind
from store.tables import Call, Person, Reply
from suppression.occasions import Occasion
from suppression.reasons import Reason
from suppression.rules.rule import Rule

_NO_TALK = ("call_back", "no_answer", "busy", "wrong_number", "voicemail")


def _holds(occasion: Occasion) -> ColumnElement[bool]:
    since = occasion.at - timedelta(days=occasion.policy.rests.conversation)
    # what a campaign asks to call is no promise to anybody
    waits = and_(
        Call.state.in_((CallState.WAITING, CallState.TAKEN)), Call.kind != CallKind.OUTBOUND
    )
    talked = and_(
        Call.state == CallState.WRAPPED_UP,
        Call.wrapped_up_at > since,
        func.coalesce(Call.disposition, "").not_in(_NO_TALK),
    )
    came = exists().where(
        Reply.person_id == Person.id,
        Reply.kind.in_((ReplyKind.CALLED, ReplyKind.COUNTER)),
        Reply.received_at > since,
        Reply.received_at <= occasion.at,
    )
    return or_(exists().where(Call.person_id == Person.id, or_(waits, talked)), came)


RULE = Rule(
    reason=Reason.COOLING_DOWN,
    holds=_holds,
)
