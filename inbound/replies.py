"""Import replies of citizens and returned mail, match them and apply their effects."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from desk.entries.queue_entries import Lines
from inbound.auto_replies import write_auto_replies
from inbound.intents import NO_WORDS, meaning_of
from inbound.reply_effects import ReplyEffects, StoredReply, apply_effects
from inbound.reply_matching import HAND, Match, answering, candidates, latest_reached, match
from inbound.reply_rows import OPTIONAL, REQUIRED, ReadReply, read_reply
from inbound.wishes.callback_times import WAKING
from installation.installation import Installation
from people.sheet_imports import Taken, Watch, take_sheet, unwatched
from people.sheets import Refusals, Row, open_sheet
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.mapped_rows import read_one_or_none
from store.sentences import Sentence
from store.states import ReplyKind
from store.tables import Call, Person, Reply


@dataclass(frozen=True, slots=True)
class RepliesReport:
    """The result of importing a file of replies. Its figures count new rows."""

    taken: Taken
    matched: dict[str, int]  # by code, hand, number
    unmatched: int  # left for a person to match
    followed: ReplyEffects

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.taken.as_data(),
            "matched": self.matched,
            "unmatched": self.unmatched,
            **self.followed.as_data(),
        }


def import_replies(
    installation: Installation,
    file: Path,
    *,
    now: datetime,
    refused: Path | None = None,
    watch: Watch = unwatched,
) -> RepliesReport:
    """Import a file of replies. A row that was imported before, from any file, changes nothing.

    Columns are `received_at` and `kind` (called, texted, returned, counter), and where known `response_code`,
    `number`, `person_ref`, `text`, `reason` (moved, unknown, refused, deceased), `objects` and `line`.

    Raises:
        BadInput: the file is empty, not UTF-8, or has the wrong columns.
    """
    sheet = open_sheet(file, required=REQUIRED, optional=OPTIONAL)
    post = postal_channels(installation)
    nameless: Counter[str] = Counter()
    matched: Counter[str | None] = Counter()
    followed = ReplyEffects()

    def take(connection: Connection, import_id: int, rows: list[Row], refusals: Refusals) -> int:
        lines = Lines.read(connection)
        replies = _read(
            rows,
            lines,
            nameless=nameless,
            refusals=refusals,
            now=now,
        )
        stored = store_replies(
            connection, replies, match(connection, replies, post=post), import_id
        )
        effects = apply_effects(connection, stored, lines, hours=installation.policy.hours, now=now)
        effects.answers = write_auto_replies(
            connection, installation.policy, stored, lines=lines, effects=effects, now=now
        )
        followed.add(effects)
        matched.update(each.match.by for each in stored)
        return len(stored)

    taken = take_sheet(
        installation.store, sheet, take, kind="replies", now=now, refused=refused, watch=watch
    )
    by_method = {by: count for by, count in sorted(matched.items(), key=str) if by is not None}
    return RepliesReport(taken, by_method, matched[None], followed)


def postal_channels(installation: Installation) -> frozenset[str]:
    """Return the channels of this installation that go by mail."""
    return frozenset(
        kind for kind, channel in installation.channels.items() if channel.reaches == "post"
    )


def _read(
    rows: list[Row],
    lines: Lines,
    *,
    nameless: Counter[str],
    refusals: Refusals,
    now: datetime,
) -> list[ReadReply]:
    replies: dict[str, ReadReply] = {}
    for row in rows:
        try:
            reply = read_reply(row, lines, nameless, now=now)
        except BadInput as error:
            refusals.refuse(row, error)
        else:
            replies.setdefault(reply.key, reply)
    return list(replies.values())


def store_replies(
    connection: Connection, replies: Sequence[ReadReply], matches: Sequence[Match], import_id: int
) -> list[StoredReply]:
    """Store replies. Return those that are new."""
    rows = [
        {
            "reply_key": reply.key,
            "kind": reply.kind,
            "received_at": reply.received_at,
            "response_code": reply.code,
            "from_number": reply.e164,
            "person_ref": reply.person_ref,
            "text": reply.text,
            "reason": reply.reason,
            "objects": reply.objects,
            "matched_by": found.by,
            "touch_id": found.touch_id,
            "person_id": found.person_id,
            "campaign_id": found.campaign_id,
            "import_id": import_id,
        }
        for reply, found in zip(replies, matches, strict=True)
    ]
    new = {
        row.reply_key: row.id for row in add_new(connection, Reply, rows, Reply.id, Reply.reply_key)
    }
    pairs = zip(replies, matches, strict=True)
    return [StoredReply(new[reply.key], reply, found) for reply, found in pairs if reply.key in new]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A reply that is not matched to a person yet."""

    id: int
    kind: ReplyKind
    received_at: datetime
    response_code: str | None
    from_number: str | None
    person_ref: str | None
    text: str
    objects: bool
    candidates: tuple[str, ...] = ()  # the person_refs of everyone who has the number it came from

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def unmatched(store: Store) -> list[Unmatched]:
    """Return the replies that wait to be matched, the oldest first, each with its candidates."""
    columns = (getattr(Reply, each.name) for each in fields(Unmatched) if each.name != "candidates")
    query = (
        select(*columns)
        .where(Reply.person_id.is_(None), Reply.matched_by.is_(None))
        .order_by(Reply.received_at, Reply.id)
    )
    with store.reading() as connection:
        found = [Unmatched(**row._asdict()) for row in connection.execute(query)]
        having = candidates(connection, {each.from_number for each in found if each.from_number})
    return [replace(each, candidates=having.get(each.from_number or "", ())) for each in found]


