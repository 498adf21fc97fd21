"""What a call in the queue is, and how one comes to be there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from store.adding import add_new
from store.clock import local_date
from store.errors import BadInput
from store.states import CallState
from store.tables import Call, Campaign, PhoneLine


@dataclass(frozen=True, slots=True)
class NewCall:
    """Somebody to talk to: where the reply came from, and, as far as is known, about what."""

    line_id: int
    reply_id: int | None
    received_at: datetime
    campaign_id: int | None = None
    touch_id: int | None = None
    person_id: int | None = None
    number: str | None = None  # E.164: to call back on
    promised_from: datetime | None = None  # the window in which we said we would call
    promised_until: datetime | None = None


def enter(connection: Connection, calls: Sequence[NewCall]) -> int:
    """Put calls in their lines' queues; a reply that is in a queue already stays the one call it is."""
    rows = [{**asdict(call), "state": CallState.WAITING, "note": ""} for call in calls]
    return len(add_new(connection, Call, rows, Call.id))


@dataclass(frozen=True, slots=True)
class Lines:
    """The phone lines as they stand while replies come in."""

    by_number: Mapping[str, int]
    by_campaign: Mapping[int, tuple[int, date]]  # the line, and the last day on which it is open for this campaign

    @classmethod
    def read(cls, connection: Connection) -> "Lines":
        """Read every line and which campaigns printed it."""
        numbers = connection.execute(select(PhoneLine.number, PhoneLine.id))
        campaigns = connection.execute(select(Campaign.id, Campaign.line_id, Campaign.line_open_until))
        by_campaign = {row.id: (row.line_id, row.line_open_until) for row in campaigns}
        return cls({row.number: row.id for row in numbers}, by_campaign)

    def by_its_number(self, e164: str) -> int:
        """Return the line with this number.

        Raises:
            BadInput: there is none.
        """
        if e164 not in self.by_number:
            known = ", ".join(sorted(self.by_number)) or "none yet: a campaign's submission makes its line"
            raise BadInput(f"{e164} is no line of ours", f"lines: {known}", field="line")
        return self.by_number[e164]

    def line_for(self, campaign_id: int | None, received_at: datetime, named: int | None = None) -> int | None:
        """Return the line whose queue a reply enters; None where no line is open for it.

        A campaign's line stays open until its last day, whatever became of the campaign: people call after months. A
        reply that names its line, or that nobody could match where there is one line only, enters that one.
        """
        if named is not None:
            return named
        if campaign_id is not None:
            line_id, open_until = self.by_campaign[campaign_id]
            return line_id if local_date(received_at) <= open_until else None
        return next(iter(self.by_number.values())) if len(self.by_number) == 1 else None


def line_id_of(connection: Connection, e164: str) -> int:
    """Return the key of the line with this number.

    Raises:
        BadInput: there is none.
    """
    return Lines.read(connection).by_its_number(e164)
