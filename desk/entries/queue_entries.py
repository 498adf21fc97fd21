"""Entries in the queue of a phone line, and how they are added."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from store.clock import local_date
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.states import CallKind, CallState
from store.tables import Call, Campaign, Person, PhoneLine

ANY_SKILL = "any"  # trained for nothing in particular
QUIET = timedelta(hours=1)
"""The lease of an entry when the agent's console sends no heartbeats, which covers a long conversation."""
AT_ONCE = 10_000  # keys in one question; SQLite takes no more than 32,766
TURN = timedelta(minutes=15)
"""What one promised conversation takes, its note included. An assumption of ours."""
NOBODY_WAITS = 1  # the rank of what a campaign asks: behind everybody who waits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """An entry to be added to a queue, with what is known of its subject.

    `skill` and `language` are taken from the campaign and the person where they are not given.
    """

    line_id: int
    reply_id: int | None
    received_at: datetime
    campaign_id: int | None = None
    touch_id: int | None = None
    person_id: int | None = None
    number: str | None = None  # E.164: to call back on
    # the window of work for an appointment. A promise to call is made by desk.entries.promises
    promised_from: datetime | None = None
    promised_until: datetime | None = None
    kind: CallKind = CallKind.CALL
    entry_key: str | None = None  # the same key enters once
    skill: str | None = None
    language: str | None = None


def enter(connection: Connection, calls: Sequence[NewCall]) -> int:
    """Add entries to their lines' queues. A reply that is in a queue already is not added again.

    Return how many are new.
    """
    known = _Known.read(connection, calls)
    return len(add_new(connection, Call, [_row(call, known) for call in calls], Call.id))


@dataclass(frozen=True, slots=True)
class _Known:
    """Stored facts about the campaigns and people of new entries."""

    skills: Mapping[int, str]  # by campaign
    languages: Mapping[int, str]  # by person
    agents: Mapping[int, str]  # who spoke to a person last

    @classmethod
    def read(cls, connection: Connection, calls: Sequence[NewCall]) -> "_Known":
        campaigns = {call.campaign_id for call in calls if call.campaign_id}
        people = {call.person_id for call in calls if call.person_id}
        return cls(
            _pairs(connection, select(Campaign.id, skill_of_campaign()), Campaign.id, campaigns),
            _pairs(connection, select(Person.id, Person.language), Person.id, people),
            _pairs(connection, last_agents(), Call.person_id, people),
        )


def skill_of_campaign() -> ColumnElement[str]:
    """Return the column of the skill that agents of a campaign need."""
    return func.coalesce(Campaign.spec["phone_line"]["skill"].as_string(), ANY_SKILL)


def last_agents() -> Select[int | None, str | None]:
    """Return a query of people and the agents who spoke to them, the latest last."""
    spoke = (
        Call.state == CallState.WRAPPED_UP,
        Call.person_id.is_not(None),
        Call.taken_by.is_not(None),
    )
    return select(Call.person_id, Call.taken_by).where(*spoke).order_by(Call.wrapped_up_at, Call.id)


def _pairs(
    connection: Connection,
    query: Select[int, str] | Select[int | None, str | None],
    key: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    among: Collection[int],
) -> dict[int, str]:
    keys = sorted(among)
    parts = (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
    return {
        each: value
        for part in parts
        for each, value in connection.execute(query.where(key.in_(part)))
        if each is not None and value is not None
    }


def latest_start(begins: datetime | None, ends: datetime | None) -> datetime | None:
    """Return when work for a window must be taken at the latest, where no turn was reserved for it."""
    if begins is None or ends is None:
        return begins
    return max(begins, ends - TURN)


def _row(call: NewCall, known: _Known) -> dict[str, Any]:
    skill = known.skills.get(call.campaign_id or 0, ANY_SKILL) if call.skill is None else call.skill
    return {
        **asdict(call),
        "state": CallState.WAITING,
        "note": "",
        "start_by": latest_start(call.promised_from, call.promised_until),
        "rank": NOBODY_WAITS if call.kind is CallKind.OUTBOUND else 0,
        "skill": skill,
        "language": call.language or known.languages.get(call.person_id or 0) or None,
        "prefers": known.agents.get(call.person_id or 0),
    }


@dataclass(frozen=True, slots=True)
class Lines:
    """The phone lines and the campaigns that print them."""

    by_number: Mapping[str, int]
    by_campaign: Mapping[
        int, tuple[int, date]
    ]  # the line, and the last day on which it is open for this campaign

    @classmethod
    def read(cls, connection: Connection) -> "Lines":
        """Read every line and the campaigns that printed it."""
        numbers = connection.execute(select(PhoneLine.number, PhoneLine.id))
        campaigns = connection.execute(
            select(Campaign.id, Campaign.line_id, Campaign.line_open_until)
        )
        by_campaign = {row.id: (row.line_id, row.line_open_until) for row in campaigns}
        return cls({row.number: row.id for row in numbers}, by_campaign)

    def by_its_number(self, e164: str) -> int:
        """Return the line with this number.

        Raises:
            BadInput: there is no such line.
        """
        if e164 not in self.by_number:
            known = (
                ", ".join(sorted(self.by_number))
                or "none yet: a campaign's submission makes its line"
            )
            raise BadInput(
                Sentence("{e164} is not one of our lines", e164=e164),
                Sentence("lines: {known}", known=known),
                field="line",
            )
        return self.by_number[e164]

    def line_for(
        self, campaign_id: int | None, received_at: datetime, named: int | None = None
    ) -> int | None:
        """Return the line whose queue a reply enters, or None where no line is open for it.

        A campaign's line stays open until its last day, also when the campaign has stopped, because people call
        after months. A reply that names its line enters that one. A reply that nobody could match enters the only
        line, if there is one only.
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
        BadInput: there is no such line.
    """
    return Lines.read(connection).by_its_number(e164)
