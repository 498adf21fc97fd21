"""What was agreed on with the print shop, as far as reconciling needs it."""

from datetime import datetime, timedelta

from campaigns.post.discrepancies import Tolerance
from campaigns.post.piece_states import TrackedRun
from campaigns.touches.shop_days import next_day, takes_from
from channels.shops import Shop
from installation.installation import Installation
from store.clock import LOCAL, local_date
from suppression.days import ONE_DAY


def tolerance(installation: Installation) -> Tolerance:
    """Return how much may differ in one run; nothing, where no print shop is named."""
    if installation.shop is None:
        return Tolerance()
    return Tolerance(installation.shop.tolerance.pieces, installation.shop.tolerance.per_mille)


def pull_until(installation: Installation, run: TrackedRun) -> datetime | None:
    """Return until when a piece of a run can be pulled; None where no print shop is named."""
    if installation.shop is None:
        return None
    posting = posting_moment(installation.shop, run.handed_over_at or run.made_at)
    return posting - timedelta(hours=installation.shop.pull.hours_before_posting)


def posting_moment(shop: Shop, handed_over_at: datetime) -> datetime:
    """Return when what was handed over then is posted at the earliest: at the cut-off of the day after its own.

    What comes after the cut-off, or on a day on which the shop is closed, is the work of its next open day.
    """
    taken = local_date(takes_from(shop, handed_over_at))
    return datetime.combine(next_day(shop, taken + ONE_DAY), shop.calendar.cut_off, LOCAL)
