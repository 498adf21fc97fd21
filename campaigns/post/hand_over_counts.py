"""Count what one pass of handing over came to, and name the runs that wait."""

import logging
from dataclasses import dataclass

from channels.port import Unavailable
from store.errors import in_plain_words

LOG = logging.getLogger("kaartje.post")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that is not at the print shop yet, and why, in one plain sentence."""

    key: str
    why: str
    failed: bool = False  # to hand it over was tried, or could not be


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Counts of one pass of handing over."""

    runs: int = 0
    lists: int = 0  # of pieces to be pulled, sent after their run
    reprints: int = 0  # files of pieces that are printed again
    releases: int = 0  # press proofs were signed: what may be printed
    recalled: int = 0  # touches of campaigns that were stopped before their run left
    waiting: tuple[Waiting, ...] = ()

    def __add__(self, other: "HandedOver") -> "HandedOver":
        """Add two counts."""
        return HandedOver(
            runs=self.runs + other.runs,
            lists=self.lists + other.lists,
            reprints=self.reprints + other.reprints,
            releases=self.releases + other.releases,
            recalled=self.recalled + other.recalled,
            waiting=(*self.waiting, *other.waiting),
        )


def waits(key: str, error: Exception, *, failed: bool = True) -> HandedOver:
    """Log that a run waits, and return it as a count."""
    why = str(error) if isinstance(error, Unavailable) else in_plain_words(error)
    LOG.warning("print run %s is not handed over: %s", key, why)
    return HandedOver(waiting=(Waiting(key, why, failed),))
