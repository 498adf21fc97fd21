"""Apply the effects of replies, in sets (queue entries, returned touches, objections)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, select

from campaigns.post.piece_states import move_pieces
from campaigns.touches.touch_states import move
from desk.entries.person_holds import hold
from desk.entries.promised_windows import Window
from desk.entries.promises import Wish, can_be_called, lock_turns, promise
from desk.entries.queue_entries import Lines, NewCall, enter
from inbound.intents import Intent
from inbound.reply_matching import SEED, Match
from inbound.reply_rows import CLOSES_ADDRESS, DECEASED, ReadReply
from inbound.restarts import start_again
from store.states import (
    CallKind,
    CallState,
    PieceState,
    PromiseRoad,
    ReplyKind,
    SuppressionScope,
    TouchState,
)
from store.tables import Call, Decision, Person, PrintPiece, Suppression, Touch
from suppression.contact_hours import Hours
from suppression.entries import NewEntry, list_entries, objections
from suppression.reasons import Reason

CITIZEN = "citizen"
_REPLIES = ("started_by", "held", "promised")  # fields of `ReplyEffects` that are no counts
_ROADS = {ReplyKind.TEXTED: PromiseRoad.TEXT, ReplyKind.WEB: PromiseRoad.WEB}
_CAN_RETURN = (TouchState.HANDED_OVER, TouchState.PRINTED, TouchState.POSTED)


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A stored reply, with its match."""

    id: int
    reply: ReadReply
    match: Match


@dataclass(kw_only=True)
class ReplyEffects:
    """Counts of the effects of replies."""

    calls: int = 0  # new in a queue
    without_line: int = (
        0  # nobody's queue: the line has closed since, or the file must name the line
    )
    returned: int = 0  # touches that came back
    closed_addresses: int = 0
    objections: int = 0
    in_doubt: int = 0  # may be objections: everything is held until a person has read them
    deceased: int = 0
    withheld: int = 0  # planned touches that will not go
    started: int = 0  # said START, and what their own STOP held is open again
    released: int = 0  # touches that were withheld by it, and are planned again
    answers: int = 0  # texts that answer by themselves
    started_by: frozenset[int] = frozenset()  # the replies that said START
    held: frozenset[int] = frozenset()  # the replies that may be objections
    promised: dict[int, Window] = field(default_factory=dict)  # by reply

    def add(self, other: "ReplyEffects") -> None:
        """Add another set of counts."""
        for name in self.as_data():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.started_by |= other.started_by
        self.held |= other.held
        self.promised |= other.promised

    def as_data(self) -> dict[str, int]:
        """Return the counts as plain data."""
        return {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name not in _REPLIES
        }


def apply_effects(
    connection: Connection,
    replies: Sequence[StoredReply],
    lines: Lines,
    *,
    hours: Hours,
    now: datetime,
) -> ReplyEffects:
    """Apply all effects of these replies, in the transaction that stores them."""
    effects = ReplyEffects()
    for line_id in _lines_of_wishes(replies, lines):
        lock_turns(connection, line_id)
    people = _people(connection, {each.match.person_id for each in replies if each.match.person_id})
    starting = [
        each
        for each in replies
        if each.reply.meaning.intent is Intent.START and not each.reply.objects
    ]
    started = start_again(connection, {each.id: each.reply.e164 for each in starting}, now=now)
    effects.started, effects.released, effects.started_by = (
        len(started),
        sum(started.values()),
        frozenset(started),
    )
    doubts = _doubts(connection, replies, people)
    effects.in_doubt, effects.held = len(doubts), frozenset(doubts)
    apart = {*started, *doubts}
    waiting = [each for each in replies if each.id not in apart]
    _queue(connection, waiting, lines, effects)
    _promise(connection, waiting, effects, hours=hours, now=now)
    effects.returned = _return(connection, replies, now)
    closed = list(_closed(replies, people, _sent_to(connection, replies)))
    effects.closed_addresses = list_entries(connection, closed, by="post", now=now)
    objecting = [each for each in replies if each.reply.objects]
    effects.objections = len(objecting)
    objections_made = [entry for each in objecting for entry in _objections(each, people)]
    effects.withheld = (
        hold(connection, objections_made, Reason.OBJECTION, by=CITIZEN, now=now)
        if objections_made
        else 0
    )
    if doubts:
        held = [entry for entries in doubts.values() for entry in entries]
        effects.withheld += hold(connection, held, Reason.OBJECTION_IN_DOUBT, by=CITIZEN, now=now)
    if died := list(_died(replies, people)):
        effects.deceased = len(died)
        effects.withheld += hold(connection, died, Reason.DECEASED, by=CITIZEN, now=now)
    return effects


