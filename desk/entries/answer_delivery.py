"""Deliver answers (single texts to one number), each at most once.

An answer is claimed under the key of a batch before the text channel is called. When a claimed answer belongs to a
batch that no process holds, the channel is asked what happened to it. Answers go at any hour, because somebody is
waiting for them. One that could not go within a day is dropped. People who died get none. People who objected get
only the confirmation of that, and what they asked for afterwards.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update
from sqlalchemy.exc import OperationalError

from campaigns.delivery.shared_batches import shared_by
from channels.port import Batch, Message, Receipt, Refusal, RefusalKind, Result, Unavailable, Unsure
from channels.shared_state import Shared
from desk.entries.answer_holds import died, objected, too_late
from desk.entries.answers import CHANNEL
from desk.entries.appointment_reminders import write_reminders
from installation.installation import Installation
from installation.stop_everything import everything_stopped
from people.numbers import PhoneNumber
from store.holds import Hold, LostHold
from store.mapped_rows import read_all
from store.plain_errors import log_failure, why_it_failed
from store.sentences import Sentence
from store.states import MOVES, TouchState
from store.tables import Answer
from suppression.reasons import Reason

_LOG = logging.getLogger("kaartje.desk")
LATER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Counts of one pass over the answers."""

    answered: int = 0
    answers_failed: int = 0
    answers_held: int = 0  # the person has died or objected since
    answers_dropped: int = 0  # too late to be of use
    answers_unknown: int = 0
    answers_again: int = 0  # surely did not go; planned again
    failures: tuple[str, ...] = ()  # why the channel could not be reached, or be asked

    def __add__(self, other: "Answered") -> "Answered":
        """Add two counts. A failure is named once."""
        failures = dict.fromkeys((*self.failures, *other.failures))
        sums = {name: count + getattr(other, name) for name, count in self.counts().items()}
        return Answered(**sums, failures=tuple(failures))

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: value for name, value in asdict(self).items() if name != "failures"}


def deliver_answers(installation: Installation, *, now: datetime) -> Answered:
    """Reconcile open batches of answers, then hand over the answers and reminders that are due."""
    if CHANNEL not in installation.channels:  # an installation that sends no texts answers none
        return Answered()
    write_reminders(installation, now=now)
    total = _settle_orphans(installation, now=now)
    while True:
        with ExitStack() as held:
            rows, hold, left_out = _claim(installation, held, now=now)
            total += left_out
            if not rows and left_out == Answered():
                return total
            if not rows:
                continue
            total += _while_held(lambda: _hand_over(installation, rows, hold, now=now))  # noqa: B023  called at once


def _claim(
    installation: Installation, held: ExitStack, *, now: datetime
) -> tuple[list[Answer], Hold, Answered]:
    """Claim at most one batch of due answers. The batch key is locked before the claim is visible."""
    size = installation.channels[CHANNEL].batch_size
    due = and_(Answer.state == TouchState.PLANNED, Answer.not_before <= now)
    with installation.store.writing() as connection:
        ids = list(
            connection.execute(
                select(Answer.id)
                .where(due, ~everything_stopped())
                .order_by(Answer.id)
                .limit(size)
                .with_for_update(skip_locked=True)
            ).scalars()
        )
        mine = Answer.id.in_(ids)
        dropped = _move(
            connection,
            and_(mine, too_late(now)),
            TouchState.DROPPED,
            now=now,
            detail="came too late",
        )
        held_back = _hold_back(connection, mine, now=now)
        left_out = Answered(answers_dropped=dropped, answers_held=held_back)
        left = select(Answer.id, Answer.tries).where(mine, Answer.state == TouchState.PLANNED)
        # the one that was tried most often gives the key its number: so no key is ever used twice
        first = connection.execute(
            left.order_by(Answer.tries.desc(), Answer.id.desc()).limit(1)
        ).first()
        if first is None:
            return [], Hold("", held=False), left_out
        key = batch_key(*first)
        hold = held.enter_context(installation.store.holding(key))
        if not hold:
            raise RuntimeError(f"the name {key} is held by somebody else")
        _move(connection, mine, TouchState.CLAIMED, now=now, key=key, tries=Answer.tries + 1)
        return _batch_rows(connection, key), hold, left_out


def batch_key(answer_id: int, tries: int) -> str:
    """Return the key of a batch, made from one of its answers and how often that one was tried before."""
    return f"answer-{answer_id:06}" + (f"-{tries + 1}" if tries else "")


def _batch_rows(connection: Connection, key: str) -> list[Answer]:
    open_ = (TouchState.CLAIMED, TouchState.UNKNOWN)
    query = select(Answer).where(Answer.key == key, Answer.state.in_(open_)).order_by(Answer.id)
    return read_all(connection, query)


def _hold_back(connection: Connection, mine: ColumnElement[bool], *, now: datetime) -> int:
    """Withhold answers that may not be sent any more, with the reason."""
    return sum(
        _move(connection, and_(mine, holds), TouchState.WITHHELD, now=now, detail=reason.value)
        for reason, holds in ((Reason.DECEASED, died(now)), (Reason.OBJECTION, objected(now)))
    )


def _move(
    connection: Connection,
    which: ColumnElement[bool],
    to: TouchState,
    *,
    now: datetime,
    origins: Iterable[TouchState] = (TouchState.PLANNED,),
    **also: Any,
) -> int:
    """Move answers to another state, where the table of moves allows it. Return how many moved."""
    allowed = [origin for origin in origins if to in MOVES[origin]]
    moving = and_(which, Answer.state.in_(allowed))
    return connection.execute(
        update(Answer).where(moving).values(state=to, updated_at=now, **also)
    ).rowcount


