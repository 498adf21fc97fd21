"""Simulated replies of citizens to a card.

Everything here is made up, and the delays follow a published curve. The delay is a lognormal fitted
to a published 63-day direct-mail series (median 8.3 days, sigma 0.9156; half of the replies by day
9, 95 % by day 35), after two days in the post. It is American and commercial, so it is a prior and
no forecast. The shares below are assumptions, chosen so that about a third of those who got a card
file, as in 2023.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import log
from pathlib import Path
from random import Random

from store.clock import LOCAL

MEDIAN_DAYS, SIGMA = 8.3147, 0.9156
LONGEST_DAYS = 63
POST_DAYS = 2
RETURNED = 0.045
"""Address errors in the municipal registers ran at 4 to 5 %."""
CALLS, COMES_BY = 0.15, 0.01
CALLS_AGAIN, OBJECTS = 0.12, 0.03
FILES_AFTER_CALL, FILES_WITH_CARD, FILES_WITHOUT = 0.82, 0.26, 0.22
OPENS, CLOSES = 9, 17

REPLY_COLUMNS = (
    "received_at",
    "kind",
    "response_code",
    "number",
    "person_ref",
    "text",
    "reason",
    "objects",
)
OUTCOME_COLUMNS = ("person_ref", "kind", "happened_on", "reference")


@dataclass(frozen=True, slots=True)
class Card:
    """A card that was handed over."""

    person_ref: str
    code: str
    posted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A simulated reply."""

    at: datetime
    kind: str
    code: str
    reason: str = ""
    text: str = ""
    objects: bool = False

    def row(self) -> tuple[str, ...]:
        """Return the reply as a row of `REPLY_COLUMNS`."""
        moment = self.at.isoformat(timespec="minutes")
        return (
            moment,
            self.kind,
            self.code,
            "",
            "",
            self.text,
            self.reason,
            "yes" if self.objects else "",
        )


def replies_to(card: Card, seed: int) -> tuple[Reply, ...]:
    """Return the replies to one card, the same for one person under one seed."""
    chance = Random(f"{seed}:reply:{card.person_ref}")
    fate = chance.random()
    if fate < RETURNED:
        at = _office_hour(card.posted_on + timedelta(days=chance.randint(5, 14)), chance)
        return (
            Reply(
                at=at,
                kind="returned",
                code=card.code,
                reason=chance.choice(("moved", "unknown", "moved")),
            ),
        )
    fate -= RETURNED
    if fate < COMES_BY:
        return (Reply(at=_moment(card, chance), kind="counter", code=card.code),)
    if fate >= COMES_BY + CALLS:
        return ()
    first = Reply(
        at=_moment(card, chance), kind="called", code=card.code, objects=chance.random() < OBJECTS
    )
    if first.objects or chance.random() >= CALLS_AGAIN:
        return (first,)
    again = _office_hour(first.at.date() + timedelta(days=chance.randint(3, 21)), chance)
    return first, Reply(at=again, kind="called", code=card.code)


def _moment(card: Card, chance: Random) -> datetime:
    delay = LONGEST_DAYS + 1.0
    while delay > LONGEST_DAYS:
        delay = chance.lognormvariate(log(MEDIAN_DAYS), SIGMA)
    return _office_hour(card.posted_on + timedelta(days=POST_DAYS + int(delay)), chance)


def _office_hour(day: date, chance: Random) -> datetime:
    while day.isoweekday() > 5:  # noqa: PLR2004  Saturday and Sunday
        day += timedelta(days=1)
    minute = chance.randrange((CLOSES - OPENS) * 60)
    return datetime.combine(day, time(OPENS + minute // 60, minute % 60), LOCAL)


def outcomes_of(
    reached: Iterable[Card],
    held_out: Iterable[str],
    *,
    callers: frozenset[str],
    start: date,
    seed: int,
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the returns that are filed afterwards, as rows of `OUTCOME_COLUMNS`."""
    for card in reached:
        share = FILES_AFTER_CALL if card.person_ref in callers else FILES_WITH_CARD
        yield from _files(card.person_ref, card.posted_on, share, seed)
    for ref in held_out:
        yield from _files(ref, start, FILES_WITHOUT, seed)


def _files(ref: str, since: date, share: float, seed: int) -> Iterator[tuple[str, str, str, str]]:
    chance = Random(f"{seed}:outcome:{ref}")
    if chance.random() < share:
        yield (
            ref,
            "filed",
            (since + timedelta(days=chance.randint(7, 80))).isoformat(),
            f"return-2022-{ref}",
        )


def write_rows(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
