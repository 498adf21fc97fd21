"""Match replies to people, by the code on the card, by hand or by phone number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from channels.pieces import read_piece_id
from inbound.reply_rows import ReadReply
from store.states import ReplyKind
from store.tables import Person, PersonNumber, PrintPiece, ResponseCode, SeedCode, Touch

CODE, NUMBER, RECENT, HAND = "code", "number", "recent", "hand"
SEED = "seed"
"""Matched by the code of a seed card. A colleague tries it, and no citizen waits for an answer."""
HELPER = "helper"
"""A helper's request, without a person until an agent has seen an authorisation."""
RECENTLY = timedelta(days=30)
"""How long a text from a shared number counts as an answer of the only one on it whom we texted."""


@dataclass(frozen=True, slots=True)
class Match:
    """The person and touch a reply belongs to, as far as known."""

    by: str | None = None  # code, hand, number, recent, seed; None: nobody knows yet
    person_id: int | None = None
    touch_id: int | None = None
    campaign_id: int | None = None


NOBODY = Match()


@dataclass(frozen=True, slots=True)
class _Reached:
    """A touch that was sent."""

    touch_id: int
    campaign_id: int
    channel: str
    at: datetime


def match(
    connection: Connection, replies: Sequence[ReadReply], *, post: Collection[str]
) -> list[Match]:
    """Return a match for each reply, in order.

    A code gives one touch. A person written down by hand comes before the number, which may be a daughter's. A
    number that several people share matches nobody. The exception is a text from such a number when we texted
    exactly one of them in the last thirty days. By hand or by number, the reply answers the latest touch sent
    before it. Returned mail answers the latest piece of mail (`post` has the channels that go by mail).
    """
    codes = {reply.code for reply in replies if reply.code}
    by_code = {**_by_code(connection, codes), **_by_piece(connection, codes)}
    by_ref = _by_ref(connection, {reply.person_ref for reply in replies if reply.person_ref})
    having = people_with(connection, {reply.e164 for reply in replies if reply.e164})
    by_number = {e164: next(iter(people)) for e164, people in having.items() if len(people) == 1}
    people = {*by_ref.values(), *(person for some in having.values() for person in some)}
    reached = latest_reached(connection, people) if people else {}
    found = []
    for reply in replies:
        if reply.code in by_code:
            found.append(by_code[reply.code])
        elif reply.person_ref in by_ref:
            found.append(
                answering(reply, HAND, by_ref[reply.person_ref], reached=reached, post=post)
            )
        elif reply.e164 in by_number:
            found.append(
                answering(reply, NUMBER, by_number[reply.e164], reached=reached, post=post)
            )
        elif texted := _texted_lately(reply, having, reached):
            found.append(answering(reply, RECENT, texted, reached=reached, post=post))
        else:
            found.append(NOBODY)
    return found


def answering(
    reply: ReadReply,
    by: str,
    person_id: int,
    *,
    reached: Mapping[int, list[_Reached]],
    post: Collection[str],
) -> Match:
    """Return the match with the person's latest touch that the reply can answer."""
    for touch in reached.get(person_id, ()):
        fits = reply.kind is not ReplyKind.RETURNED or touch.channel in post
        if fits and touch.at <= reply.received_at:
            return Match(by, person_id, touch.touch_id, touch.campaign_id)
    return Match(by, person_id)


def latest_reached(connection: Connection, people: Iterable[int]) -> dict[int, list[_Reached]]:
    """Return the sent touches of these people, the latest first."""
    rows = connection.execute(
        select(Touch.person_id, Touch.id, Touch.campaign_id, Touch.channel, Touch.handed_over_at)
        .where(Touch.person_id.in_(people), Touch.handed_over_at.is_not(None))
        .order_by(Touch.handed_over_at.desc(), Touch.id.desc())
    )
    reached = defaultdict(list)
    for row in rows:
        reached[row.person_id].append(
            _Reached(row.id, row.campaign_id, row.channel, row.handed_over_at)
        )
    return reached


def _by_code(connection: Connection, codes: set[str]) -> dict[str | None, Match]:
    if not codes:
        return {}
    seeds = connection.execute(select(SeedCode.code).where(SeedCode.code.in_(codes))).scalars()
    rows = connection.execute(
        select(ResponseCode.code, Touch.person_id, Touch.id, Touch.campaign_id)
        .join(Touch, Touch.id == ResponseCode.touch_id)
        .where(ResponseCode.code.in_(codes))
    )
    found: dict[str | None, Match] = {code: Match(SEED) for code in seeds}
    return found | {
        code: Match(CODE, person, touch, campaign) for code, person, touch, campaign in rows
    }


def _by_piece(connection: Connection, codes: set[str]) -> dict[str | None, Match]:
    """Return the touches of these mail pieces, whose numbers are scanned on returned mail."""
    pieces = {code for code in codes if read_piece_id(code) is not None}
    if not pieces:
        return {}
    rows = connection.execute(
        select(PrintPiece.piece_id, Touch.person_id, Touch.id, Touch.campaign_id)
        .outerjoin(Touch, Touch.id == PrintPiece.touch_id)
        .where(PrintPiece.piece_id.in_(pieces))
    )
    return {
        piece: Match(SEED) if touch is None else Match(CODE, person, touch, campaign)
        for piece, person, touch, campaign in rows
    }


def _by_ref(connection: Connection, refs: set[str]) -> dict[str | None, int]:
    if not refs:
        return {}
    return dict(
        connection.execute(
            select(Person.person_ref, Person.id).where(Person.person_ref.in_(refs))
        ).all()
    )


def people_with(connection: Connection, numbers: Collection[str]) -> dict[str | None, set[int]]:
    """Return the people who have each of these numbers."""
    people: dict[str | None, set[int]] = defaultdict(set)
    if numbers:
        query = select(PersonNumber.e164, PersonNumber.person_id).where(
            PersonNumber.e164.in_(numbers)
        )
        for e164, person_id in connection.execute(query):
            people[e164].add(person_id)
    return people


def candidates(connection: Connection, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the references of the people who have each of these numbers, in order."""
    refs: dict[str, set[str]] = defaultdict(set)
    if numbers:
        query = select(PersonNumber.e164, Person.person_ref).join(
            Person, Person.id == PersonNumber.person_id
        )
        for e164, ref in connection.execute(query.where(PersonNumber.e164.in_(numbers))):
            refs[e164].add(ref)
    return {e164: tuple(sorted(having)) for e164, having in refs.items()}


def _texted_lately(
    reply: ReadReply, having: Mapping[str | None, set[int]], reached: Mapping[int, list[_Reached]]
) -> int | None:
    """Return the only person with this shared number whom we texted lately, or None."""
    if reply.kind is not ReplyKind.TEXTED:
        return None
    since = reply.received_at - RECENTLY
    texted = {
        person
        for person in having.get(reply.e164, ())
        if any(
            touch.channel == "sms" and since <= touch.at <= reply.received_at
            for touch in reached.get(person, ())
        )
    }
    return next(iter(texted)) if len(texted) == 1 else None
