"""Topics and warning signs of conversations, recorded at or after wrap-up and never scored."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, distinct, func, select

from desk.entries.call_guides import guide_for
from desk.entries.care_policy import agreements, one_of
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import CallState
from store.tables import Call, CallSign, CallTopic


@dataclass(frozen=True, slots=True)
class WarningSign:
    """One warning sign of the guide."""

    sign: str
    words: str  # in the agent's language
    refer: str | None  # where to refer


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of conversations by topic and by warning sign."""

    conversations: int  # of which at least one topic was noted
    topics: dict[str, int]  # each counted once per conversation, so they add up to more
    signs: dict[str, int]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def note_topics(
    store: Store, call_id: int, topics: Collection[str], *, by: str, now: datetime
) -> tuple[str, ...]:
    """Record the topics of a conversation, replacing those recorded before.

    Raises:
        BadInput: a topic is not in `desk/entries/care.toml`, or this agent did not have this conversation.
    """
    named = tuple(
        dict.fromkeys(one_of(each, agreements().topics, field="topic") for each in topics)
    )
    with store.writing() as connection:
        own_conversation(connection, call_id, by)
        connection.execute(
            delete(CallTopic).where(CallTopic.call_id == call_id, CallTopic.topic.not_in(named))
        )
        rows = [
            {"call_id": call_id, "topic": topic, "noted_at": now, "noted_by": by} for topic in named
        ]
        add_new(connection, CallTopic, rows)
    return named


def note_signs(
    store: Store,
    call_id: int,
    signs: Collection[str],
    *,
    by: str,
    now: datetime,
    language: str = "nl",
) -> tuple[WarningSign, ...]:
    """Record the warning signs noticed in a conversation. Return them, with where each refers to.

    Only signs of the situation can be recorded. What the guide shows at once (somebody who does not want to live)
    and a death are acted on, and stored nowhere.

    Raises:
        BadInput: a sign is not in this call's guide, or this agent did not have this conversation.
    """
    known = {
        each.sign: each for each in signs_of(store, call_id, agent=by, language=language, now=now)
    }
    named = [known[one_of(each, known, field="sign")] for each in dict.fromkeys(signs)]
    version = guide_for(store, call_id, agent=by, language=language, now=now).guide.version
    with store.writing() as connection:
        own_conversation(connection, call_id, by)
        kept = [each.sign for each in named]
        connection.execute(
            delete(CallSign).where(CallSign.call_id == call_id, CallSign.sign.not_in(kept))
        )
        noted = {"call_id": call_id, "guide": version, "noted_at": now, "noted_by": by}
        add_new(connection, CallSign, [{**noted, "sign": sign} for sign in kept])
    return tuple(named)


def signs_of(
    store: Store, call_id: int, *, agent: str, language: str, now: datetime
) -> tuple[WarningSign, ...]:
    """Return the warning signs that may be ticked for a call, from its guide.

    Raises:
        BadInput: there is no such call.
    """
    try:
        guide = guide_for(store, call_id, agent=agent, language=language, now=now).guide
    except LookupError:
        raise BadInput(
            "there is no such call",
            "name one that you took",
            field=Sentence("call {call_id}", call_id=call_id),
        ) from None
    return tuple(
        WarningSign(sign.part, sign.words, sign.refer) for sign in guide.signs if sign.noted
    )


def counted(store: Store, *, since: datetime, until: datetime) -> Counted:
    """Count topics and signs of conversations wrapped up from `since` up to `until`."""
    within = (Call.wrapped_up_at >= since, Call.wrapped_up_at < until)

    topics = select(CallTopic.topic, func.count()).join(Call, Call.id == CallTopic.call_id)
    signs = select(CallSign.sign, func.count()).join(Call, Call.id == CallSign.call_id)
    talks = (
        select(func.count(distinct(CallTopic.call_id)))
        .join(Call, Call.id == CallTopic.call_id)
        .where(*within)
    )

    def ordered(query: Select[str, int]) -> dict[str, int]:
        return dict(sorted((name, count) for name, count in connection.execute(query)))

    with store.reading() as connection:
        return Counted(
            connection.execute(talks).scalar_one(),
            ordered(topics.where(*within).group_by(CallTopic.topic)),
            ordered(signs.where(*within).group_by(CallSign.sign)),
        )


def own_conversation(connection: Connection, call_id: int, agent: str) -> Call:
    """Return a conversation that this agent has or had.

    Raises:
        BadInput: it is somebody else's, or not taken yet.
    """
    mine = (
        Call.id == call_id,
        Call.taken_by == agent,
        Call.state.in_((CallState.TAKEN, CallState.WRAPPED_UP)),
    )
    call = read_one_or_none(connection, select(Call).where(*mine))
    if call is None:
        raise BadInput(
            "is not a conversation of yours",
            "name one that you took",
            field=Sentence("call {call_id}", call_id=call_id),
        )
    return call
