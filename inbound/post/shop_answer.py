"""The context in which the rows of one answer are applied to one print run."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from campaigns.post import discrepancies
from campaigns.post.discrepancies import Tolerance
from campaigns.post.piece_states import TrackedRun, move_pieces
from inbound.post.answer_rows import AnswerRow
from store.errors import BadInput
from store.mapped_rows import read_all, read_one_or_none
from store.sentences import Sentence
from store.states import PieceState
from store.tables import PrintFile, PrintPiece

_AGAIN = frozenset({"spoiled", "reprinted"})
"""Statuses that one piece may get more than once."""
IN_LIST = 2_000  # keeps every IN list below what either database takes
STATED = "stated"
"""The key under which the detail of a difference keeps what the shop stated."""


@dataclass(kw_only=True)
class RunAnswer:
    """The run, the answer and the counts that the effects of an answer need."""

    connection: Connection
    run: TrackedRun
    answer_id: int
    tolerance: Tolerance
    now: datetime
    refuse: Callable[[AnswerRow, BadInput], None]
    counts: Counter[str] = field(default_factory=Counter)
    outcome: dict[str, Any] = field(default_factory=dict)

    def note(self, kind: str, count: int, **detail: Any) -> None:
        """Record a difference, unless it was recorded before."""
        found = discrepancies.record_difference(
            self.connection,
            self.run.id,
            kind,
            count=count,
            tolerance=self.tolerance,
            now=self.now,
            **detail,
        )
        self.counts["differences"] += found

    def explain(self, kinds: Sequence[str], why: str, **about: Any) -> None:
        """Accept earlier differences that this answer explains."""
        explained = discrepancies.explain(
            self.connection, self.run.id, kinds, why, now=self.now, **about
        )
        self.counts["explained"] += explained

    def move(self, which: ColumnElement[bool], to: PieceState, reason: str | None = None) -> int:
        """Move pieces of this run, with their touches. Return how many."""
        mine = and_(PrintPiece.print_run_id == self.run.id, which)
        moved = move_pieces(self.connection, mine, to, now=self.now, reason=reason)
        self.counts[to.value] += moved
        return moved

    def move_named(self, pieces: Iterable[str], to: PieceState, reason: str | None = None) -> int:
        """Move pieces of this run by their numbers. Return how many."""
        some = by_the_list(sorted(set(pieces)))
        return sum(self.move(PrintPiece.piece_id.in_(each), to, reason) for each in some)

    def files(self) -> list[PrintFile]:
        """Return the files of the run that are printed, in order."""
        mine = (PrintFile.print_run_id == self.run.id, PrintFile.pieces > 0)
        return read_all(self.connection, select(PrintFile).where(*mine).order_by(PrintFile.name))

    def file(self, row: AnswerRow) -> PrintFile:
        """Return the file a row names.

        Raises:
            BadInput: the run has no such file.
        """
        mine = (PrintFile.print_run_id == self.run.id, PrintFile.name == row["file"])
        found = read_one_or_none(self.connection, select(PrintFile).where(*mine))
        if found is None:
            raise BadInput(
                Sentence(
                    "{file!r} is not a file of {key}", file=row["file"][:60], key=self.run.key
                ),
                "write it as the manifest has it",
                field="file",
            )
        return found

    def known(self, rows: Sequence[AnswerRow]) -> Iterator[AnswerRow]:
        """Yield the rows whose piece is in this run. Unknown and repeated pieces are recorded as differences."""
        named = Counter((row.piece, row.status) for row in rows if row.piece is not None)
        ours = set[str]()
        pieces = {piece for piece, _ in named}
        for some in by_the_list(sorted(pieces)):
            query = select(PrintPiece.piece_id).where(PrintPiece.print_run_id == self.run.id)
            ours.update(
                self.connection.execute(query.where(PrintPiece.piece_id.in_(some))).scalars()
            )
        if unknown := sorted(pieces - ours):
            self.note(discrepancies.UNKNOWN, len(unknown), pieces=unknown)
        if twice := sorted(
            {
                piece
                for (piece, status), times in named.items()
                if times > 1 and status not in _AGAIN and piece in ours
            }
        ):
            self.note(discrepancies.DOUBLED, len(twice), pieces=twice)
        yield from (row for row in rows if row.piece in ours)


def by_the_list(pieces: Sequence[str]) -> Iterator[list[str]]:
    """Yield lists that are short enough for one statement."""
    left = iter(pieces)
    while some := list(islice(left, IN_LIST)):
        yield some