REFUSED_MAIL = "(the mail came back as refused)"
"""What stands in the list of doubts for somebody who sent no words."""


@dataclass(frozen=True, slots=True)
class _Someone:
    person_ref: str
    household_key: int | None


def _people(connection: Connection, ids: set[int]) -> dict[int | None, _Someone]:
    if not ids:
        return {}
    rows = connection.execute(
        select(Person.id, Person.person_ref, Person.household_key).where(Person.id.in_(ids))
    )
    return {person_id: _Someone(ref, household) for person_id, ref, household in rows}


def _queue(
    connection: Connection, replies: Iterable[StoredReply], lines: Lines, effects: ReplyEffects
) -> None:
    """Queue everyone who called, texted or came by.

    None of them waits on the telephone: a call in a file is over, so they are called back. People who object are
    not called back, unless they ask for that in the same text.
    """
    calls = []
    for each in replies:
        meaning = each.reply.meaning
        if each.reply.kind is ReplyKind.RETURNED or each.reply.repeats or each.match.by == SEED:
            continue
        if each.reply.objects and not meaning.calls:
            continue
        found = each.match
        line_id = lines.line_for(found.campaign_id, each.reply.received_at, each.reply.line_id)
        if line_id is None:
            effects.without_line += 1
            continue
        new = NewCall(
            line_id=line_id,
            reply_id=each.id,
            received_at=each.reply.received_at,
            campaign_id=found.campaign_id,
            touch_id=found.touch_id,
            person_id=found.person_id,
            number=meaning.number or each.reply.e164,
            kind=CallKind.CALL_BACK,
        )
        if each.reply.kind is ReplyKind.WEB:
            new = replace(new, skill=each.reply.skill)
        if meaning.language and each.reply.kind in _ROADS:
            new = replace(new, language=meaning.language)
        calls.append(new)
    effects.calls = enter(connection, calls)


def _lines_of_wishes(replies: Iterable[StoredReply], lines: Lines) -> list[int]:
    """Return the lines of which a call may be promised, in the order in which everybody locks them."""
    found = {
        lines.line_for(each.match.campaign_id, each.reply.received_at, each.reply.line_id)
        for each in replies
        if each.reply.kind in _ROADS and (each.reply.meaning.calls or each.reply.meaning.window)
    }
    return sorted(line_id for line_id in found if line_id is not None)


def _promise(
    connection: Connection,
    replies: Iterable[StoredReply],
    effects: ReplyEffects,
    *,
    hours: Hours,
    now: datetime,
) -> None:
    """Promise a call to everyone who asked for one. Their last word counts."""
    wishes = {
        each.id: each
        for each in replies
        if each.reply.kind in _ROADS and (each.reply.meaning.calls or each.reply.meaning.window)
    }
    if not wishes:
        return
    entered = select(Call.id, Call.reply_id).where(
        Call.reply_id.in_(wishes), Call.state == CallState.WAITING
    )
    order = entered.order_by(Call.received_at, Call.id)  # a file may hold the last word first
    for call_id, reply_id in connection.execute(order).all():
        reply = wishes[reply_id or 0].reply
        if not can_be_called(reply.meaning.number or reply.e164):
            continue  # it stays in the queue without a promise, and an agent asks for another number
        wish = Wish(
            road=_ROADS[reply.kind],
            asked=reply.text,
            window=reply.meaning.window,
            soon=reply.meaning.window is None,
        )
        if made := promise(connection, call_id, wish, policy=hours, now=now):
            effects.promised[reply_id or 0] = made.window


def _return(connection: Connection, replies: Iterable[StoredReply], now: datetime) -> int:
    came_back = [each for each in replies if each.reply.kind is ReplyKind.RETURNED]
    moved = 0
    for reason in sorted({each.reply.reason or "" for each in came_back}):
        touches = {
            each.match.touch_id
            for each in came_back
            if each.reply.reason == reason and each.match.touch_id
        }
        for origin in _CAN_RETURN if touches else ():
            moved += move(
                connection,
                Touch.id.in_(touches),
                TouchState.RETURNED,
                origin=origin,
                now=now,
                reason=reason,
            )
        if touches:
            back = PrintPiece.touch_id.in_(touches)
            move_pieces(connection, back, PieceState.RETURNED, now=now, reason=reason)
    return moved


