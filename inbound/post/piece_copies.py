"""Count the copies of pieces that were spoiled, missing or printed again, by the shop and by us.

A reprint that we ask for has a file of its own. What the shop prints again by itself, it reports. Both at once make
two copies of one piece, which only the reports about the piece can show.
"""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import ColumnElement, select

from campaigns.post.discrepancies import DOUBLED
from inbound.post.shop_answer import RunAnswer, by_the_list
from store.states import ShopAnswerKind
from store.tables import Difference, PrintPiece, ShopAnswer

TWICE = "printed again by the shop and by us"
_KINDS = (ShopAnswerKind.PRINTED, ShopAnswerKind.POSTED)


@dataclass(frozen=True, slots=True)
class Copies:
    """Counts of reports about the pieces of a run, and of reprints that we asked for."""

    gone: Counter[str]  # reported as spoiled or missing
    again: Counter[str]  # reported as printed again by the shop itself
    asked: Counter[str]  # printed again because we asked

    def lacking(self, piece: str) -> bool:
        """Return whether a piece was spoiled more often than it was printed again."""
        return self.gone[piece] > self.again[piece] + self.asked[piece]

    @property
    def by_both(self) -> frozenset[str]:
        """The pieces that both the shop and we printed again. It is not known in which file theirs count."""
        return frozenset(self.again) & frozenset(self.asked)

    @property
    def doubled(self) -> list[str]:
        """Those of them that were not spoiled as often."""
        return sorted(
            each for each in self.by_both if self.gone[each] < self.again[each] + self.asked[each]
        )


def copies(answer: RunAnswer) -> Copies:
    """Count the reports of every answer about this run, including the one being taken."""
    query = select(ShopAnswer.outcome).where(
        ShopAnswer.print_run_id == answer.run.id,
        ShopAnswer.kind.in_(_KINDS),
        ShopAnswer.id != answer.answer_id,
    )
    stated = [*answer.connection.execute(query).scalars(), answer.outcome]
    words = {
        name: Counter(chain.from_iterable(each.get(name, []) for each in stated))
        for name in ("spoiled", "missing", "reprinted")
    }
    asked = select(PrintPiece.piece_id, PrintPiece.asked_again).where(
        PrintPiece.print_run_id == answer.run.id, PrintPiece.asked_again > 0
    )
    ours = Counter({row[0]: row[1] for row in answer.connection.execute(asked)})
    return Copies(words["spoiled"] + words["missing"], words["reprinted"], ours)


def name_doubled(answer: RunAnswer) -> None:
    """Record each piece that both printed again as a difference, and explain it once a copy was spoiled.

    The difference holds how often it was printed again, since a piece may be doubled once more later.
    """
    stated = copies(answer)
    doubled = {piece: stated.again[piece] + stated.asked[piece] for piece in stated.doubled}
    query = select(Difference.detail).where(
        Difference.print_run_id == answer.run.id,
        Difference.kind == DOUBLED,
        Difference.accepted_at.is_(None),
    )
    for detail in answer.connection.execute(query).scalars().all():
        if detail.get("because") == TWICE and doubled.get(detail["pieces"][0]) != detail["times"]:
            answer.explain(
                (DOUBLED,), "one of the two was spoiled, or it was printed once more", **detail
            )
    for piece, times in doubled.items():
        answer.note(DOUBLED, 1, pieces=[piece], because=TWICE, times=times)


def slack(
    answer: RunAnswer, which: ColumnElement[bool], *, printed: bool = False
) -> tuple[int, int]:
    """Return how many fewer and how many more pieces than the ledger a total may have.

    A piece that both printed again may be counted in either file. One that was recorded as doubled may count as
    two. A total of `printed` pieces may leave out what the shop printed again by itself later.
    """
    stated = copies(answer)
    both = stated.by_both
    here = _count(answer, which, both)
    fewer = _count(answer, which, frozenset(stated.again)) if printed else here
    return fewer, len(both) - here + _count(answer, which, _named_doubled(answer))


def _named_doubled(answer: RunAnswer) -> frozenset[str]:
    query = select(Difference.detail).where(
        Difference.print_run_id == answer.run.id, Difference.kind == DOUBLED
    )
    details = answer.connection.execute(query).scalars()
    return frozenset(chain.from_iterable(detail.get("pieces", []) for detail in details))


def _count(answer: RunAnswer, which: ColumnElement[bool], pieces: AbstractSet[str]) -> int:
    found = 0
    for some in by_the_list(sorted(pieces)):
        query = select(PrintPiece.id).where(
            PrintPiece.print_run_id == answer.run.id, which, PrintPiece.piece_id.in_(some)
        )
        found += len(answer.connection.execute(query).all())
    return found
