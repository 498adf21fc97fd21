"""Find the text a report is about, by the key in the signed address or the provider's reference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from channels.sms.attempts import read_attempt_key
from inbound.events import StoredReport
from store.states import AttemptState, TouchState
from store.tables import Answer, Attempt, Delivery, Touch

ANSWERS = "answer-"
"""The prefix of batch keys for answers, where the number after the dot is the answer's id."""
_UNDER_WAY = (TouchState.CLAIMED, TouchState.UNKNOWN, TouchState.HANDED_OVER)
_NOT_GONE = (AttemptState.TAKEN_BACK, AttemptState.WRITTEN, AttemptState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchTry:
    """One try of a touch, with the state of the touch."""

    touch_id: int
    attempt_id: int
    delivery_id: int
    key: str  # the batch's
    attempt: AttemptState
    state: TouchState
    current: bool  # the touch has had no other try since, and nothing else ended it


@dataclass(frozen=True, slots=True)
class AnswerTry:
    """One try of an answer."""

    answer_id: int
    key: str | None  # the batch's
    state: TouchState


Target = TouchTry | AnswerTry


def find(connection: Connection, events: Sequence[StoredReport]) -> dict[int, Target]:
    """Return what each event is about, by the event's id. Events about unknown texts are left out.

    The touches stay locked until the transaction ends.
    """
    keys = {event.id: read_attempt_key(event.attempt) for event in events if event.attempt}
    by_key = _touches_by_key(connection, [key for key in keys.values() if key])
    refs = {event.provider_ref for event in events if event.provider_ref}
    by_ref = _by_ref(
        connection, refs - {event.provider_ref for event in events if keys.get(event.id) in by_key}
    )
    answers = _answers(connection, [key for key in keys.values() if key and key not in by_key])
    found: dict[int, Target] = {}
    for event in events:
        key = keys.get(event.id)
        target = by_key.get(key) or answers.get(key) or by_ref.get(event.provider_ref)
        if target is not None:
            found[event.id] = target
    return found


def _touches_by_key(
    connection: Connection, keys: Iterable[tuple[str, int]]
) -> Mapping[tuple[str, int] | None, TouchTry]:
    wanted = set(keys)
    if not wanted:
        return {}
    which = and_(
        Delivery.key.in_({key for key, _ in wanted}),
        Attempt.touch_id.in_({touch for _, touch in wanted}),
    )
    return {(found.key, found.touch_id): found for found in _tries(connection, which)}


def _by_ref(connection: Connection, refs: set[str]) -> Mapping[str | None, Target]:
    if not refs:
        return {}
    rows = connection.execute(
        select(Answer.provider_ref, Answer.id, Answer.state).where(Answer.provider_ref.in_(refs))
    )
    found: dict[str | None, Target] = {
        row.provider_ref: AnswerTry(row.id, None, row.state) for row in rows
    }
    which = Attempt.provider_ref.in_(refs)
    named: dict[int, str | None] = {
        row[0]: row[1]
        for row in connection.execute(select(Attempt.id, Attempt.provider_ref).where(which))
    }
    return {**found, **{named[each.attempt_id]: each for each in _tries(connection, which)}}


def _tries(connection: Connection, which: ColumnElement[bool]) -> list[TouchTry]:
    rows = connection.execute(
        select(
            Touch.id,
            Attempt.id.label("attempt_id"),
            Attempt.delivery_id,
            Delivery.key,
            Attempt.state.label("attempt"),
            Touch.state,
            Touch.delivery_id.label("now_in"),
        )
        .join(Attempt, Attempt.touch_id == Touch.id)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(which)
        .order_by(Touch.id, Attempt.id)
        .with_for_update(of=Touch)
    )
    return [
        TouchTry(
            touch_id=row.id,
            attempt_id=row.attempt_id,
            delivery_id=row.delivery_id,
            key=row.key,
            attempt=row.attempt,
            state=row.state,
            current=_is_current(
                row.state, row.attempt, same_delivery=row.now_in == row.delivery_id
            ),
        )
        for row in rows
    ]


def _is_current(state: TouchState, attempt: AttemptState, *, same_delivery: bool) -> bool:
    """Return whether the touch is still as this try left it, or planned again because it seemed lost."""
    if state is TouchState.PLANNED:
        return attempt in _NOT_GONE
    return same_delivery and state in _UNDER_WAY


def _answers(
    connection: Connection, keys: Iterable[tuple[str, int]]
) -> Mapping[tuple[str, int] | None, AnswerTry]:
    wanted = {key for key in keys if key[0].startswith(ANSWERS)}
    if not wanted:
        return {}
    rows = connection.execute(
        select(Answer.id, Answer.state).where(Answer.id.in_({number for _, number in wanted}))
    )
    states = {row.id: row.state for row in rows}
    return {key: AnswerTry(key[1], key[0], states[key[1]]) for key in wanted if key[1] in states}