def match_by_hand(
    installation: Installation, reply_id: int, ref: str, *, now: datetime
) -> ReplyEffects:
    """Match a reply to a person, and apply all effects except automatic replies.

    Raises:
        BadInput: there is no such reply, it is matched already, or there is no such person.
    """
    with installation.store.writing() as connection:
        reply = _waiting_reply(connection, reply_id)
        person_id = connection.execute(select(Person.id).where(Person.person_ref == ref)).scalar()
        if person_id is None:
            raise BadInput(
                "is not a known person",
                "import the people first, or look at the reference again",
                field=ref,
            )
        reached = latest_reached(connection, [person_id])
        found = answering(
            reply, HAND, person_id, reached=reached, post=postal_channels(installation)
        )
        _write_match(connection, reply_id, found)
        return apply_effects(
            connection,
            [StoredReply(reply_id, reply, found)],
            Lines.read(connection),
            hours=installation.policy.hours,
            now=now,
        )


def _waiting_reply(connection: Connection, reply_id: int) -> ReadReply:
    row = read_one_or_none(connection, select(Reply).where(Reply.id == reply_id))
    if row is None:
        raise BadInput(
            "there is no such reply",
            "see kaartje replies unmatched",
            field=Sentence("reply {reply_id}", reply_id=reply_id),
        )
    if row.person_id is not None:
        who = connection.execute(
            select(Person.person_ref).where(Person.id == row.person_id)
        ).scalar_one()
        raise BadInput(
            Sentence("is from {who} already", who=who),
            "see kaartje replies unmatched",
            field=Sentence("reply {reply_id}", reply_id=reply_id),
        )
    texted = row.kind is ReplyKind.TEXTED
    meaning = meaning_of(row.text, at=row.received_at, hours=WAKING) if texted else NO_WORDS
    return ReadReply(
        key=row.reply_key,
        kind=row.kind,
        received_at=row.received_at,
        code=row.response_code,
        e164=row.from_number,
        person_ref=row.person_ref,
        text=row.text,
        reason=row.reason,
        objects=row.objects,
        in_doubt=meaning.in_doubt and not row.objects,
        meaning=meaning,
    )


def _write_match(connection: Connection, reply_id: int, found: Match) -> None:
    values = {
        "person_id": found.person_id,
        "touch_id": found.touch_id,
        "campaign_id": found.campaign_id,
    }
    connection.execute(update(Reply).where(Reply.id == reply_id).values(matched_by=HAND, **values))
    connection.execute(update(Call).where(Call.reply_id == reply_id).values(values))