def _while_held(steps: Callable[[], Answered]) -> Answered:
    """Take the steps of a batch, and name it as a failure where another process has taken it meanwhile."""
    try:
        return steps()
    except LostHold as lost:
        return Answered(failures=(why_it_failed(lost),))


def _shared(installation: Installation, hold: Hold) -> Shared | None:
    return None if installation.store.embedded else shared_by(installation, hold)


def _hand_over(
    installation: Installation, rows: Sequence[Answer], hold: Hold, *, now: datetime
) -> Answered:
    batch = _batch(rows, now, _shared(installation, hold))
    sent = installation.channels[CHANNEL].send(batch)
    try:
        done = _record(installation, batch, sent, hold, now=now)
    except Unavailable as error:
        failed = Answered(failures=(why_it_failed(error),))
        return failed + _settle(installation, batch, hold, now=now)
    # a message without a result after a good end: the channel is asked what became of it
    if _left(installation, batch.key):
        return done + _settle(installation, batch, hold, now=now)
    return done


def _batch(rows: Sequence[Answer], made_at: datetime, shared: Shared | None) -> Batch:
    messages = tuple(
        Message(
            touch_id=row.id,
            to=PhoneNumber.parse(row.e164),
            address_lines=(),
            words={"body": row.body},
            language=row.language,
            code="",
        )
        for row in rows
    )
    return Batch(key=rows[0].key or "", made_at=made_at, messages=messages, shared=shared)


def _left(installation: Installation, key: str) -> bool:
    with installation.store.reading() as connection:
        return any(row.state is TouchState.CLAIMED for row in _batch_rows(connection, key))


def _record(
    installation: Installation,
    batch: Batch,
    results: Iterable[Result],
    hold: Hold,
    *,
    now: datetime,
) -> Answered:
    counts: Counter[str] = Counter()
    for result in results:
        with installation.store.writing() as connection:
            hold.guard(connection)
            counts.update(_recorded(connection, batch.key, result, now=now))
    return Answered(
        answered=counts["answered"],
        answers_failed=counts["answers_failed"],
        answers_unknown=counts["answers_unknown"],
        answers_again=counts["answers_again"],
    )


def _recorded(
    connection: Connection, key: str, result: Result, *, now: datetime
) -> Mapping[str, int]:
    origins = (TouchState.CLAIMED, TouchState.UNKNOWN)
    match result:
        case Receipt(answer, ref, cost):
            values: dict[str, Any] = {
                "provider_ref": ref,
                "cost": cost,
                "handed_over_at": now,
                "error_code": None,
            }
            name, to = "answered", TouchState.HANDED_OVER
        case Refusal(answer, RefusalKind.LATER, code, detail):
            values = {"error_code": code, "detail": detail, "not_before": now + LATER}
            name, to = "answers_again", TouchState.PLANNED
        case Refusal(answer, _, code, detail):
            values = {"error_code": code, "detail": detail}
            name, to = "answers_failed", TouchState.FAILED
        case Unsure(answer, detail):
            values = {"detail": detail}
            name, to = "answers_unknown", TouchState.UNKNOWN
        case _:
            return {}
    which = and_(Answer.id == answer, Answer.key == key)
    return {name: _move(connection, which, to, now=now, origins=origins, **values)}


def _settle(installation: Installation, batch: Batch, hold: Hold, *, now: datetime) -> Answered:
    """Ask the channel what happened to a batch, and plan again what was surely not sent."""
    try:
        results = list(installation.channels[CHANNEL].settle(batch))
    except Unavailable as error:  # nobody can say now; the next pass asks again
        return Answered(failures=(why_it_failed(error),))
    done = _record(installation, batch, results, hold, now=now)
    unsure = [result.touch_id for result in results if isinstance(result, Unsure)]
    origins = (TouchState.CLAIMED, TouchState.UNKNOWN)
    with installation.store.writing() as connection:
        hold.guard(connection)
        which = and_(Answer.key == batch.key, Answer.id.not_in(unsure))
        again = _move(
            connection, which, TouchState.PLANNED, now=now, origins=origins, not_before=now + LATER
        )
    return done + Answered(answers_again=again)


def _settle_orphans(installation: Installation, *, now: datetime) -> Answered:
    """Reconcile every open batch that no process holds."""
    opened = (
        select(Answer.key)
        .where(Answer.state.in_((TouchState.CLAIMED, TouchState.UNKNOWN)))
        .distinct()
    )
    with installation.store.reading() as connection:
        keys = sorted(key for key in connection.execute(opened).scalars() if key)
    total = Answered()
    for key in keys:
        try:
            with installation.store.holding(key) as hold:
                if hold:
                    total += _settle_orphan(installation, key, hold, now=now)
        except OperationalError:  # the database, which concerns every batch
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, the other batches go on
            log_failure(_LOG, error, f"batch {key} of answers cannot be settled")
            total += Answered(
                failures=(Sentence("{key}: {why}", key=key, why=why_it_failed(error)),)
            )
    return total


def _settle_orphan(installation: Installation, key: str, hold: Hold, *, now: datetime) -> Answered:
    with installation.store.reading() as connection:
        rows = _batch_rows(connection, key)
    if not rows:
        return Answered()  # its own process closed it between our look and our hold
    shared = _shared(installation, hold)
    batch = _batch(rows, min(row.updated_at for row in rows), shared)
    return _settle(installation, batch, hold, now=now)