def _sent_to(
    connection: Connection, replies: Iterable[StoredReply]
) -> dict[int | None, int | None]:
    """Return the address each returned touch was sent to, as far as it is known.

    A person who has not changed since the hand-over lives where the card went. For others the ledger has the
    address at selection.
    """
    touches = {
        each.match.touch_id
        for each in replies
        if each.reply.reason in CLOSES_ADDRESS and each.match.touch_id
    }
    if not touches:
        return {}
    unchanged = Person.updated_at <= func.coalesce(Touch.handed_over_at, Touch.updated_at)
    chosen_at = func.coalesce(Decision.household_key, Person.household_key)
    rows = connection.execute(
        select(Touch.id, case((unchanged, Person.household_key), else_=chosen_at))
        .join(Person, Person.id == Touch.person_id)
        .outerjoin(
            Decision,
            and_(Decision.campaign_id == Touch.campaign_id, Decision.person_id == Touch.person_id),
        )
        .where(Touch.id.in_(touches))
    )
    return {row[0]: row[1] for row in rows}


def _closed(
    replies: Iterable[StoredReply],
    people: dict[int | None, _Someone],
    sent_to: dict[int | None, int | None],
) -> Iterator[NewEntry]:
    """Yield an entry for each wrong address, for that person only, because a housemate may live there."""
    for each in replies:
        someone = people.get(each.match.person_id)
        if each.reply.reason not in CLOSES_ADDRESS or someone is None:
            continue
        address = sent_to.get(each.match.touch_id, someone.household_key)
        if address is not None:
            yield NewEntry(
                scope=SuppressionScope.PERSON_AT_ADDRESS,
                reason=Reason.SUPPRESSED,
                source=_source(each),
                starts_at=each.reply.received_at,
                repeat=each.reply.key,
                person_ref=someone.person_ref,
                household_key=address,
                note=each.reply.reason or "",
            )


def _objections(each: StoredReply, people: dict[int | None, _Someone]) -> list[NewEntry]:
    return objections(
        _ref(each, people),
        each.reply.e164,
        source=_source(each),
        said_at=each.reply.received_at,
        repeat=each.reply.key,
        note=each.reply.text,
        pending=True,  # how far it goes, nobody has asked yet
    )


def _doubts(
    connection: Connection, replies: Iterable[StoredReply], people: dict[int | None, _Someone]
) -> dict[int, list[NewEntry]]:
    """Return the entries of each reply that may be an objection, and that nobody has read yet.

    A reply of which nobody is known, neither person nor number, holds nobody and stays in the queue.
    """
    doubtful = [each for each in replies if each.reply.in_doubt and each.match.by != SEED]
    read = _read_before(connection, [_source(each) for each in doubtful])
    held = {
        each.id: objections(
            _ref(each, people),
            each.reply.e164,
            source=_source(each),
            said_at=each.reply.received_at,
            repeat=each.reply.key,
            note=each.reply.text or REFUSED_MAIL,
            reason=Reason.OBJECTION_IN_DOUBT,
        )
        for each in doubtful
        if _source(each) not in read
    }
    return {reply_id: entries for reply_id, entries in held.items() if entries}


def _read_before(connection: Connection, sources: Sequence[str]) -> set[str]:
    """Return the replies among these that a person has read already."""
    if not sources:
        return set()
    read = (
        Suppression.source.in_(sources),
        Suppression.reason == Reason.OBJECTION_IN_DOUBT.value,
        Suppression.lifted_at.is_not(None),
    )
    return set(connection.execute(select(Suppression.source).where(*read)).scalars())


def _died(replies: Iterable[StoredReply], people: dict[int | None, _Someone]) -> Iterator[NewEntry]:
    """Yield an entry for everyone reported as deceased."""
    for each in replies:
        ref = _ref(each, people)
        if each.reply.reason == DECEASED and ref:
            yield NewEntry(
                scope=SuppressionScope.PERSON,
                reason=Reason.DECEASED,
                source=_source(each),
                starts_at=each.reply.received_at,
                repeat=each.reply.key,
                person_ref=ref,
                note=each.reply.text,
            )


def _ref(each: StoredReply, people: dict[int | None, _Someone]) -> str | None:
    """Return the person's reference, from the match or else from the row."""
    someone = people.get(each.match.person_id)
    return someone.person_ref if someone else each.reply.person_ref


def _source(each: StoredReply) -> str:
    return f"reply {each.id}: {each.reply.kind}"
