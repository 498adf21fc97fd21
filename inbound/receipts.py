"""Apply stored reports on texts, in sets. Touches move on, and failed texts have their effects.

Each report is applied once, in the transaction that marks it. A report on a text that was thought not sent, or
whose state was unknown, proves that it was sent, so it is not sent again.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, update

from campaigns.delivery import late_retries
from campaigns.delivery.shared_journals import learn
from campaigns.touches import closed_numbers
from campaigns.touches.closed_numbers import Unreached
from campaigns.touches.touch_states import move
from channels.port import Receipt
from channels.sms.account import Account
from channels.sms.error_codes import Fault, meaning
from channels.sms.journal import Journals
from channels.sms.reports import MISSED, TWILIO, Status, fault_of
from inbound.events import StoredReport
from inbound.report_alarms import alarm
from inbound.report_results import ReportResults, pending_reports, ranked
from inbound.report_targets import AnswerTry, TouchTry
from installation.installation import Installation
from store.states import AttemptState, EventOutcome, TouchState
from store.tables import Answer, Attempt, ProviderEvent, Touch

_STRANGE_FOR = timedelta(days=7)
"""How long an unknown text may become known after all."""
_BEFORE = (TouchState.CLAIMED, TouchState.UNKNOWN)


def apply_receipts(installation: Installation, *, now: datetime) -> Counter[str]:
    """Apply all reports that were not applied yet. Return the counts by outcome.

    One process at a time does this for an installation. The others return at once.
    """
    total: Counter[str] = Counter()
    with installation.store.holding("receipts") as held:
        if not held:
            return total
        _look_again(installation, now)
        while some := _apply_some(installation, now):
            total.update(some)
    return total


def _look_again(installation: Installation, now: datetime) -> None:
    """Apply reports again that had no text, where their text is known now."""
    strange = ProviderEvent.outcome == EventOutcome.UNKNOWN_MESSAGE
    recent = ProviderEvent.received_at > now - _STRANGE_FOR
    known = or_(
        exists().where(Attempt.provider_ref == ProviderEvent.provider_ref),
        exists().where(Answer.provider_ref == ProviderEvent.provider_ref),
    )
    with installation.store.writing() as connection:
        connection.execute(update(ProviderEvent).where(strange, recent, known).values(outcome=None))


def _apply_some(installation: Installation, now: datetime) -> Counter[str]:
    with installation.store.writing() as connection:
        reports = pending_reports(connection)
        if not reports:
            return Counter()
        results = ranked(connection, reports)
        _bind(installation, connection, results, now)
        failed = _move(installation, connection, results, now)
        closed_numbers.follow(installation, connection, failed, now=now)
        _move_answers(connection, results, now)
        _write_outcomes(connection, results, now)
        alarm(connection, failed, now=now)
        return Counter(outcome.value for outcome in results.outcomes.values())


def _bind(
    installation: Installation, connection: Connection, results: ReportResults, now: datetime
) -> None:
    """Record that these tries were sent after all. Their touches become handed over."""
    if not results.bound:
        return
    connection.execute(
        update(Attempt)
        .where(Attempt.id == bindparam("b_id"))
        .values(
            state=AttemptState.RECEIPT,
            provider_ref=bindparam("b_ref"),
            detail=None,
            finished_at=now,
        ),
        [{"b_id": touch.attempt_id, "b_ref": ref} for touch, ref in results.bound.values()],
    )
    current = [touch for touch, _ in results.bound.values() if touch.current]
    for touch in current:
        # it seemed lost, and went after all: it is not sent again
        if touch.state is TouchState.PLANNED:
            which = Touch.id == touch.touch_id
            move(
                connection,
                which,
                TouchState.CLAIMED,
                origin=touch.state,
                now=now,
                delivery_id=touch.delivery_id,
            )
    moved = [touch.touch_id for touch in current if touch.state is not TouchState.HANDED_OVER]
    for origin in _BEFORE if moved else ():
        move(
            connection,
            Touch.id.in_(moved),
            TouchState.HANDED_OVER,
            origin=origin,
            now=now,
            handed_over_at=now,
        )
    journals = Journals(installation.settings.outbox / ".sms" / "batches")
    for touch, ref in results.bound.values():
        if ref and installation.store.embedded:
            journals.learn(touch.key, Receipt(touch.touch_id, ref))
        elif ref:
            learn(connection, touch.key, Receipt(touch.touch_id, ref))


def _move(
    installation: Installation, connection: Connection, results: ReportResults, now: datetime
) -> list[Unreached]:
    """Move the touches whose texts came to an end. Return those that failed and are not tried again."""
    arrived = [touch for touch, (_, _, status) in results.ended.items() if status not in MISSED]
    missed = {
        touch: _unreached(installation, touch, event, status)
        for touch, (_, event, status) in results.ended.items()
        if status in MISSED
    }
    if arrived:
        move(
            connection,
            Touch.id.in_(arrived),
            TouchState.DELIVERED,
            origin=TouchState.HANDED_OVER,
            now=now,
        )
    _note_codes(connection, results, missed)
    again = late_retries.plan_again(installation, connection, list(missed.values()), now=now)
    failed = [each for each in missed.values() if each.touch_id not in again]
    for code in sorted({each.code for each in failed}):
        which = Touch.id.in_([each.touch_id for each in failed if each.code == code])
        move(
            connection,
            which,
            TouchState.FAILED,
            origin=TouchState.HANDED_OVER,
            now=now,
            reason=code,
        )
    return failed


def _unreached(
    installation: Installation, touch_id: int, event: StoredReport, status: Status
) -> Unreached:
    to = event.raw.get("To", "")
    fault = _fault(installation, event)
    return Unreached(
        touch_id,
        fault,
        event.error_code or status.value.upper(),
        to if to.startswith("+") else None,
    )


def _fault(installation: Installation, event: StoredReport) -> Fault:
    form = Account.read(installation.settings.accounts).form() if event.provider != TWILIO else None
    return fault_of(event.provider, event.error_code, form.codes if form else {})


def _note_codes(
    connection: Connection, results: ReportResults, missed: Mapping[int, Unreached]
) -> None:
    rows = [
        {
            "b_id": results.ended[each.touch_id][0].attempt_id,
            "b_code": each.code,
            "b_detail": meaning(int(each.code) if each.code.isdigit() else None),
        }
        for each in missed.values()
    ]
    if rows:
        statement = update(Attempt).where(Attempt.id == bindparam("b_id"))
        connection.execute(
            statement.values(error_code=bindparam("b_code"), detail=bindparam("b_detail")), rows
        )


def _move_answers(connection: Connection, results: ReportResults, now: datetime) -> None:
    """Move answers on. They have no history and no next step."""
    for answer, event, status in results.answers.values():
        if answer.state not in (*_BEFORE, TouchState.HANDED_OVER):
            results.outcomes[event.id] = EventOutcome.LEFT
            continue
        to = TouchState.HANDED_OVER
        if status is not None:
            to = TouchState.FAILED if status in MISSED else TouchState.DELIVERED
        values: dict[str, Any] = {"state": to, "updated_at": now}
        if answer.state is not TouchState.HANDED_OVER:
            values |= {"handed_over_at": now, "provider_ref": event.provider_ref}
        if to is TouchState.FAILED and status is not None:
            values["error_code"] = event.error_code or status.value.upper()
        connection.execute(update(Answer).where(Answer.id == answer.answer_id).values(values))


def _write_outcomes(connection: Connection, results: ReportResults, now: datetime) -> None:
    rows = []
    for event_id, outcome in results.outcomes.items():
        target = results.targets.get(event_id)
        touch = target.touch_id if isinstance(target, TouchTry) else None
        answer = target.answer_id if isinstance(target, AnswerTry) else None
        rows.append({"b_id": event_id, "b_outcome": outcome, "b_touch": touch, "b_answer": answer})
    connection.execute(
        update(ProviderEvent)
        .where(ProviderEvent.id == bindparam("b_id"))
        .values(
            outcome=bindparam("b_outcome"),
            touch_id=bindparam("b_touch"),
            answer_id=bindparam("b_answer"),
            applied_at=now,
        ),
        rows,
    )
