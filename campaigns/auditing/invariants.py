"""Invariants between the touches and the outside world, each with its meaning and its remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from store.sentences import Sentence


class Invariant(StrEnum):
    """Code of a statement that an audit holds against somebody else's list."""

    TEXT_WITHOUT_TOUCH = "TEXT_WITHOUT_TOUCH"
    TEXT_TWICE = "TEXT_TWICE"
    TEXT_NOT_AT_PROVIDER = "TEXT_NOT_AT_PROVIDER"
    TEXT_NOT_ARRIVED = "TEXT_NOT_ARRIVED"
    TEXT_COST = "TEXT_COST"
    RUN_NOT_RECORDED = "RUN_NOT_RECORDED"
    FILE_GONE = "FILE_GONE"
    FILE_CHANGED = "FILE_CHANGED"
    FILE_NOT_RECORDED = "FILE_NOT_RECORDED"
    PIECES_DIFFER = "PIECES_DIFFER"
    TOTALS_DIFFER = "TOTALS_DIFFER"
    PIECE_TWICE = "PIECE_TWICE"
    CARD_TWICE = "CARD_TWICE"
    CARD_WITHOUT_PIECE = "CARD_WITHOUT_PIECE"
    CALLS_NOT_RECORDED = "CALLS_NOT_RECORDED"
    CALLS_GONE = "CALLS_GONE"
    SHOP_HAS_UNKNOWN_RUN = "SHOP_HAS_UNKNOWN_RUN"
    SHOP_HAS_OTHER_FILES = "SHOP_HAS_OTHER_FILES"
    SHOP_RECEIPT_DIFFERS = "SHOP_RECEIPT_DIFFERS"
    SHOP_POSTED_MORE = "SHOP_POSTED_MORE"
    SEED_OF_UNSENT_RUN = "SEED_OF_UNSENT_RUN"


class Explained(NamedTuple):
    """Meaning of a breach, and the remedy."""

    means: Sentence
    remedy: Sentence


