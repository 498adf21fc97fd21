"""Apply what providers reported of texts, in sets: touches move on, and what follows from a text that failed follows.

Each report is applied once, in the transaction that says so. A report of a text that we thought had not gone, or of
which we did not know it, binds the text to its try: it went, and is not sent again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select, update

from campaigns.delivery import late_retries
from campaigns.touches import closed_numbers
from campaigns.touches.closed_numbers import Unreached
from campaigns.touches.touch_states import move
from channels.port import Receipt
from channels.sms.account import Account
from channels.sms.error_codes import Fault, meaning
from channels.sms.journal import Journals
from channels.sms.reports import MISSED, TWILIO, Status, fault_of, read_status
from inbound.events import RECEIPT, StoredReport
from inbound.report_alarms import alarm
from inbound.report_order import ReportedStatus, Text, rank_reports
from inbound.report_targets import AnswerTry, Target, TouchTry, find
from installation.installation import Installation
from store.states import AttemptState, EventOutcome, TouchState
from store.tables import Answer, Attempt, ProviderEvent, Touch

STEP = 200
"""Events applied in one transaction: short enough that whoever reports at this moment hardly waits."""
_STRANGE_FOR = timedelta(days=7)
"""How long a text that nobody knew may become known after all."""
_BEFORE = (TouchState.CLAIMED, TouchState.UNKNOWN)


def apply_receipts(installation: Installation, *, now: datetime) -> Counter[str]:
    """Apply everything that has been put down and not been looked at; return how many events came to what.

    One at a time for a whole house: where somebody else is at it, nothing is done here.
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
    """Let reports of texts that nobody knew be looked at again, where somebody knows them now."""
    strange = ProviderEvent.outcome == EventOutcome.UNKNOWN_MESSAGE
    recent = ProviderEvent.received_at > now - _STRANGE_FOR
    known = or_(
        exists().where(Attempt.provider_ref == ProviderEvent.provider_ref),
        exists().where(Answer.provider_ref == ProviderEvent.provider_ref),
    )
    with installation.store.writing() as connection:
        connection.execute(update(ProviderEvent).where(strange, recent, known).values(outcome=None))


@dataclass(kw_only=True)
class _Ends:
    """What some events come to."""

    outcomes: dict[int, EventOutcome]
    targets: Mapping[int, Target]
    # by touch; the provider's reference
    bound: dict[int, tuple[TouchTry, str | None]] = field(default_factory=dict)
    # by touch
    ended: dict[int, tuple[TouchTry, StoredReport, Status]] = field(default_factory=dict)
    # by answer
    answers: dict[int, tuple[AnswerTry, StoredReport, Status | None]] = field(default_factory=dict)


def _apply_some(installation: Installation, now: datetime) -> Counter[str]:
    with installation.store.writing() as connection:
        events = _pending(connection)
        if not events:
            return Counter()
        ends = _rank(connection, events)
        _bind(installation, connection, ends, now)
        failed = _move(installation, connection, ends, now)
        closed_numbers.follow(installation, connection, failed, now=now)
        _move_answers(connection, ends, now)
        _write_outcomes(connection, ends, now)
        alarm(connection, failed, now=now)
        return Counter(outcome.value for outcome in ends.outcomes.values())


def _pending(connection: Connection) -> list[StoredReport]:
    waiting = (ProviderEvent.outcome.is_(None), ProviderEvent.kind == RECEIPT)
    columns = (getattr(ProviderEvent, each.name) for each in fields(StoredReport))
    query = select(*columns).where(*waiting).order_by(ProviderEvent.id).limit(STEP)
    return [StoredReport(**row._asdict()) for row in connection.execute(query)]


def _rank(connection: Connection, events: Sequence[StoredReport]) -> _Ends:
    targets = find(connection, events)
    known = [event for event in events if event.id in targets]
    reports = [
        ReportedStatus(
            event.id, _text(event.provider, event.provider_ref, event.attempt), event.status
        )
        for event in known
    ]
    outcomes, _ = rank_reports(reports, _known_statuses(connection, known))
    ends = _Ends(
        outcomes=dict.fromkeys((event.id for event in events), EventOutcome.UNKNOWN_MESSAGE)
        | outcomes,
        targets=targets,
    )
    for event in known:
        match targets[event.id]:
            case TouchTry() as touch:
                _take_touch(ends, event, touch)
            case AnswerTry() as answer:
                _take_answer(ends, event, answer)
    return ends


