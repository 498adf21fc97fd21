"""Consents and withdrawals by person, channel and purpose, with proof. Append only.

The latest statement wins, and of two at the same moment the withdrawal. A statement for all channels
(or all purposes) covers each of them, and a narrower one that comes later changes only its part. A
consent ends at its `ends_at`, and earlier statements do not come back then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.states import ConsentKind
from store.table_aliases import alias_for
from store.tables import Consent, Person

Moment = datetime | ColumnElement[datetime]
Named = str | ColumnElement[str]


class ConsentState(StrEnum):
    """The consent of somebody for one channel and purpose, at one moment."""

    NONE = "none"  # they never said anything about it
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # they agreed, for a time that is over


class StatementLike(Protocol):
    """A statement as far as the law needs it, either a `Statement` or a row of `consents`."""

    @property
    def kind(self) -> ConsentKind: ...  # noqa: D102  as the table says
    @property
    def channel(self) -> str | None: ...  # noqa: D102  None: every channel
    @property
    def purpose(self) -> str | None: ...  # noqa: D102  None: every purpose
    @property
    def said_at(self) -> datetime: ...  # noqa: D102
    @property
    def ends_at(self) -> datetime | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatement:
    """One consent or withdrawal to be recorded."""

    person_ref: str
    kind: ConsentKind
    channel: str | None
    purpose: str | None
    said_at: datetime
    ends_at: datetime | None
    source: str
    text_shown: str

    def key(self) -> str:
        """Return the idempotency key of a statement. The same line twice is one statement."""
        moments = (
            None if at is None else at.astimezone(UTC).isoformat()
            for at in (self.said_at, self.ends_at)
        )
        parts = (
            self.person_ref,
            self.kind,
            self.channel,
            self.purpose,
            *moments,
            self.source,
            self.text_shown,
        )
        return blake2b(
            "\x1f".join("" if part is None else part for part in parts).encode(), digest_size=16
        ).hexdigest()

    def columns(self) -> dict[str, Any]:
        """Return it as a row of `consents`, without who added it and when."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**values, "entry_key": self.key()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One consent or withdrawal, as recorded."""

    id: int
    person_ref: str
    kind: ConsentKind
    channel: str | None
    purpose: str | None
    said_at: datetime
    ends_at: datetime | None
    source: str
    text_shown: str
    added_at: datetime
    added_by: str


def state_of(
    words: Iterable[StatementLike], channel: str, purpose: str, at: datetime
) -> ConsentState:
    """Return the state of consent for one channel and purpose, from a person's statements."""
    spoken = [word for word in words if _covers(word, channel, purpose) and word.said_at <= at]
    if not spoken:
        return ConsentState.NONE
    latest = max(word.said_at for word in spoken)
    last = [word for word in spoken if word.said_at == latest]
    if any(word.kind == ConsentKind.WITHDRAWN for word in last):
        return ConsentState.WITHDRAWN
    return ConsentState.GIVEN if any(_lasts(word, at) for word in last) else ConsentState.EXPIRED


def still_holds(word: StatementLike, words: Iterable[StatementLike], at: datetime) -> bool:
    """Return whether a statement still decides anything.

    It does not once it has ended, or later ones replaced all of it.
    """
    later = (other for other in words if other.said_at <= at and _overtakes(other, word))
    return _lasts(word, at) and not any(_includes(other, word) for other in later)


def _overtakes(other: StatementLike, word: StatementLike) -> bool:
    if other.said_at == word.said_at:
        return other.kind == ConsentKind.WITHDRAWN and word.kind == ConsentKind.GIVEN
    return other.said_at > word.said_at


def _covers(word: StatementLike, channel: str, purpose: str) -> bool:
    return word.channel in (None, channel) and word.purpose in (None, purpose)


def _includes(wide: StatementLike, narrow: StatementLike) -> bool:
    return wide.channel in (None, narrow.channel) and wide.purpose in (None, narrow.purpose)


def _lasts(word: StatementLike, at: datetime) -> bool:
    return word.said_at <= at and (word.ends_at is None or word.ends_at > at)


def has_consent(channel: Named, purpose: Named, at: Moment) -> ColumnElement[bool]:
    """Match people whose consent is `given`. The SQL twin of `state_of`."""
    given = alias_for(Consent, "consent_given")
    alive = or_(given.ends_at.is_(None), given.ends_at > at)
    mine = given.person_ref == Person.person_ref
    return exists().where(
        mine, stands(given, ConsentKind.GIVEN, channel=channel, purpose=purpose, at=at), alive
    )


def has_withdrawn(channel: Named, purpose: Named, at: Moment) -> ColumnElement[bool]:
    """Match people whose consent is `withdrawn`."""
    word = alias_for(Consent, "consent_withdrawn")
    mine = word.person_ref == Person.person_ref
    return exists().where(
        mine, stands(word, ConsentKind.WITHDRAWN, channel=channel, purpose=purpose, at=at)
    )