_I = Invariant
EXPLAINED: Mapping[Invariant, Explained] = {
    _I.TEXT_WITHOUT_TOUCH: Explained(
        Sentence("the provider sent a text that no touch and no answer knows"),
        Sentence("look the text up at the provider; whoever got it may have no case here"),
    ),
    _I.TEXT_TWICE: Explained(
        Sentence("somebody got the same text more than once"),
        Sentence(
            "pause the campaign and tell the privacy officer; a second machine may be sending"
        ),
    ),
    _I.TEXT_NOT_AT_PROVIDER: Explained(
        Sentence("a touch counts as sent, and the provider does not have the text"),
        Sentence("this person was not reached: ask the provider whether it removed the text"),
    ),
    _I.TEXT_NOT_ARRIVED: Explained(
        Sentence("a touch counts as delivered, and the provider says that the text failed"),
        Sentence("run kaartje sms poll; if it stays so, this person was not reached"),
    ),
    _I.TEXT_COST: Explained(
        Sentence("a text took another number of segments than was recorded"),
        Sentence("the costs of the campaign are wrong by this much: check the provider's bill"),
    ),
    _I.RUN_NOT_RECORDED: Explained(
        Sentence("a complete print run stands in a folder, and the database does not know it"),
        Sentence(
            "keep it from the print shop: its people are on another run or wait for one;"
            " then move it out of the outbox"
        ),
    ),
    _I.FILE_GONE: Explained(
        Sentence("a file of a print run that the shop has not confirmed is gone"),
        Sentence("put it back from a backup; without it the run cannot be handed over"),
    ),
    _I.FILE_CHANGED: Explained(
        Sentence("a file of a print run is not what was made and read back"),
        Sentence("put it back from a backup, and hand nothing over before that"),
    ),
    _I.FILE_NOT_RECORDED: Explained(
        Sentence("a print file stands in the folder of a run that does not have it"),
        Sentence("move it out before the shop takes it: nobody knows who is on it"),
    ),
    _I.PIECES_DIFFER: Explained(
        Sentence("the manifest of a run names other pieces than were recorded"),
        Sentence("hand nothing over; put manifest and files back from a backup"),
    ),
    _I.TOTALS_DIFFER: Explained(
        Sentence("the totals of a run do not add up with its manifest"),
        Sentence("hand nothing over; put manifest and files back from a backup"),
    ),
    _I.PIECE_TWICE: Explained(
        Sentence("one piece number stands in more than one place"),
        Sentence("somebody may get two cards: keep one of the two from the print shop"),
    ),
    _I.CARD_TWICE: Explained(
        Sentence("one touch is on more than one printed piece"),
        Sentence("have one of the two pulled: kaartje post pull"),
    ),
    _I.CARD_WITHOUT_PIECE: Explained(
        Sentence("a touch counts as handed over by post, and no piece was printed for it"),
        Sentence("this person was not reached: restore the database from a backup and compare"),
    ),
    _I.CALLS_NOT_RECORDED: Explained(
        Sentence("a list of people to be called left, and the touches do not know it"),
        Sentence("nobody was called by it; move the list away once you know why it is there"),
    ),
    _I.CALLS_GONE: Explained(
        Sentence("a touch waits to be called, and the list that it left on is gone"),
        Sentence("the person is still in the queue; find out who removed the list"),
    ),
    _I.SHOP_HAS_UNKNOWN_RUN: Explained(
        Sentence("the print shop has a run that the database does not know"),
        Sentence("telephone the shop: it must not be printed before somebody knows who is on it"),
    ),
    _I.SHOP_HAS_OTHER_FILES: Explained(
        Sentence("the files at the print shop are not those that were made"),
        Sentence("telephone the shop: it must not print them"),
    ),
    _I.SHOP_RECEIPT_DIFFERS: Explained(
        Sentence("the print shop confirmed other files or another number of pieces"),
        Sentence("see kaartje post differences, and telephone the shop"),
    ),
    _I.SHOP_POSTED_MORE: Explained(
        Sentence("the print shop posted more pieces than it was given"),
        Sentence("somebody may have got two cards: ask the shop which pieces"),
    ),
    _I.SEED_OF_UNSENT_RUN: Explained(
        Sentence("a seed of a run arrived, and the run counts as not handed over"),
        Sentence("the run was printed already: do not hand it over again"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One place where an invariant does not hold."""

    invariant: Invariant
    subject: str  # a reference, a run, a file, a piece or a touch: never a name or a number
    detail: str

    def as_data(self) -> dict[str, str]:
        """Return it as plain data."""
        explained = EXPLAINED[self.invariant]
        return {
            "invariant": self.invariant.value,
            "subject": self.subject,
            "detail": self.detail,
            "means": explained.means,
            "remedy": explained.remedy,
        }


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is under way or could not be compared, with the reason."""

    subject: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Result of one comparison, which can be added to that of another."""

    breaches: tuple[Breach, ...] = ()
    under_way: tuple[Note, ...] = ()
    not_compared: tuple[Note, ...] = ()  # no list of it is to be had
    failed: tuple[Note, ...] = ()  # a list could not be read now
    compared: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Findings") -> "Findings":
        """Add two findings."""
        names = {**self.compared, **other.compared}
        return Findings(
            breaches=(*self.breaches, *other.breaches),
            under_way=(*self.under_way, *other.under_way),
            not_compared=(*self.not_compared, *other.not_compared),
            failed=(*self.failed, *other.failed),
            compared={
                name: self.compared.get(name, 0) + other.compared.get(name, 0) for name in names
            },
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing is breached and every list could be read."""
        return not self.breaches and not self.failed

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "clean": self.is_clean,
            "compared": dict(self.compared),
            "breaches": [each.as_data() for each in self.breaches],
            **{
                name: [{"subject": each.subject, "why": each.why} for each in getattr(self, name)]
                for name in ("under_way", "not_compared", "failed")
            },
        }
