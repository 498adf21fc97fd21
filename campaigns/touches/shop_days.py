"""Working days and daily capacity of the print shop.

A batch is claimed only on a day, and in a size, that the shop can take: so people are judged close to the printing.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, func, select

from channels import KINDS
from channels.port import PrintTerms
from channels.shops import WEEK, Shop
from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CampaignState, DeliveryState, TouchState
from store.tables import Campaign, Delivery, PrintRun, SeedAddress, Touch
from suppression.days import ONE_DAY, holiday

LOG = logging.getLogger("kaartje.post")
HORIZON = 3660
"""Days looked ahead: a country by post takes a while; what does not fit in ten years is a mistake."""
_NAME = 0x6B61_6172_746A_65
"""Key of the PostgreSQL advisory lock that serialises claims for post."""


def takes_work(shop: Shop, day: date) -> bool:
    """Return whether the shop takes work on a day."""
    calendar = shop.calendar
    return (
        WEEK[day.weekday()] not in calendar.closed
        and day not in calendar.closed_days
        and holiday(day) is None
    )


def next_day(shop: Shop, day: date) -> date:
    """Return the first day from `day` on, on which the shop takes work.

    Raises:
        BadInput: there is none within ten years.
    """
    for ahead in range(HORIZON):
        if takes_work(shop, candidate := day + timedelta(days=ahead)):
            return candidate
    raise BadInput(
        "takes no work within ten years", "leave days out of closed_days", field="calendar"
    )


def takes_from(shop: Shop, moment: datetime) -> datetime:
    """Return the first moment from `moment` on, at which the shop takes work."""
    today, clock = local_date(moment), moment.astimezone(LOCAL).time()
    if takes_work(shop, today) and clock < shop.calendar.cut_off:
        return moment
    return day_begins(next_day(shop, today + ONE_DAY))


def day_begins(day: date) -> datetime:
    """Return the first moment of a local day."""
    return datetime.combine(day, time(), LOCAL)


def capacity_left(connection: Connection, shop: Shop, now: datetime) -> int | None:
    """Return how many more citizens' pieces the shop takes today, or None without a limit.

    Claims for post follow one another from here until they are written, so that no two fill the same room.
    """
    if shop.calendar.daily_pieces is None:
        return None
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_NAME)))
    seeds = seeds_of_a_run(connection)
    try:
        most = most_of_a_day(shop, seeds) or 0
    except (
        BadInput
    ) as refused:  # a seed more, or a file that was changed: calls and texts go on meanwhile
        LOG.warning("no post goes: %s", refused)
        return 0
    return max(0, most - pieces_taken(connection, local_date(now), seeds))


def most_of_a_day(shop: Shop, seeds: int) -> int | None:
    """Return how many citizens' pieces one run of a day can have, or None without a limit.

    Raises:
        BadInput: the pieces for ourselves fill the day, so nothing would ever go.
    """
    most = shop.calendar.daily_pieces
    if most is not None and most <= seeds:
        problem = Sentence(
            "{name} takes {most:,} pieces a day, and every run carries {seeds:,} for ourselves",
            name=shop.name,
            most=most,
            seeds=seeds,
        )
        remedy = "raise daily_pieces, or stop seeds (kaartje post seed list)"
        raise BadInput(problem, remedy, field="calendar.daily_pieces")
    return None if most is None else most - seeds


def pieces_taken(connection: Connection, day: date, seeds: int) -> int:
    """Return how many pieces of a day the shop has or will have, seeds included."""
    pieces = func.coalesce(PrintRun.cards + PrintRun.seeds, Delivery.size + seeds)
    total = (
        select(func.coalesce(func.sum(pieces), 0))
        .select_from(Delivery)
        .outerjoin(PrintRun, PrintRun.delivery_id == Delivery.id)
        .where(
            Delivery.channel.in_(posted()),
            Delivery.state != DeliveryState.TAKEN_BACK,
            Delivery.opened_at >= day_begins(day),
            Delivery.opened_at < day_begins(day + ONE_DAY),
        )
    )
    return int(connection.execute(total).scalar_one())


def seeds_of_a_run(connection: Connection) -> int:
    """Return how many seed pieces every run carries."""
    return connection.execute(select(func.count()).where(SeedAddress.active)).scalar_one()


@dataclass(frozen=True, slots=True)
class Load:
    """Pieces to send on a day, or on the first allowed days after it."""

    day: date
    pieces: int
    goes: Callable[[date], bool]


Days = tuple[tuple[date, int], ...]


def spread(
    loads: Sequence[Load],
    capacity: int | None,
    used: Mapping[date, int] | None = None,
    *,
    smallest: int = 1,
) -> list[Days]:
    """Spread loads over days with a capacity. The earliest load gets the first room.

    Args:
        loads: what wants to go; the answer stands in the same order.
        capacity: pieces in a day; None where there is no end to it.
        used: how much of a day is taken already.
        smallest: pieces below which nothing goes on a day, unless they are the last.

    Raises:
        BadInput: something does not fit within ten years.
    """
    full = dict(used or {})
    found: list[Days] = [()] * len(loads)
    for at in sorted(range(len(loads)), key=lambda at: loads[at].day):
        found[at] = _spread(loads[at], capacity, full, smallest=smallest)
    return found


def _spread(load: Load, capacity: int | None, full: dict[date, int], *, smallest: int) -> Days:
    days, left = [], load.pieces
    for ahead in range(HORIZON):
        if not left:
            break
        day = load.day + timedelta(days=ahead)
        fits = left if capacity is None else min(left, max(0, capacity - full.get(day, 0)))
        if fits >= min(smallest, left) and load.goes(day):
            days.append((day, fits))
            full[day] = full.get(day, 0) + fits
            left -= fits
    if left:
        raise BadInput(
            Sentence("{left:,} pieces do not fit within ten years", left=left),
            "raise daily_pieces",
            field="calendar",
        )
    return tuple(days)


def planned_loads(connection: Connection, shop: Shop, today: date) -> list[Load]:
    """Return the loads of submitted campaigns."""
    alive = (
        CampaignState.SUBMITTED,
        CampaignState.APPROVED,
        CampaignState.RUNNING,
        CampaignState.PAUSED,
    )
    rows = connection.execute(
        select(Touch.not_before, func.count())
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .where(
            Touch.state == TouchState.PLANNED,
            Touch.channel.in_(posted()),
            Campaign.state.in_(alive),
        )
        .group_by(Touch.not_before)
    )
    return [
        Load(max(local_date(moment), today), count, lambda day: takes_work(shop, day))
        for moment, count in rows
    ]


def posted() -> tuple[str, ...]:
    """Return the kinds of the channels that go by post."""
    return tuple(kind for kind, channel in KINDS.items() if channel.reaches == "post")


def terms_of_run(shop: Shop, made_at: datetime) -> PrintTerms:
    """Return when and how a shop posts a run that was made at a moment."""
    return PrintTerms(
        post_by=posting_moment(shop, made_at), service=shop.service, contact=shop.contact
    )


def posting_moment(shop: Shop, handed_over_at: datetime) -> datetime:
    """Return the earliest posting time of what was handed over at a moment.

    That is the cut-off of the working day after its own.

    What comes after the cut-off, or on a day on which the shop is closed, is the work of its next open day.
    """
    taken = local_date(takes_from(shop, handed_over_at))
    return datetime.combine(next_day(shop, taken + ONE_DAY), shop.calendar.cut_off, LOCAL)
