"""Process one incoming text message (store, match and apply it in one transaction).

A text that is delivered twice is one text. The same words from the same number within a minute, under another
reference, are stored and obeyed, but neither answered nor queued again. Somebody pressed twice, or a network sent
it twice. The parts of a long message are stored part by part.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, func, insert, select

from desk.entries.queue_entries import Lines
from inbound.auto_replies import write_auto_replies
from inbound.intents import Intent, meaning_of
from inbound.replies import postal_channels, store_replies
from inbound.reply_effects import apply_effects
from inbound.reply_matching import Match, candidates, latest_reached, match, people_with
from inbound.reply_rows import ReadReply
from inbound.wishes.callback_times import WAKING
from installation.installation import Installation
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.clock import local_date
from store.errors import BadInput
from store.states import AnswerKind, ReplyKind
from store.tables import Answer, Call, Import, Reply

KIND = "texts"
TWICE = timedelta(minutes=1)
_LOCKED = 0x74657874
_LONGEST_REF = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """One incoming text, as a provider delivers it."""

    provider: str
    ref: str  # the provider's own reference, by which a repeated delivery is one text
    sender: str  # as the provider writes it: +31612345678, or a short code or a name
    to: str  # our number
    body: str  # whatever was typed, of any length; empty where only pictures came
    received_at: datetime
    media: int = 0  # pictures and the like that came with it
    opt_out_type: str = (
        ""  # STOP, START or HELP, where the provider took it for that and answered it
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedText:
    """The result of processing one text."""

    reply_id: int
    new: bool  # False: it was processed before, and has no effects again
    intent: Intent
    matched_by: str | None = None
    person_id: int | None = None
    candidates: tuple[
        str, ...
    ] = ()  # the person_refs of everyone on its number, where nobody was matched
    call_id: int | None = None  # in the queue
    answer: AnswerKind | None = None  # that goes with the next delivery
    withheld: int = 0  # planned touches that will not go
    released: int = 0  # touches that are planned again

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def read_form(
    form: Mapping[str, str], *, provider: str = "twilio", came_in: datetime
) -> InboundText:
    """Read the form Twilio posts for an incoming text.

    Twilio does not send the time, so `came_in` gives it.

    Raises:
        BadInput: it has no reference or no sender.
    """
    ref, sender = (form.get(name, "").strip() for name in ("MessageSid", "From"))
    for name, value in (("MessageSid", ref), ("From", sender)):
        if not value:
            raise BadInput("is missing", "every text has one", file="webhook", field=name)
    media = form.get("NumMedia", "0")
    return InboundText(
        provider=provider,
        ref=ref[:_LONGEST_REF],
        sender=sender,
        to=form.get("To", ""),
        body=form.get("Body", ""),
        received_at=came_in,
        media=int(media) if media.isdecimal() and media.isascii() else 0,
        opt_out_type=form.get("OptOutType", ""),
    )


def process_form(
    installation: Installation,
    form: Mapping[str, str],
    *,
    provider: str = "twilio",
    came_in: datetime | None = None,
    now: datetime,
) -> ProcessedText:
    """Process a form that was posted on `/sms/in`, after its signature was checked.

    Raises:
        BadInput: it has no reference or no sender.
    """
    return process_text(
        installation, read_form(form, provider=provider, came_in=came_in or now), now=now
    )


def process_text(installation: Installation, text: InboundText, *, now: datetime) -> ProcessedText:
    """Process one text. All of its effects are committed together, or none."""
    with installation.store.writing() as connection:
        reply = _read(text, now)
        _one_at_a_time(connection, reply.e164)
        lines = Lines.read(connection)
        (found,) = match(connection, [reply], post=postal_channels(installation))
        reply = _placed(connection, reply, found, lines)
        stored = store_replies(
            connection, [reply], [found], _import_of_today(connection, text.provider, now)
        )
        if not stored:
            known = connection.execute(
                select(Reply.id).where(Reply.reply_key == reply.key)
            ).scalar_one()
            return ProcessedText(reply_id=known, new=False, intent=reply.meaning.intent)
        effects = apply_effects(connection, stored, lines, hours=installation.policy.hours, now=now)
        write_auto_replies(
            connection, installation.policy, stored, lines=lines, effects=effects, now=now
        )
        made = _result(connection, stored[0].id, reply, found)
        return replace(made, withheld=effects.withheld, released=effects.released)


def _read(text: InboundText, now: datetime) -> ReadReply:
    words, number = _words(text.body), _number(text.sender)
    at = min(text.received_at, now)  # clocks disagree; nothing comes from the future
    meaning = meaning_of(words, at=at, hours=WAKING, provider_keyword=text.opt_out_type)
    meaning = replace(meaning, confirmed=bool(text.opt_out_type))
    stops = meaning.intent is Intent.STOP
    return ReadReply(
        key=_key(text),
        kind=ReplyKind.TEXTED,
        received_at=at,
        code=None,
        e164=number,
        person_ref=None,
        text=_text_of(words, text),
        reason=None,
        objects=stops,
        in_doubt=meaning.in_doubt,
        meaning=meaning,
    )


def _key(text: InboundText) -> str:
    return blake2b(
        f"{KIND}\x1f{text.provider}\x1f{text.ref}".encode("utf-8", "replace"), digest_size=16
    ).hexdigest()


def _words(body: str) -> str:
    """Return the text with forbidden characters replaced, and split emoji joined."""
    whole = body.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\ufffd")


def _text_of(words: str, text: InboundText) -> str:
    """Return the text, with notes on media and on a sender without a number."""
    extras = [f"[{text.media} x media]"] if text.media else []
    extras += [f"[{_words(text.sender)[:40]}]"] if _number(text.sender) is None else []
    return " ".join(part for part in (words, *extras) if part)


def _number(sender: str) -> str | None:
    try:
        return PhoneNumber.parse(sender).e164
    except NotAPhoneNumber:
        return None


def _one_at_a_time(connection: Connection, e164: str | None) -> None:
    """Process texts from one number one after another, so that of two STOPs at once one is confirmed."""
    if e164 and connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(e164, _LOCKED))))


def _placed(connection: Connection, reply: ReadReply, found: Match, lines: Lines) -> ReadReply:
    """Set the queue of a text that nobody was matched to, and whether it repeats an earlier one."""
    line_id = (
        None
        if found.campaign_id or not reply.e164
        else _line_of_its_number(connection, reply, lines)
    )
    return replace(reply, line_id=line_id, repeats=_came_just_before(connection, reply))


def _line_of_its_number(connection: Connection, reply: ReadReply, lines: Lines) -> int | None:
    """Return the line of the latest touch of anybody with this number, since that touch named it."""
    people = people_with(connection, {reply.e164 or ""}).get(reply.e164, set())
    touches = (
        [touch for some in latest_reached(connection, people).values() for touch in some]
        if people
        else []
    )
    before = [touch for touch in touches if touch.at <= reply.received_at]
    latest = max(before, key=lambda touch: touch.at, default=None)
    return lines.line_for(latest.campaign_id, reply.received_at) if latest else None


def _came_just_before(connection: Connection, reply: ReadReply) -> bool:
    if not reply.e164:
        return False
    same = (
        Reply.from_number == reply.e164,
        Reply.text == reply.text,
        Reply.kind == ReplyKind.TEXTED,
    )
    lately = Reply.received_at.between(reply.received_at - TWICE, reply.received_at + TWICE)
    query = select(Reply.id).where(*same, lately, Reply.reply_key != reply.key).limit(1)
    return connection.execute(query).first() is not None


def _import_of_today(connection: Connection, provider: str, now: datetime) -> int:
    """Return the import to which today's texts of one provider belong."""
    page = f"{provider} {local_date(now)}"
    found = connection.execute(
        select(Import.id).where(Import.kind == KIND, Import.file == page).limit(1)
    ).scalar()
    if found is None:
        values = {"kind": KIND, "file": page, "sha256": "", "started_at": now, "finished_at": now}
        found = connection.execute(insert(Import).values(values).returning(Import.id)).scalar_one()
    return int(found)


def _result(connection: Connection, reply_id: int, reply: ReadReply, found: Match) -> ProcessedText:
    call = connection.execute(select(Call.id).where(Call.reply_id == reply_id)).scalar()
    answer = connection.execute(select(Answer.kind).where(Answer.reply_id == reply_id)).scalar()
    e164 = reply.e164 or ""
    others = (
        candidates(connection, {e164}).get(e164, ()) if found.person_id is None and e164 else ()
    )
    return ProcessedText(
        reply_id=reply_id,
        new=True,
        intent=reply.meaning.intent,
        matched_by=found.by,
        person_id=found.person_id,
        candidates=others,
        call_id=call,
        answer=answer,
    )
