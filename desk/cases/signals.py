"""Signals of structural problems, from report to decision.

A signal never ends by itself. Its age goes on while it waits for a law, a system or somebody else, and one that
stays undecided too long is decided above its owner. Its reporter sees every change.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from desk.entries.care_policy import agreements
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_all
from store.sentences import Sentence
from store.tables import Signal

AFFECTED = ("citizens", "entrepreneurs", "intermediaries")
DECISIONS = ("solve", "explain", "elsewhere", "not_taken_up")
WAITS_FOR = ("law", "systems", "third_party")
OPEN, WAITS, MERGED, DECIDED = "open", "waits", "merged", "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignal:
    """A signal to be reported."""

    kind: str  # its class
    affected: str
    what: str
    cause: str
    owner: str  # who is asked to decide
    impact: str = "not known yet"  # what it does to whom it touches

    def __post_init__(self) -> None:
        for each in fields(self):
            if not getattr(self, each.name).strip():
                raise BadInput("is empty", "write it down, or that nobody knows", field=each.name)
        if self.affected not in AFFECTED:
            raise BadInput(
                Sentence("{seen!r} is not a known group", seen=self.affected),
                Sentence("write {known}", known=", ".join(AFFECTED)),
                field="affected",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One signal, as the register shows it."""

    id: int
    kind: str
    affected: str
    what: str
    cause: str
    impact: str
    owner: str
    reported_at: datetime
    reported_by: str
    merged_into: int | None
    waits_for: str | None
    remind_on: date | None
    escalated_at: datetime | None
    escalated_to: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision: str | None
    decision_why: str | None
    days: int = 0  # from the report to the decision, or to now

    @property
    def status(self) -> str:
        """The status (open, waits, merged or decided)."""
        if self.decided_at:
            return DECIDED
        return MERGED if self.merged_into else WAITS if self.waits_for else OPEN

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "status": self.status}


def report(store: Store, signal: NewSignal, *, by: str, now: datetime) -> int:
    """Report a signal. Return its key."""
    row = {**asdict(signal), "reported_at": now, "reported_by": by}
    with store.writing() as connection:
        return int(
            connection.execute(insert(Signal).values(**row).returning(Signal.id)).scalar_one()
        )


def register(
    store: Store, *, now: datetime, open_only: bool = True, owner: str | None = None
) -> list[Registered]:
    """Return the signals, the oldest first."""
    with store.reading() as connection:
        rows = read_all(connection, select(Signal).order_by(Signal.reported_at, Signal.id))
    found = [_registered(row, now) for row in rows]
    return [
        each
        for each in found
        if (not open_only or each.status in {OPEN, WAITS})
        and owner in {None, each.owner, each.escalated_to}
    ]


def merge(store: Store, double: int, into: int, *, by: Decider, now: datetime) -> None:
    """Merge a signal into another. The decision about that one applies to both.

    Raises:
        BadInput: one of them is not open, or they are the same.
    """
    with store.writing() as connection:
        connection.execute(
            select(Signal.id)
            .where(Signal.id.in_((double, into)))
            .order_by(Signal.id)
            .with_for_update()
        )
        if double == into or not _open(connection, into):
            raise BadInput(
                "is not an open signal",
                "name the one that stays",
                field=Sentence("signal {into}", into=into),
            )
        joined = (Signal.id == double, Signal.decided_at.is_(None), Signal.merged_into.is_(None))
        changed = {"merged_into": into, "changed_at": now}
        if not connection.execute(update(Signal).where(*joined).values(changed)).rowcount:
            raise BadInput(
                "is not open",
                "it was decided or merged",
                field=Sentence("signal {double}", double=double),
            )
        # doubles of a double are doubles of the one that stays
        connection.execute(update(Signal).where(Signal.merged_into == double).values(changed))
        record(connection, by, "signal merge", About(Kind.SIGNAL, double), now=now, into=into)


def wait_for(
    store: Store,
    signal_id: int,
    obstacle: str,
    *,
    by: Decider,
    now: datetime,
    remind_on: date | None = None,
) -> None:
    """Record that a decision waits for a law, a system or a third party. Its age goes on.

    Args:
        store: the store.
        signal_id: the signal.
        obstacle: law, systems or third_party.
        by: who says so.
        now: the present moment.
        remind_on: when its owner looks again, by default four weeks from now.

    Raises:
        BadInput: the obstacle is not known, the day has passed, or the signal is not open.
    """
    if obstacle not in WAITS_FOR:
        raise BadInput(
            Sentence("{seen!r} is not a known obstacle", seen=obstacle),
            Sentence("write {known}", known=", ".join(WAITS_FOR)),
            field="what",
        )
    look = remind_on or local_date(now) + timedelta(weeks=4)
    if look <= local_date(now):
        raise BadInput(
            Sentence("{look} is not a later day", look=look), "name a later day", field="remind_on"
        )
    with store.writing() as connection:
        _change(connection, signal_id, now, waits_for=obstacle, remind_on=look)
        record(
            connection,
            by,
            "signal wait",
            About(Kind.SIGNAL, signal_id),
            now=now,
            waits_for=obstacle,
            until=str(look),
        )


