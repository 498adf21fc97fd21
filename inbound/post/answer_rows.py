"""Parse one row of a print shop's answer. Each kind of answer has its own fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from channels.answer_words import COLUMNS, RETURN_REASONS, STATUSES, AnswerWords
from channels.pieces import padded_piece_id, read_piece_id
from people.dates import NotADate, parse_day
from people.sheets import Row
from store.errors import BadInput
from store.sentences import Sentence
from store.states import ShopAnswerKind

_K = ShopAnswerKind
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([., \u00a0\u202f'])\d{3})(?:\1\d{3})*")
"""A whole number with one sign between its thousands, as 1.500 or 12 000."""
_FORMULA = re.compile(r"[=@]|[+-].*[(!|=]")
"""A text that a spreadsheet would reckon with, where it is opened again."""
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_FIELDS: dict[ShopAnswerKind, frozenset[str]] = {
    _K.RECEIPT: frozenset({"run", "file", "status", "pieces", "sha256", "date", "by", "reason"}),
    _K.PROOF: frozenset({"run", "status", "date", "by"}),
    _K.PRINTED: frozenset({"run", "file", "piece_id", "status", "pieces", "date", "reason"}),
    _K.POSTED: frozenset(
        {"run", "file", "piece_id", "status", "pieces", "grams", "carrier_order", "date", "reason"}
    ),
    _K.RETURNED: frozenset({"run", "piece_id", "date", "reason"}),
    _K.PULLED: frozenset({"run", "piece_id", "status", "date"}),
    _K.DESTROYED: frozenset({"run", "certificate", "pieces", "date", "by", "reason"}),
}
_ALL = tuple(name for name in COLUMNS if name != "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One parsed row of an answer."""

    kind: ShopAnswerKind
    source: Row  # as the shop wrote it
    values: Mapping[str, str]  # its fields as we write them, so that one word has one form
    run: str | None  # its key; None where the piece says which
    piece: str | None  # twelve digits
    run_number: int | None  # of the piece
    status: str
    pieces: int | None
    grams: int | None
    on: date | None

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of this row, by which it is recognised in a later file."""
        values = "\x1f".join((self.kind, *(self[name] for name in _ALL)))
        return blake2b(values.encode(), digest_size=8).hexdigest()


def read_answer_row(row: Row, *, today: date, words: AnswerWords | None = None) -> AnswerRow:
    """Parse one row.

    Args:
        row: Under our names of columns, with values as the shop wrote them.
        today: The day after which nothing can have happened yet.
        words: The shop's words for our kinds, statuses and reasons.

    Raises:
        BadInput: a field is wrong, missing, or no part of this kind of answer.
    """
    words = words or AnswerWords()
    kind = _kind(row["kind"], words)
    odd = next((name for name in _ALL if row[name] and name not in _FIELDS[kind]), None)
    if odd is not None:
        raise BadInput(
            Sentence("does not belong to a {kind} answer", kind=kind),
            Sentence("it has {fields}", fields=", ".join(sorted(_FIELDS[kind]))),
            field=odd,
        )
    _no_formula(row)
    piece, number = _piece(row["piece_id"])
    status = _status(kind, row["status"], words, named=piece is not None)
    pieces, grams = _count(row, "pieces"), _count(row, "grams")
    on = _day(row, today, words)
    written: dict[str, object] = {
        **{name: row[name] for name in _ALL},
        "piece_id": piece,
        "status": status if row["status"] else "",
        "pieces": pieces,
        "grams": grams,
        "date": on,
    }
    if kind is _K.RETURNED:
        written["reason"] = _return_reason(row["reason"], words)
    read = AnswerRow(
        kind=kind,
        source=row,
        values={name: "" if value is None else str(value) for name, value in written.items()},
        run=row["run"] or None,
        piece=piece,
        run_number=number,
        status=status,
        pieces=pieces,
        grams=grams,
        on=on,
    )
    _whole(read)
    return read


def _no_formula(row: Row) -> None:
    odd = next((name for name in _ALL if _FORMULA.match(row[name])), None)
    if odd is not None:
        raise BadInput(
            Sentence("{seen!r} is a formula of a spreadsheet", seen=row[odd][:40]),
            "write what is meant as plain words",
            field=odd,
        )


def _kind(text: str, words: AnswerWords) -> ShopAnswerKind:
    found = words.kind(text)
    if found is not None:
        return found
    problem = (
        Sentence("{seen!r} is not a kind of answer", seen=text[:40])
        if text
        else "the kind is missing"
    )
    raise BadInput(
        problem,
        Sentence("write {known}", known=", ".join(ShopAnswerKind)),
        field="kind",
    )


def _piece(text: str) -> tuple[str | None, int | None]:
    if not text:
        return None, None
    digits = padded_piece_id(text)
    found = read_piece_id(digits)
    if found is None:
        raise BadInput(
            Sentence("{seen!r} is not a piece id", seen=text[:40]),
            "write the digits on the piece, as the manifest has them",
            field="piece_id",
        )
    return digits, found[0]


def _status(kind: ShopAnswerKind, text: str, words: AnswerWords, *, named: bool) -> str:
    known = tuple(STATUSES.get(kind, ()))
    if not text and known and not (named and kind is _K.PULLED):
        return known[0]
    if not text and not known:
        return ""
    found = words.status(kind, text)
    if found is not None:
        return found
    problem = (
        Sentence("{text!r} is not a status of a {kind} answer", text=text[:40], kind=kind)
        if text
        else "the status is missing"
    )
    raise BadInput(problem, Sentence("write {known}", known=", ".join(known)), field="status")


def _return_reason(text: str, words: AnswerWords) -> str:
    found = words.reason(text) if text else ""
    if found is None:
        raise BadInput(
            Sentence("{seen!r} is not a known reason", seen=text[:40]),
            Sentence("write {known}", known=", ".join(RETURN_REASONS)),
            field="reason",
        )
    return found


def _count(row: Row, name: str) -> int | None:
    text = row[name]
    if not text:
        return None
    digits = re.sub(r"[., \u00a0\u202f']", "", text) if _GROUPED.fullmatch(text) else text
    digits = re.sub(r"[.,]0+$", "", digits)  # 12.0, as a column of numbers with an empty cell
    if digits.isascii() and digits.isdigit() and len(digits) <= len("999999999"):
        return int(digits)
    raise BadInput(
        Sentence("{seen!r} is not a number", seen=text[:40]), "write it in digits", field=name
    )


def _day(row: Row, today: date, words: AnswerWords) -> date | None:
    # the clock time beside a day says nothing that is kept
    text = _CLOCK.sub("", row["date"])
    try:
        day = parse_day(text, words.map.dates, "yyyymmdd")
    except NotADate as error:
        raise BadInput(error.problem, "write it as 2023-06-01", field="date") from None
    if day is not None and day > today:
        raise BadInput(
            Sentence("{day} is in the future", day=day),
            "write the day on which it happened",
            field="date",
        )
    return day


def _whole(row: AnswerRow) -> None:
    """Refuse a row that lacks a field its kind needs."""
    match row.kind:
        case _K.RECEIPT:
            rejected = row.status == "rejected"
            _need(row, "run", "file", *(("reason",) if rejected else ("sha256", "pieces")))
        case _K.PROOF:
            _need(row, "run", "by", "date")
        case _K.PRINTED:
            _need(row, *(() if row.piece else ("run", "file", "pieces")))
        case _K.POSTED:
            _need(row, *(("date",) if row.piece else ("run", "carrier_order", "pieces", "date")))
        case _K.RETURNED:
            _need(row, "piece_id", "date")
        case _K.PULLED:
            _need(row, "piece_id")
        case _K.DESTROYED:
            _need(row, "run", "certificate", "date", "by")
    if row.piece is None and row.status not in {
        "",
        "accepted",
        "rejected",
        "signed",
        "printed",
        "posted",
    }:
        raise BadInput(
            "the piece id is missing",
            "name each spoiled, missing or doubled piece",
            field="piece_id",
        )


def _need(row: AnswerRow, *names: str) -> None:
    missing = next((name for name in names if not row[name]), None)
    if missing is not None:
        raise BadInput(
            "is empty", Sentence("a {kind} answer needs it", kind=row.kind), field=missing
        )
