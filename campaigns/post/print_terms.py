"""Terms agreed with the print shop that reconciling needs."""

from datetime import datetime, timedelta

from campaigns.post.discrepancies import Tolerance
from campaigns.post.piece_states import TrackedRun
from campaigns.touches.shop_days import next_day, takes_from
from channels.shops import Shop
from installation.installation import Installation
from store.clock import LOCAL, local_date
from suppression.days import ONE_DAY


def tolerance(installation: Installation) -> Tolerance:
    """Return the agreed tolerance of one run, or none if no print shop is configured."""
    if installation.shop is None:
        return Tolerance()
    return Tolerance(installation.shop.tolerance.pieces, installation.shop.tolerance.per_mille)


def pull_until(installation: Installation, run: TrackedRun) -> datetime | None:
    """Return until when a piece of a run can be pulled, or None if no print shop is configured."""
    if installation.shop is None:
        return None
    posting = posting_moment(installation.shop, run.handed_over_at or run.made_at)
    return posting - timedelta(hours=installation.shop.pull.hours_before_posting)


def posting_moment(shop: Shop, handed_over_at: datetime) -> datetime:
    """Return the earliest posting time of what was handed over at a moment.

    That is the cut-off of the working day after its own.

    What comes after the cut-off, or on a day on which the shop is closed, is the work of its next open day.
    """
    taken = local_date(takes_from(shop, handed_over_at))
    return datetime.combine(next_day(shop, taken + ONE_DAY), shop.calendar.cut_off, LOCAL)
