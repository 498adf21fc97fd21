"""Matters that another team is asked to take up: written down once, due on a working day, taken up, ended.

A post goes to a place: the team for what is complex and urgent, or the department for assessments or for collection
that is asked for tailor-made treatment. How it gets there is `desk.cases.team_task_delivery`'s.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from desk.cases.cases import join, person_id_of
from desk.entries.care_policy import agreements, one_of
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.states import PostState
from store.tables import Person, Post
from suppression.days import add_working_days, next_working_day

LONGEST_WHY = 1_000  # characters: what the casework standard takes as an explanation
TAILOR_MADE = ("assessment", "collection")
"""Who can be asked for tailor-made treatment."""


@dataclass(frozen=True, slots=True)
class NewPost:
    """What another team is asked."""

    place: str
    why: str
    grounds: tuple[str, ...] = ()
    urgent: bool = False

    def __post_init__(self) -> None:
        one_of(self.place, agreements().places, field="place")
        known = {**agreements().complex, **agreements().urgent}
        for each in self.grounds:
            one_of(each, known, field="ground")
        if not self.why.strip():
            raise BadInput(
                "nobody said why", "write what is going on, in your own words", field="why"
            )
        if len(self.why) > LONGEST_WHY:
            raise BadInput(
                f"has {len(self.why)} characters", f"say it in {LONGEST_WHY}", field="why"
            )


@dataclass(frozen=True, slots=True)
class OpenPost:
    """One that has not ended."""

    id: int
    key: str
    place: str
    person_ref: str
    why: str
    grounds: list[str]
    urgent: bool
    asked_at: datetime
    asked_by: str
    due_on: date
    state: PostState
    ref: str | None
    error: str | None
    received_at: datetime | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def ask(
    store: Store, ref: str, new: NewPost, *, by: str, now: datetime, closed: Collection[date] = ()
) -> int:
    """Ask another team to take up a person's matter, in their case; return the post's key in our register.

    Asked twice while the first is open, it is one post.

    Raises:
        BadInput: nobody has this reference.
    """
    with store.writing() as connection:
        return open_here(
            connection, person_id_of(connection, ref), new, by=by, now=now, closed=closed
        )


def ask_tailor_made(
    store: Store, ref: str, to: str, why: str, *, by: str, now: datetime, urgent: bool = False,
    closed: Collection[date] = (),
) -> int:  # fmt: skip
    """Ask for tailor-made treatment by assessment or collection: circumstances that a rule does not see.

    Raises:
        BadInput: it is asked of nobody who can give it, nobody said why, or nobody has this reference.
    """
    if to not in TAILOR_MADE:
        raise BadInput(f"{to!r} gives none", f"write {' or '.join(TAILOR_MADE)}", field="to")
    return ask(store, ref, NewPost(to, why, urgent=urgent), by=by, now=now, closed=closed)


def open_here(
    connection: Connection,
    person_id: int,
    new: NewPost,
    *,
    by: str,
    now: datetime,
    closed: Collection[date] = (),
) -> int:
    """Write down a post in the caller's transaction; return its key in our register."""
    case_id = join(
        connection, person_id, by, now
    )  # locks the case: of two who ask at once, one writes
    same = select(Post.id).where(
        Post.case_id == case_id, Post.place == new.place, Post.ended_at.is_(None)
    )
    if (found := connection.execute(same).scalar_one_or_none()) is not None:
        return int(found)
    row = {
        "place": new.place, "case_id": case_id, "person_id": person_id, "why": new.why.strip(),
        "grounds": list(new.grounds), "urgent": new.urgent, "asked_at": now, "asked_by": by,
        "due_on": due_on(new, now, closed), "state": PostState.PLANNED, "tries": 0, "not_before": now,
        "key": f"case-{case_id}-{new.place}-{now:%Y%m%d%H%M%S%f}",
    }  # fmt: skip
    return int(connection.execute(insert(Post).values(**row).returning(Post.id)).scalar_one())


def due_on(new: NewPost, now: datetime, closed: Collection[date] = ()) -> date:
    """Return the last day on which a post may still be taken up; asked on a day off, it counts from the next day."""
    term = agreements().places[new.place]
    begins = next_working_day(local_date(now), closed)
    return add_working_days(begins, term.urgent if new.urgent else term.usual, closed)


def open_posts(store: Store, place: str | None = None) -> list[OpenPost]:
    """Return what has not ended, the earliest term first; all, or of one place."""
    columns = (
        Post.id, Post.key, Post.place, Person.person_ref, Post.why, Post.grounds, Post.urgent, Post.asked_at,
        Post.asked_by, Post.due_on, Post.state, Post.ref, Post.error, Post.received_at,
    )  # fmt: skip
    query = (
        select(*columns).join(Person, Person.id == Post.person_id).where(Post.ended_at.is_(None))
    )
    if place:
        query = query.where(Post.place == place)
    with store.reading() as connection:
        return [OpenPost(*row) for row in connection.execute(query.order_by(Post.due_on, Post.id))]


def acknowledge(store: Store, post_id: int, *, by: str, now: datetime) -> None:
    """Note that somebody there has taken it up; said twice, the first counts.

    Raises:
        BadInput: there is no such post, or it has ended.
    """
    with store.writing() as connection:
        going = select(Post.id).where(Post.id == post_id, Post.ended_at.is_(None))
        if connection.execute(going).first() is None:
            raise BadInput("is not open", "see kaartje desk posts", field=f"post {post_id}")
        first = (Post.id == post_id, Post.received_at.is_(None))
        connection.execute(update(Post).where(*first).values(received_at=now, received_by=by))


def end(store: Store, post_id: int, how: str, *, by: str, now: datetime) -> None:
    """Note what came of it.

    Raises:
        BadInput: nobody said what came of it, or it is not open.
    """
    if not how.strip():
        raise BadInput("nobody said what came of it", "write it down", field="how")
    going = (Post.id == post_id, Post.ended_at.is_(None))
    values = {"ended_at": now, "ended_how": how.strip(), "ended_by": by}
    with store.writing() as connection:
        if not connection.execute(update(Post).where(*going).values(values)).rowcount:
            raise BadInput("is not open", "see kaartje desk posts", field=f"post {post_id}")


def again(store: Store, post_id: int, *, by: Decider, now: datetime) -> None:
    """Let a post that was refused go once more, under the same key: a person mended what was wrong.

    Raises:
        BadInput: it was not refused, or it has ended.
    """
    refused = (Post.id == post_id, Post.state == PostState.REFUSED, Post.ended_at.is_(None))
    with store.writing() as connection:
        values = {"state": PostState.PLANNED, "not_before": now}
        if not connection.execute(update(Post).where(*refused).values(values)).rowcount:
            raise BadInput("was not refused", "see kaartje desk posts", field=f"post {post_id}")
        record(connection, by, "post again", About(Kind.TEAM_TASK, post_id), now=now)