def stands(
    word: type[Consent], kind: ConsentKind, *, channel: Named, purpose: Named, at: Moment
) -> ColumnElement[bool]:
    """Match rows of `word`, an alias of `Consent`, of a kind that no later statement replaced."""
    later = alias_for(Consent, "later_statement")
    overtakes: ColumnElement[bool] = later.said_at > word.said_at
    if kind == ConsentKind.GIVEN:
        overtakes = or_(
            overtakes, and_(later.said_at == word.said_at, later.kind == ConsentKind.WITHDRAWN)
        )
    else:  # withdrawn twice is withdrawn
        overtakes = and_(overtakes, later.kind == ConsentKind.GIVEN)
    overtaken = exists().where(
        later.person_ref == word.person_ref, *_is_about(later, channel, purpose, at), overtakes
    )
    return and_(word.kind == kind, *_is_about(word, channel, purpose, at), ~overtaken)


def _is_about(
    word: type[Consent], channel: Named, purpose: Named, at: Moment
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for statements about a channel and purpose, made by a moment."""
    return (
        or_(word.channel.is_(None), word.channel == channel),
        or_(word.purpose.is_(None), word.purpose == purpose),
        word.said_at <= at,
    )


def statements_of(connection: Connection, person_ref: str) -> list[Statement]:
    """Return a person's statements, in the order in which they were made."""
    columns = [getattr(Consent, name) for name in Statement.__dataclass_fields__]
    query = (
        select(*columns)
        .where(Consent.person_ref == person_ref)
        .order_by(Consent.said_at, Consent.id)
    )
    return [Statement(**row._asdict()) for row in connection.execute(query)]


def consent_states(
    words: Sequence[StatementLike], channels: Iterable[str], purposes: Iterable[str], at: datetime
) -> dict[tuple[str, str], ConsentState]:
    """Return the state of consent for each channel and purpose."""
    asked = [(channel, purpose) for channel in sorted(channels) for purpose in purposes]
    return {pair: state_of(words, *pair, at) for pair in asked}


def checked_statement(word: NewStatement, now: datetime) -> NewStatement:
    """Return a statement after checking that it can be true and has its proof.

    Raises:
        BadInput: it names nobody, lies in the future, ends before it begins, or is a consent without proof.
    """
    if not word.person_ref:
        raise BadInput("is empty", "say who said it", field="person_ref")
    if word.said_at > now:
        raise BadInput(
            Sentence("{said_at} is still to come", said_at=word.said_at.isoformat()),
            "write when it was said",
            field="said_at",
        )
    if word.kind == ConsentKind.WITHDRAWN and word.ends_at is not None:
        problem = "a withdrawal has no end"
        raise BadInput(
            problem, "leave it empty; who agrees again gives a new consent", field="until"
        )
    if word.ends_at is not None and word.ends_at <= word.said_at:
        raise BadInput(
            "lies before the consent was given",
            "write a later day, or leave it empty",
            field="until",
        )
    if word.kind == ConsentKind.GIVEN:
        _check_proof(word)
    return word


def _check_proof(word: NewStatement) -> None:
    if not word.source:
        raise BadInput(
            "a consent needs its proof",
            "say where it was given: a form, a call, a counter",
            field="source",
        )
    if not word.text_shown:
        raise BadInput(
            "a consent needs its proof",
            "write the text that was shown or read out",
            field="text_shown",
        )


def record_statement(store: Store, word: NewStatement, *, by: str, now: datetime) -> bool:
    """Record one statement, and return whether it is new.

    Raises:
        BadInput: see `checked_statement`, or the opposite was stated at the same moment.
    """
    checked_statement(word, now)
    with store.writing() as connection:
        if other := _opposite(connection, word):
            raise contradiction(
                f"#{other.id}, recorded by {other.added_by} on {other.added_at:%Y-%m-%d}"
            )
        row = {**word.columns(), "added_at": now, "added_by": by}
        return bool(add_new(connection, Consent, [row], Consent.id))


def _opposite(connection: Connection, word: NewStatement) -> Statement | None:
    same = [
        other
        for other in statements_of(connection, word.person_ref)
        if other.said_at == word.said_at
    ]
    opposed = (other for other in same if other.kind != word.kind)
    return next(
        (other for other in opposed if _includes(other, word) or _includes(word, other)), None
    )


def contradiction(other: str) -> BadInput:
    """Return the error for a statement that contradicts `other` at the same moment."""
    problem = Sentence("contradicts {other}: given and withdrawn at the same moment", other=other)
    return BadInput(
        problem, "keep the one that holds, or write at what time each was said", field="kind"
    )
