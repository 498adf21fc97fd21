"""Bring posts to the teams that are asked, each at most once, and hear how far they are.

The law of delivery holds here too: a try is written down before the other system is told, under a key of our own; what
it may have is asked after and never told again blindly; and what a process that died had in hand is found by its name.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from channels.team_tasks import CannotSay, Doubt, Found, Matter, NotTaken, Taken
from installation.installation import Installation
from store.states import PostState
from store.tables import Person, Post

LATER = timedelta(minutes=15)
PATIENCE = timedelta(minutes=5)
"""How long the other system may take to know what it was told; before that, not to have it says nothing."""
ASKED_EVERY = timedelta(hours=1)
THEIRS = "their system"
"""Who took it up or ended it, where their system says so."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What one pass came to, in posts."""

    posts: int = 0  # handed over
    posts_again: int = 0  # surely not taken; planned again
    posts_refused: int = 0  # they never take this as it is: a person looks
    posts_unknown: int = 0
    posts_received: int = 0  # of which they say that somebody took it up
    posts_ended: int = 0

    def __add__(self, other: "Posted") -> "Posted":
        """Add two counts."""
        return Posted(
            **{name: count + getattr(other, name) for name, count in asdict(self).items()}
        )


def deliver_posts(installation: Installation, *, now: datetime) -> Posted:
    """Make one pass: settle what is open, hand over what is due, and ask how far the rest is. A rehearsal does none."""
    if installation.settings.dry:
        return Posted()
    total = Posted()
    for post_id in _which(
        installation,
        and_(Post.state.in_((PostState.CLAIMED, PostState.UNKNOWN)), Post.not_before <= now),
    ):
        total += _held(installation, post_id, _settle, now)
    for post_id in _which(
        installation, and_(Post.state == PostState.PLANNED, Post.not_before <= now)
    ):
        total += _held(installation, post_id, _hand_over, now)
    long_ago = or_(Post.asked_after_at.is_(None), Post.asked_after_at <= now - ASKED_EVERY)
    gone_before = or_(Post.handed_over_at.is_(None), Post.handed_over_at < now)
    for post_id in _which(
        installation, and_(Post.state == PostState.HANDED_OVER, long_ago, gone_before)
    ):
        total += _held(installation, post_id, _ask, now)
    return total


def _which(installation: Installation, condition: Any) -> list[int]:
    with installation.store.reading() as connection:
        query = (
            select(Post.id).where(condition, Post.ended_at.is_(None)).order_by(Post.due_on, Post.id)
        )
        return list(connection.execute(query).scalars())


def _held(installation: Installation, post_id: int, act: Any, now: datetime) -> Posted:
    """Do something with one post while nobody else does; whoever held it will have seen to it."""
    with installation.store.holding(f"post-{post_id}") as mine:
        done: Posted = act(installation, post_id, now) if mine else Posted()
        return done


def _hand_over(installation: Installation, post_id: int, now: datetime) -> Posted:
    with installation.store.writing() as connection:
        free = and_(Post.id == post_id, Post.state == PostState.PLANNED, Post.ended_at.is_(None))
        claim = {"state": PostState.CLAIMED, "tries": Post.tries + 1, "not_before": now + PATIENCE}
        if not connection.execute(update(Post).where(free).values(claim)).rowcount:
            return Posted()
        matter = _matter(connection, post_id)
    match installation.offices.of(matter.place).hand_over(matter):
        case Taken(ref):
            return _note(
                installation,
                post_id,
                PostState.HANDED_OVER,
                Posted(posts=1),
                ref=ref,
                handed_over_at=now,
                error=None,
            )
        case NotTaken(why, again=True):
            again = Posted(posts_again=1)
            return _note(
                installation, post_id, PostState.PLANNED, again, not_before=now + LATER, error=why
            )
        case NotTaken(why):
            return _note(
                installation,
                post_id,
                PostState.REFUSED,
                Posted(posts_refused=1),
                not_before=now,
                error=why,
            )
        case Doubt(why):
            return _note(
                installation, post_id, PostState.UNKNOWN, Posted(posts_unknown=1), error=why
            )


def _settle(installation: Installation, post_id: int, now: datetime) -> Posted:
    """Ask what became of a post that may have been taken; only what they surely do not have is planned again."""
    try:
        found = _find(installation, post_id, now)
    except CannotSay as error:
        values = {"error": str(error), "not_before": now + LATER}
        return _note(installation, post_id, PostState.UNKNOWN, Posted(posts_unknown=1), **values)
    if found is None:
        return _note(
            installation, post_id, PostState.PLANNED, Posted(posts_again=1), not_before=now
        )
    taken = {"ref": found.ref, "handed_over_at": now, "error": None}
    return _note(installation, post_id, PostState.HANDED_OVER, Posted(posts=1), **taken) + _hear(
        installation, post_id, found, now
    )


def _ask(installation: Installation, post_id: int, now: datetime) -> Posted:
    try:
        found = _find(installation, post_id, now)
    except CannotSay:
        return Posted()  # the next pass asks again
    return _hear(installation, post_id, found, now) if found else Posted()


def _find(installation: Installation, post_id: int, now: datetime) -> Found | None:
    with installation.store.writing() as connection:
        asked = update(Post).where(Post.id == post_id).values(asked_after_at=now)
        row = connection.execute(asked.returning(Post.key, Post.place)).one()
    return installation.offices.of(row.place).find(row.key)


def _hear(installation: Installation, post_id: int, found: Found, now: datetime) -> Posted:
    """Note what they say; what a colleague noted before stands."""
    told = Posted()
    with installation.store.writing() as connection:
        first = (Post.id == post_id, Post.received_at.is_(None))
        values: dict[str, Any] = {"received_at": now, "received_by": THEIRS}
        if (
            found.received
            and connection.execute(update(Post).where(*first).values(values)).rowcount
        ):
            told += Posted(posts_received=1)
        going = (Post.id == post_id, Post.ended_at.is_(None))
        values = {"ended_at": now, "ended_how": found.ended, "ended_by": THEIRS}
        if found.ended and connection.execute(update(Post).where(*going).values(values)).rowcount:
            told += Posted(posts_ended=1)
    return told


def _note(
    installation: Installation, post_id: int, state: PostState, done: Posted, **values: Any
) -> Posted:
    with installation.store.writing() as connection:
        connection.execute(update(Post).where(Post.id == post_id).values(state=state, **values))
    return done


def _matter(connection: Connection, post_id: int) -> Matter:
    query = select(Post.__table__, Person.person_ref).join(Person, Person.id == Post.person_id)
    row = connection.execute(query.where(Post.id == post_id)).one()
    about = (
        row.key,
        row.place,
        row.person_ref,
        row.why,
        tuple(row.grounds),
        row.urgent,
        row.due_on,
    )
    return Matter(*about, row.asked_by, row.asked_at)
