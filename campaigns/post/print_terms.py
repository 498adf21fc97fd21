"""Terms agreed with the print shop that reconciling needs."""

from datetime import datetime, timedelta

from campaigns.post.discrepancies import Tolerance
from campaigns.post.piece_states import TrackedRun
from campaigns.touches.shop_days import posting_moment
from installation.installation import Installation


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
