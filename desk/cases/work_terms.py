"""Terms within which the desk does something, each counted in working days or as a law says.

Terms of our own count working days, so that a weekend or a holiday makes nothing late. A term of a law
counts as that law says, in one table with ours.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from store.clock import LOCAL, local_date, month_later
from suppression.days import add_working_days, is_working_day, next_working_day


@dataclass(frozen=True, slots=True)
class WorkTerm:
    """A term of our own, in working days."""

    days: int
    what: str

    def last_day(self, since: datetime, closed: Collection[date] = ()) -> date:
        """Return the last day of the term. One that begins on a day off begins on the next working day."""
        begins = next_working_day(local_date(since), closed)
        return add_working_days(begins, self.days, closed)

    def late_from(self, since: datetime, closed: Collection[date] = ()) -> datetime:
        """Return the moment from which it is late, which is the start of the day after the last one."""
        after = self.last_day(since, closed) + timedelta(days=1)
        return datetime.combine(after, time(), LOCAL).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class LawTerm:
    """A term of a law, in calendar months or weeks."""

    length: str
    what: str
    law: str


RECEIPT = WorkTerm(5, "another organisation confirms a referral")
DECISION = WorkTerm(20, "somebody decides about a signal or holds a case dialogue")
SILENCE = WorkTerm(20, "an open case has another conversation, or its owner looks at it")
READING = WorkTerm(4, "somebody reads a message that may be an objection, or asks how far one goes")
OBJECTION = LawTerm("one month", "an objection to being reached is answered", "GDPR, article 12(3)")
REQUEST = LawTerm(
    "one month", "a request of a citizen about their own data is answered", "GDPR, article 12(3)"
)
ASSESSMENT = LawTerm(
    "six weeks", "somebody objects to an assessment or a fine", "Algemene wet bestuursrecht 6:7"
)
TERMS: tuple[WorkTerm | LawTerm, ...] = (
    RECEIPT,
    DECISION,
    SILENCE,
    READING,
    OBJECTION,
    REQUEST,
    ASSESSMENT,
)
"""Every term of the desk. Those of other teams stand in `desk/entries/care.toml`, in working days too."""


def answer_by(received: datetime) -> datetime:
    """Return the last moment to answer an objection or a request, a calendar month after it came."""
    return month_later(received)


def working_day_before(at: datetime, closed: Collection[date] = ()) -> datetime:
    """Return the same hour of the last working day before a moment."""
    day = local_date(at) - timedelta(days=1)
    while not is_working_day(day, closed):
        day -= timedelta(days=1)
    return datetime.combine(day, at.astimezone(LOCAL).time(), LOCAL).astimezone(UTC)
