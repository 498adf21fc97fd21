"""Parse one row of `replies.csv`, or refuse it with a remedy."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from channels.codes import NotAResponseCode, read_code
from channels.pieces import read_piece_id
from desk.entries.queue_entries import Lines
from inbound.intents import NO_WORDS, Intent, Meaning, meaning_of, stopped_by_phrase
from inbound.objection_judging import Judgement, judge
from inbound.wishes.callback_times import WAKING
from people.sheets import Row
from store.clock import parse_moment
from store.errors import BadInput
from store.sentences import Sentence
from store.states import ReplyKind

REQUIRED = ("received_at", "kind")
OPTIONAL = ("response_code", "number", "person_ref", "text", "reason", "objects", "line")
REASONS = ("moved", "unknown", "refused", "deceased")
DECEASED = "deceased"
CLOSES_ADDRESS = frozenset({"moved", "unknown"})  # who refuses a card lives there

_FLAGS = {
    **dict.fromkeys(("", "0", "n", "no", "nee", "false", "onwaar"), False),
    **dict.fromkeys(("1", "x", "j", "y", "ja", "yes", "true", "waar"), True),
}
_WITHHELD = frozenset(
    {
        *("anoniem", "onbekend", "geheim", "privé", "prive"),
        *("anonymous", "private", "restricted", "withheld", "blocked", "unknown", "unavailable"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReply:
    """One parsed reply."""

    key: str
    kind: ReplyKind
    received_at: datetime
    code: str | None
    e164: str | None
    person_ref: str | None
    text: str
    reason: str | None  # one of REASONS
    objects: bool
    in_doubt: bool = False  # may be an objection, and a person has to read it
    line_id: int | None = None  # the line that the row names
    meaning: Meaning = NO_WORDS  # what the words of a text ask for
    skill: str | None = None  # what an agent must be trained for, where it is not the campaign's
    repeats: bool = False  # the same words came from the same number a moment ago: neither queued nor answered again


def read_reply(row: Row, lines: Lines, nameless: Counter[str], *, now: datetime) -> ReadReply:
    """Parse one row.

    Args:
        row: The row.
        lines: The phone lines there are.
        nameless: How often each nameless reply stood in this file so far: two visitors without a name are two.
        now: A reply from after this moment is a typing error.

    Raises:
        BadInput: a field is wrong.
    """
    kind = _kind(row["kind"])
    received_at = _moment(row["received_at"], now)
    code, e164, ref = _code(row["response_code"], kind), _number(row), row["person_ref"] or None
    reason = _reason(row["reason"], kind)
    meaning = (
        meaning_of(row["text"], at=received_at, hours=WAKING)
        if kind is ReplyKind.TEXTED
        else NO_WORDS
    )
    said = _flag(row["objects"])
    objects, in_doubt = _judged(row, kind, meaning, said=said)
    in_doubt = in_doubt or (is_refusal(kind, reason) and not objects)
    known = said or (kind is ReplyKind.TEXTED and stopped_by_phrase(row["text"]))
    parts = (kind, received_at.isoformat(), code, e164, ref, row["text"], reason, str(known))
    key = _key(*parts)
    if not (code or e164 or ref):
        nameless[key] += 1
        key = _key(*parts, str(nameless[key]))
    line_id = lines.by_its_number(_line_number(row)) if row["line"] else None
    return ReadReply(
        key=key,
        kind=kind,
        received_at=received_at,
        code=code,
        e164=e164,
        person_ref=ref,
        text=row["text"],
        reason=reason,
        objects=objects,
        in_doubt=in_doubt,
        line_id=line_id,
        meaning=meaning,
    )


def is_refusal(kind: ReplyKind, reason: str | None) -> bool:
    """Whether mail came back because somebody at the door would not have it.

    That may be an objection of the person or a housemate's whim: somebody has to find out.
    """
    return kind is ReplyKind.RETURNED and reason == "refused"


def _judged(row: Row, kind: ReplyKind, meaning: Meaning, *, said: bool) -> tuple[bool, bool]:
    """Return whether a row objects, and else whether it may.

    A note that a colleague wrote is judged as a text is, unless they answered the question themselves.
    """
    if kind is ReplyKind.TEXTED:
        objects = said or meaning.intent is Intent.STOP
        return objects, meaning.in_doubt and not objects
    if row["objects"]:
        return said, False
    judged = judge(row["text"]).judgement
    return judged is Judgement.OBJECTION, judged is Judgement.PERHAPS


def _key(*parts: str | None) -> str:
    return blake2b("\x1f".join(part or "" for part in parts).encode(), digest_size=16).hexdigest()


def _kind(text: str) -> ReplyKind:
    try:
        return ReplyKind(text.lower())
    except ValueError:
        problem = (
            Sentence("{seen!r} is not a kind of reply", seen=text[:40])
            if text
            else "the kind is missing"
        )
        raise BadInput(
            problem, Sentence("write {known}", known=", ".join(ReplyKind)), field="kind"
        ) from None


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = parse_moment(text)
    except BadInput as error:
        error.field = "received_at"
        raise
    except (ValueError, OverflowError):
        problem = (
            Sentence("{seen!r} is not a date and time", seen=text[:40])
            if text
            else "the date and time are missing"
        )
        raise BadInput(
            problem, "write it as 2023-06-14 or 2023-06-14T10:30", field="received_at"
        ) from None
    if moment > now:
        raise BadInput(
            Sentence("{text} is in the future", text=text),
            "write when it came in",
            field="received_at",
        )
    return moment


def _code(text: str, kind: ReplyKind) -> str | None:
    """Read a response code. On returned mail it may be the number of the piece."""
    if kind is ReplyKind.RETURNED and read_piece_id(text) is not None:
        return "".join(text.split())
    try:
        return read_code(text) if text else None
    except NotAResponseCode as error:
        error.field = "response_code"
        raise


def _number(row: Row) -> str | None:
    return None if row["number"].casefold() in _WITHHELD else row.number("number")


def _line_number(row: Row) -> str:
    return row.number("line") or ""


def _reason(text: str, kind: ReplyKind) -> str | None:
    returned = kind is ReplyKind.RETURNED
    reason = text.lower() or (
        "unknown" if returned else None
    )  # a card comes back without a word more often than not
    if reason is None:
        return None
    if reason not in REASONS:
        raise BadInput(
            Sentence("{seen!r} is not a known reason", seen=text[:40]),
            Sentence("write {known}", known=", ".join(REASONS)),
            field="reason",
        )
    if reason == "refused" and not returned:
        raise BadInput(
            "only mail can be refused", "leave it empty, or mark `objects`", field="reason"
        )
    return reason


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise BadInput(
            Sentence("{seen!r} is neither yes nor no", seen=text[:40]),
            "write yes, or leave it empty",
            field="objects",
        ) from None