def escalate(store: Store, signal_id: int, to_whom: str, *, by: Decider, now: datetime) -> None:
    """Escalate an undecided signal to `to_whom`, above its owner. Its age goes on.

    Raises:
        BadInput: no name is given, or the signal is not open.
    """
    if not to_whom.strip():
        raise BadInput("no name is given", "write who decides now", field="to_whom")
    with store.writing() as connection:
        _change(connection, signal_id, now, escalated_at=now, escalated_to=to_whom.strip())
        record(
            connection,
            by,
            "signal escalate",
            About(Kind.SIGNAL, signal_id),
            now=now,
            to=to_whom.strip(),
        )


def too_old(found: Iterable[Registered]) -> list[Registered]:
    """Return the open signals that should be escalated and are not yet."""
    limit = agreements().signals.escalate_after
    return [
        each
        for each in found
        if each.status in {OPEN, WAITS} and each.days >= limit and not each.escalated_at
    ]


def decide(
    store: Store, signal_id: int, decision: str, *, why: str, by: str, now: datetime
) -> list[str]:
    """Decide a signal and its duplicates, with a reason. Return the reporters to be informed.

    Raises:
        BadInput: it is not a decision, there is no reason, or the signal is not open.
    """
    if decision not in DECISIONS:
        raise BadInput(
            Sentence("{seen!r} is not a decision", seen=decision),
            Sentence("write {known}", known=", ".join(DECISIONS)),
            field="decision",
        )
    if not why.strip():
        raise BadInput(
            "the reason is missing",
            "write the reason, which is sent to the colleagues who reported it",
            field="why",
        )
    values = {
        "decided_at": now,
        "decided_by": by,
        "decision": decision,
        "decision_why": why.strip(),
    }
    with store.writing() as connection:
        return _change(connection, signal_id, now, **values)


def unseen_changes(store: Store, reporter: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return this reporter's signals that changed since they last looked, and mark them as seen."""
    news = or_(Signal.shown_at.is_(None), Signal.shown_at < Signal.changed_at)
    mine = (Signal.reported_by == reporter, Signal.changed_at.is_not(None), news)
    with store.writing() as connection:
        changed = connection.execute(
            update(Signal).where(*mine).values(shown_at=now).returning(Signal.id)
        )
        ids = list(changed.scalars())
        rows = read_all(connection, select(Signal).where(Signal.id.in_(ids)).order_by(Signal.id))
    found = [_registered(row, now).as_data() for row in rows]
    return [{name: each[name] for name in _REPORTED_BACK} for each in found]


_REPORTED_BACK = (
    "id",
    "what",
    "status",
    "merged_into",
    "waits_for",
    "escalated_to",
    "decision",
    "decision_why",
)


def _change(connection: Connection, signal_id: int, now: datetime, **values: Any) -> list[str]:
    """Update an open signal and its duplicates. Return their reporters."""
    connection.execute(select(Signal.id).where(Signal.id == signal_id).with_for_update())
    if not _open(connection, signal_id):
        raise BadInput(
            "is not open",
            "it was decided or merged",
            field=Sentence("signal {signal_id}", signal_id=signal_id),
        )
    all_of_it = or_(Signal.id == signal_id, Signal.merged_into == signal_id)
    changing = (
        update(Signal)
        .where(all_of_it)
        .values(changed_at=now, **values)
        .returning(Signal.reported_by)
    )
    return sorted(set(connection.execute(changing).scalars()))


def _open(connection: Connection, signal_id: int) -> bool:
    still = (Signal.id == signal_id, Signal.decided_at.is_(None), Signal.merged_into.is_(None))
    return connection.execute(select(Signal.id).where(*still)).first() is not None


def _registered(row: Signal, now: datetime) -> Registered:
    columns = {
        each.name: getattr(row, each.name) for each in fields(Registered) if each.name != "days"
    }
    return Registered(**columns, days=((row.decided_at or now) - row.reported_at).days)
