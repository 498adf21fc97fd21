"""The 72 hours within which a breach of personal data is reported to the authority (GDPR, article 33)."""

from datetime import datetime, timedelta

BREACH = timedelta(hours=72)
"""From the moment that somebody noticed it, also at night, in weekends and on holidays."""


def report_by(noticed_at: datetime) -> datetime:
    """Return the moment by which a breach is reported, or known not to be one."""
    return noticed_at + BREACH
