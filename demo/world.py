"""Simulated filing of returns, with or without a card, with a known effect of a card.

Nothing here looks at an arm, a limit or a hold-out: whoever has an open return files by themselves at a
base rate, from the first day on. A card that arrives makes a stated share of the others file too. Both
take the days of a published response curve: a lognormal fitted to a 63-day direct-mail series (median
8.3147 days, sigma 0.9156; half by day 9, 95 % by day 35). It is American and commercial, so it is a
prior and no forecast.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import log
from random import Random

MEDIAN_DAYS, SIGMA = 8.3147, 0.9156
LONGEST_DAYS = 63
POST_DAYS = 2
RETURNED = 0.045
"""Share of cards that come back. Address errors in the municipal registers ran at 4 to 5 %."""
BASE_RATE = 0.24
"""Share of people with an open return who file by themselves; an assumption."""
CARD_EFFECT = 0.09
"""Share of people who file because a card reached them, the true effect of this world.

It is as large as that of a simplified letter of the Belgian tax service (9.0 points, 8.2 to 9.8, of
people who paid). Six trials of letters and texts in California found none. So it is an assumption, chosen so
that about a third of those with a card file, as in 2023.
"""
_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The draws of one person, the same whatever is sent to them."""

    place: float  # from 0 up to 1: below the base rate they file by themselves
    files_after: int  # days from the first day, where they file by themselves
    answers_after: int  # days from the arrival of a card until they act on it
    comes_back: bool  # a card to them is returned


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The people of one seed, from a first day on."""

    seed: int
    first_day: date
    base_rate: float = BASE_RATE
    effect: float = CARD_EFFECT

    @property
    def expected_difference(self) -> float:
        """Expected difference between everyone who is sent a card and the hold-out.

        It is a little below the effect, since some cards come back.
        """
        return self.effect * (1 - RETURNED)

    def fate(self, ref: str) -> Fate:
        """Return the draws of a person."""
        return _fate(self.seed, ref)

    def files_alone(self, ref: str) -> bool:
        """Return whether somebody files by themselves."""
        return self.fate(ref).place < self.base_rate

    def moved_by_a_card(self, ref: str) -> bool:
        """Return whether somebody files only if a card arrives."""
        fate = self.fate(ref)
        return self.base_rate <= fate.place < self.base_rate + self.effect and not fate.comes_back

    def filed_on(self, ref: str, carded_on: date | None = None) -> date | None:
        """Return the day on which somebody files, if they do.

        Args:
            ref: the person.
            carded_on: the day on which a card to them went into the post; None without a card.
        """
        if self.files_alone(ref):
            return self.first_day + timedelta(days=self.fate(ref).files_after)
        if carded_on is not None and self.moved_by_a_card(ref):
            return self.answers_on(ref, carded_on)
        return None

    def answers_on(self, ref: str, carded_on: date) -> date:
        """Return the day on which somebody acts on a card that went into the post on a day."""
        return carded_on + timedelta(days=POST_DAYS + self.fate(ref).answers_after)


@lru_cache(maxsize=_KEPT)
def _fate(seed: int, ref: str) -> Fate:
    chance = Random(f"{seed}:fate:{ref}")
    return Fate(
        place=chance.random(),
        comes_back=chance.random() < RETURNED,
        files_after=_delay(chance),
        answers_after=_delay(chance),
    )


def _delay(chance: Random) -> int:
    """Draw whole days of the response curve, cut off after its 63 days."""
    days = LONGEST_DAYS + 1.0
    while days > LONGEST_DAYS:
        days = chance.lognormvariate(log(MEDIAN_DAYS), SIGMA)
    return int(days)