def _text(provider: str, ref: str | None, attempt: str | None) -> Text:
    """Return what stands for one text at one provider."""
    return provider, ref or attempt or ""


def _known_statuses(connection: Connection, events: Sequence[StoredReport]) -> dict[Text, Status]:
    """Return how far each of these texts was, by what was applied before."""
    refs = {event.provider_ref for event in events if event.provider_ref}
    keys = {event.attempt for event in events if not event.provider_ref}
    columns = (
        ProviderEvent.provider,
        ProviderEvent.provider_ref,
        ProviderEvent.attempt,
        ProviderEvent.status,
    )
    bare = (ProviderEvent.provider_ref.is_(None), ProviderEvent.attempt.in_(keys))
    rows = connection.execute(
        select(*columns).where(
            ProviderEvent.outcome == EventOutcome.APPLIED,
            or_(ProviderEvent.provider_ref.in_(refs), *([_both(bare)] if keys else [])),
        )
    )
    known: dict[Text, Status] = {}
    for provider, ref, attempt, word in rows:
        text = _text(provider, ref, attempt)
        status, before = read_status(word), known.get(text)
        if status is not None and (before is None or status.rank > before.rank):
            known[text] = status
    return known


def _both(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return conditions[0] & conditions[1]


def _take_touch(ends: _Ends, event: StoredReport, touch: TouchTry) -> None:
    """Note what one report does to its touch; whatever it says, a provider that reports on a text has it."""
    if touch.attempt is not AttemptState.RECEIPT:
        ends.bound.setdefault(touch.touch_id, (touch, event.provider_ref))
    status = read_status(event.status)
    if ends.outcomes[event.id] is not EventOutcome.APPLIED or status is None:
        return
    if not touch.current or (status.is_end and touch.touch_id in ends.ended):
        ends.outcomes[event.id] = (
            EventOutcome.LEFT
        )  # it was tried again since, or nobody waits for it any more
    elif status.is_end:
        ends.ended[touch.touch_id] = (touch, event, status)


def _take_answer(ends: _Ends, event: StoredReport, answer: AnswerTry) -> None:
    status = read_status(event.status)
    if ends.outcomes[event.id] is not EventOutcome.APPLIED:
        return
    before = ends.answers.get(answer.answer_id)
    if before is None or before[2] is None:
        ends.answers[answer.answer_id] = (
            answer,
            event,
            status if status and status.is_end else None,
        )


def _bind(installation: Installation, connection: Connection, ends: _Ends, now: datetime) -> None:
    """Write down that these tries went, whatever was thought of them; their touches are handed over."""
    if not ends.bound:
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
        [{"b_id": touch.attempt_id, "b_ref": ref} for touch, ref in ends.bound.values()],
    )
    current = [touch for touch, _ in ends.bound.values() if touch.current]
    for touch in current:
        if (
            touch.state is TouchState.PLANNED
        ):  # it seemed lost, and went after all: it is not sent again
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
    for touch, ref in ends.bound.values():
        if ref:
            journals.learn(touch.key, Receipt(touch.touch_id, ref))


def _move(
    installation: Installation, connection: Connection, ends: _Ends, now: datetime
) -> list[Unreached]:
    """Move the touches whose texts came to an end; return those that did not arrive and are not tried again."""
    arrived = [touch for touch, (_, _, status) in ends.ended.items() if status not in MISSED]
    missed = {
        touch: _unreached(installation, touch, event, status)
        for touch, (_, event, status) in ends.ended.items()
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
    _note_codes(connection, ends, missed)
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


def _note_codes(connection: Connection, ends: _Ends, missed: Mapping[int, Unreached]) -> None:
    rows = [
        {
            "b_id": ends.ended[each.touch_id][0].attempt_id,
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


def _move_answers(connection: Connection, ends: _Ends, now: datetime) -> None:
    """Move answers on: they have no history of their own, and no step after them."""
    for answer, event, status in ends.answers.values():
        if answer.state not in (*_BEFORE, TouchState.HANDED_OVER):
            ends.outcomes[event.id] = EventOutcome.LEFT
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


def _write_outcomes(connection: Connection, ends: _Ends, now: datetime) -> None:
    rows = []
    for event_id, outcome in ends.outcomes.items():
        target = ends.targets.get(event_id)
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
