"""Alerts from delivery reports about all texts (wrong settings, spam filters)."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from campaigns.touches.closed_numbers import Unreached
from channels.sms.error_codes import Fault, meaning
from store.tables import ProviderEvent

ALERTS = logging.getLogger("kaartje.sms")
SPAM = "30007"
LEAST, TIMES = 5, 3
"""The alert limits (blocked texts within an hour, and the factor over an average hour of the day before)."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def alarm(connection: Connection, failed: Sequence[Unreached], *, now: datetime) -> None:
    """Log an alert for each error code of these texts, and where spam filters begin to block them."""
    codes = {each.code: each for each in failed}
    for code, each in sorted(codes.items()):
        explanation = meaning(int(code) if code.isdigit() else None)
        match each.fault:
            case Fault.CONFIG:
                ALERTS.critical(
                    "texts do not arrive: %s (%s); correct the settings or the account",
                    explanation,
                    code,
                )
            case Fault.CONTENT if code != SPAM:
                ALERTS.error(
                    "a text cannot be delivered as it is: %s (%s); change its words",
                    explanation,
                    code,
                )
    if SPAM in codes:
        _look_at_spam(connection, sum(each.code == SPAM for each in failed), now)


def _look_at_spam(connection: Connection, new: int, now: datetime) -> None:
    """Alert once, at the text with which the rate passes the limit."""
    hour = _count(connection, now - _HOUR, now)
    limit = max(LEAST, TIMES * _count(connection, now - _DAY, now - _HOUR) / 23)
    if hour >= limit > hour - new:
        ALERTS.critical(
            "networks block our texts as spam: %d in an hour (%s); pause the campaign and change its words",
            hour,
            SPAM,
        )


def _count(connection: Connection, since: datetime, until: datetime) -> float:
    query = select(func.count()).where(
        ProviderEvent.error_code == SPAM,
        ProviderEvent.received_at > since,
        ProviderEvent.received_at <= until,
    )
    return float(connection.execute(query).scalar_one())
