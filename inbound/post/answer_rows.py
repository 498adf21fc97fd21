"""Parse one row of a print shop's answer. Each kind of answer has its own fields."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from channels.pieces import read_piece_id
from people.sheets import Row
from store.errors import BadInput
from store.sentences import Sentence
from store.states import ShopAnswerKind

_K = ShopAnswerKind
RETURN_REASONS = ("moved", "unknown", "refused", "deceased")
_STATUSES: dict[ShopAnswerKind, tuple[str, ...]] = {
    _K.RECEIPT: ("accepted", "rejected"),
    _K.PROOF: ("signed",),
    _K.PRINTED: ("printed", "spoiled", "reprinted", "missing", "doubled"),
    _K.POSTED: ("posted", "spoiled", "missing", "doubled"),
    _K.PULLED: ("pulled", "too_late"),
}
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
_ALL = (
    "run",
    "file",
    "piece_id",
    "status",
    "pieces",
    "sha256",
    "grams",
    "carrier_order",
    "date",
    "by",
    "certificate",
    "reason",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One parsed row of an answer."""

    kind: ShopAnswerKind
    source: Row
    run: str | None  # its key; None where the piece says which
    piece: str | None  # twelve digits
    run_number: int | None  # of the piece
    status: str
    pieces: int | None
    grams: int | None
    on: date | None

    def __getitem__(self, name: str) -> str:
        return self.source[name]

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of this row, by which it is recognised in a later file."""
        values = "\x1f".join((self.kind, *(self.source[name] for name in _ALL)))
        return blake2b(values.encode(), digest_size=8).hexdigest()


def read_answer_row(row: Row, *, today: date) -> AnswerRow:
    """Parse one row.

    Raises:
        BadInput: a field is wrong, missing, or no part of this kind of answer.
    """
    kind = _kind(row["kind"])
    odd = next((name for name in _ALL if row[name] and name not in _FIELDS[kind]), None)
    if odd is not None:
        raise BadInput(
            Sentence("does not belong to a {kind} answer", kind=kind),
            Sentence("it has {fields}", fields=", ".join(sorted(_FIELDS[kind]))),
            field=odd,
        )
    piece, number = _piece(row["piece_id"])
    read = AnswerRow(
        kind=kind,
        source=row,
        run=row["run"] or None,
        piece=piece,
        run_number=number,
        status=_status(kind, row["status"], named=piece is not None),
        pieces=_count(row, "pieces"),
        grams=_count(row, "grams"),
        on=_day(row, today),
    )
    _whole(read)
    return read


def _kind(text: str) -> ShopAnswerKind:
    try:
        return ShopAnswerKind(text.lower())
    except ValueError:
        problem = (
            Sentence("{seen!r} is not a kind of answer", seen=text[:40])
            if text
            else "the kind is missing"
        )
        raise BadInput(
            problem,
            Sentence("write {known}", known=", ".join(ShopAnswerKind)),
            field="kind",
        ) from None


def _piece(text: str) -> tuple[str | None, int | None]:
    if not text:
        return None, None
    found = read_piece_id(text)
    if found is None:
        raise BadInput(
            Sentence("{seen!r} is not a piece id", seen=text[:40]),
            "write the digits on the piece, as the manifest has them",
            field="piece_id",
        )
    return "".join(text.split()), found[0]


def _status(kind: ShopAnswerKind, text: str, *, named: bool) -> str:
    known = _STATUSES.get(kind, ())
    if not text and known and not (named and kind is _K.PULLED):
        return known[0]
    if text.lower() in known:
        return text.lower()
    if not text and not known:
        return ""
    problem = (
        Sentence("{text!r} is not a status of a {kind} answer", text=text[:40], kind=kind)
        if text
        else "the status is missing"
    )
    raise BadInput(problem, Sentence("write {known}", known=", ".join(known)), field="status")


def _count(row: Row, name: str) -> int | None:
    text = row[name]
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= len("999999999"):
        return int(text)
    raise BadInput(
        Sentence("{seen!r} is not a number", seen=text[:40]), "write it in digits", field=name
    )


def _day(row: Row, today: date) -> date | None:
    day = row.day("date") if row["date"] else None
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
            if row["reason"] and row["reason"].lower() not in RETURN_REASONS:
                raise BadInput(
                    Sentence("{seen!r} is not a known reason", seen=row["reason"][:40]),
                    Sentence("write {known}", known=", ".join(RETURN_REASONS)),
                    field="reason",
                )
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
