"""Simulated replies of citizens to a card, and the returns that they file.

Everything here is made up. When somebody acts, and whether they file, the world says (`demo.world`); whether
they call first is an assumption, chosen so that about 15 of a hundred people with a card call.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from demo.world import World
from store.clock import LOCAL

MOVED_CALL, ALONE_CALL, OTHERS_CALL = 0.8, 0.4, 0.09
"""Share of callers among those whom the card moves, who file by themselves, and who do not file."""
ASKS_ONLINE = 0.3
"""Share of them who use the page behind the QR code, where the card has one."""
BOOKS = 0.6
"""Share of these who make an appointment there; the others ask to be called."""
COMES_BY = 0.1
"""Share of those who act on a card who come to the counter and do not call."""
CALLS_AGAIN, OBJECTS = 0.12, 0.06
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
    books: bool = False  # on the page behind the QR code: an appointment, not a call

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


def replies_to(card: Card, world: World, *, online: bool = False) -> tuple[Reply, ...]:
    """Return the replies to one card, the same for one person under one seed.

    Args:
        card: the card.
        world: says who acts on it, and when.
        online: whether the card has a QR code, so that some ask on the page behind it.
    """
    ref, chance = card.person_ref, Random(f"{world.seed}:reply:{card.person_ref}")
    if world.fate(ref).comes_back:
        at = _office_hour(card.posted_on + timedelta(days=chance.randint(5, 14)), chance)
        why = chance.choice(("moved", "unknown", "moved"))
        return (Reply(at=at, kind="returned", code=card.code, reason=why),)
    acts = world.answers_on(ref, card.posted_on)
    filed = world.filed_on(ref, card.posted_on)
    if filed is not None and filed < acts:
        return ()  # there is nothing left to call about
    moved = world.moved_by_a_card(ref)
    share = MOVED_CALL if moved else OTHERS_CALL if filed is None else ALONE_CALL
    fate = chance.random()
    if fate >= share:
        return ()
    at = _office_hour(acts, chance)
    if fate < share * COMES_BY:
        return (Reply(at=at, kind="counter", code=card.code),)
    if online and chance.random() < ASKS_ONLINE:
        return (Reply(at=at, kind="web", code=card.code, books=chance.random() < BOOKS),)
    objects = filed is None and chance.random() < OBJECTS
    first = Reply(at=at, kind="called", code=card.code, objects=objects)
    if objects or chance.random() >= CALLS_AGAIN:
        return (first,)
    again = _office_hour(first.at.date() + timedelta(days=chance.randint(3, 21)), chance)
    return first, Reply(at=again, kind="called", code=card.code)


def _office_hour(day: date, chance: Random) -> datetime:
    while day.isoweekday() > 5:  # noqa: PLR2004  Saturday and Sunday
        day += timedelta(days=1)
    minute = chance.randrange((CLOSES - OPENS) * 60)
    return datetime.combine(day, time(OPENS + minute // 60, minute % 60), LOCAL)


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A return that is still to be filed."""

    person_ref: str
    year: int


def filings(
    returns: Iterable[OpenReturn], carded: Mapping[str, date], world: World, *, until: date
) -> Iterator[tuple[OpenReturn, date]]:
    """Yield the returns that are filed before a day, with the day of each.

    Args:
        returns: those of everybody, whatever a campaign made of them.
        carded: the day on which somebody's card went into the post, by person.
        world: says who files, and when.
        until: the first day that is not counted.
    """
    for each in returns:
        filed = world.filed_on(each.person_ref, carded.get(each.person_ref))
        if filed is not None and filed < until:
            yield each, filed


def write_rows(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
