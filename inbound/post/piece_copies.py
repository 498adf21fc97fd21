"""How many copies of a piece there are: what was spoiled or missing, against what was printed again, and by whom.

A reprint that we ask for has a file of its own, with a number; what the shop prints again by itself it tells. Both at
once make two copies of one piece, which a total cannot say and the words about the piece can.
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
    """What was told of the pieces of a run, each word once, and how often we asked for each."""

    gone: Counter[str]  # told to be spoiled or missing
    again: Counter[str]  # told to be printed again by the shop itself
    asked: Counter[str]  # printed again because we asked

    def lacking(self, piece: str) -> bool:
        """Say whether a piece was spoiled more often than it was printed again."""
        return self.gone[piece] > self.again[piece] + self.asked[piece]

    @property
    def by_both(self) -> frozenset[str]:
        """The pieces that the shop and we printed again: of which file theirs counts is not known."""
        return frozenset(self.again) & frozenset(self.asked)

    @property
    def doubled(self) -> list[str]:
        """Those of them that were not spoiled as often."""
        return sorted(
            each for each in self.by_both if self.gone[each] < self.again[each] + self.asked[each]
        )


def copies(answer: RunAnswer) -> Copies:
    """Count the words of every answer about this run, the one being taken with them."""
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
    """Name each piece that was printed again by both; take the name away once a copy of it was spoiled.

    How often it was printed again stands with it: a piece whose copies were made good may be doubled once more.
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
    """Return how many fewer and how many more than the ledger has a total of these pieces may say, for known reasons.

    A piece that was printed again by both may be counted in either file; one that was named doubled may count as two.
    Of what was `printed` a total may leave out, as it comes, what the shop printed again by itself later.
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
