"""Opening hours of a phone line, as printed, within the installation's contact hours.

Printed hours that are not clearly written are not guessed. Then the contact hours decide.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from campaigns.touches.postponing import WEEK
from campaigns.touches.printed_hours import opening
from store.tables import Campaign, PhoneLine
from suppression.contact_hours import Hours, Span

__all__ = ["calling_hours", "hours_of_line", "opening"]

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def hours_of_line(connection: Connection, line_id: int, policy: Hours, *, today: date) -> Hours:
    """Return when a line is open, by its printed hours and its campaigns' open days.

    Everybody who says when the line is open, or when it calls, asks here.
    """
    days = _open_days(connection, line_id, today)
    words = connection.execute(
        select(PhoneLine.hours).where(PhoneLine.id == line_id)
    ).scalar_one_or_none()
    printed = opening(words or "", days, policy)
    return calling_hours(printed or (_on_days(days, policy) if days else None), policy)


def _open_days(connection: Connection, line_id: int, today: date) -> tuple[str, ...]:
    """Return the weekdays its campaigns name. Empty as soon as one of them names none."""
    mine = (Campaign.line_id == line_id, Campaign.line_open_until >= today)
    named: set[str] = set()
    for printed in connection.execute(select(Campaign.spec["phone_line"]).where(*mine)).scalars():
        days = (printed or {}).get("open_days") or ()
        if not days:
            return ()
        named |= set(days)
    return tuple(sorted(named, key=WEEK.index))


def _on_days(days: Sequence[str], policy: Hours) -> Hours | None:
    week = {
        name: span if name in days else None
        for name, span in zip(_NAMES, policy.week, strict=False)
    }
    return policy.model_copy(update=week) if any(week.values()) else None


def calling_hours(opens: Hours | None, policy: Hours) -> Hours:
    """Return the call-back hours of a line, within both its own and the legal calling hours."""
    if opens is None:
        return policy
    pairs = zip(_NAMES, opens.week, policy.week, strict=False)  # Sundays are closed in both
    week = {name: _both(one, other) for name, one, other in pairs}
    if not any(week.values()):
        return policy
    return Hours(**week, early_ends=policy.early_ends, closed_days=policy.closed_days)


def _both(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None:
        return None
    opens, closes = max(one.opens, other.opens), min(one.closes, other.closes)
    return Span(opens=opens, closes=closes) if opens < closes else None
