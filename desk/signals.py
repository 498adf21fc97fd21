"""What goes wrong structurally, as agents hear it: reported, merged with its doubles, decided, told back."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from store.engine import Store
from store.errors import BadInput
from store.tables import Signal

AFFECTED = ("citizens", "entrepreneurs", "intermediaries")
DECISIONS = ("solve", "explain", "elsewhere", "not_taken_up")


@dataclass(frozen=True, slots=True)
class NewSignal:
    """What goes wrong, for whom, and why as far as is known."""

    kind: str  # its class
    affected: str
    what: str
    cause: str
    owner: str  # who is asked to decide

    def __post_init__(self) -> None:
        for each in fields(self):
            if not getattr(self, each.name).strip():
                raise BadInput("is empty", "write it down, or that nobody knows", field=each.name)
        if self.affected not in AFFECTED:
            raise BadInput(f"{self.affected!r} is no group", f"write {', '.join(AFFECTED)}", field="affected")


def report(store: Store, signal: NewSignal, *, by: str, now: datetime) -> int:
    """Report a signal; return its key."""
    row = {**asdict(signal), "reported_at": now, "reported_by": by}
    with store.writing() as connection:
        return int(connection.execute(insert(Signal).values(**row).returning(Signal.id)).scalar_one())


def merge(store: Store, double: int, into: int) -> None:
    """Say that a signal is the same as another: what is decided of that one goes for both.

    Raises:
        BadInput: one of them is not open, or they are one already.
    """
    with store.writing() as connection:
        if double == into or not _open(connection, into):
            raise BadInput("is no open signal to join", "name the one that stays", field=f"signal {into}")
        joined = (Signal.id == double, Signal.decided_at.is_(None), Signal.merged_into.is_(None))
        if not connection.execute(update(Signal).where(*joined).values(merged_into=into)).rowcount:
            raise BadInput("is not open", "it was decided or merged", field=f"signal {double}")
        # doubles of a double are doubles of the one that stays
        connection.execute(update(Signal).where(Signal.merged_into == double).values(merged_into=into))


def wait_for(store: Store, signal_id: int, what: str) -> None:
    """Note that a decision waits for a law, a system or somebody else; its age goes on.

    Raises:
        BadInput: the signal is not open.
    """
    with store.writing() as connection:
        if not _open(connection, signal_id):
            raise BadInput("is not open", "it was decided or merged", field=f"signal {signal_id}")
        connection.execute(update(Signal).where(Signal.id == signal_id).values(waits_for=what))


def decide(store: Store, signal_id: int, decision: str, *, why: str, by: str, now: datetime) -> list[str]:
    """Decide about a signal and all its doubles, with the reason; return who reported them and must hear of it.

    Raises:
        BadInput: it is no decision, there is no reason, or the signal is not open.
    """
    if decision not in DECISIONS:
        raise BadInput(f"{decision!r} is no decision", f"write {', '.join(DECISIONS)}", field="decision")
    if not why.strip():
        raise BadInput("nobody said why", "write the reason, it is told to who reported it", field="why")
    values = {"decided_at": now, "decided_by": by, "decision": decision, "decision_why": why.strip()}
    with store.writing() as connection:
        if not _open(connection, signal_id):
            raise BadInput("is not open", "it was decided or merged", field=f"signal {signal_id}")
        all_of_it = or_(Signal.id == signal_id, Signal.merged_into == signal_id)
        told = connection.execute(update(Signal).where(all_of_it).values(values).returning(Signal.reported_by))
        return sorted(set(told.scalars()))


def untold(store: Store, reporter: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return what was decided of this colleague's signals and they have not seen yet; from now on they have."""
    mine = (Signal.reported_by == reporter, Signal.decided_at.is_not(None), Signal.told_at.is_(None))
    with store.writing() as connection:
        columns = (Signal.id, Signal.what, Signal.decision, Signal.decision_why)
        told = connection.execute(update(Signal).where(*mine).values(told_at=now).returning(*columns))
        return sorted((dict(row._mapping) for row in told), key=lambda row: row["id"])  # noqa: SLF001  SQLAlchemy's own name


def _open(connection: Connection, signal_id: int) -> bool:
    still = (Signal.id == signal_id, Signal.decided_at.is_(None), Signal.merged_into.is_(None))
    return connection.execute(select(Signal.id).where(*still)).first() is not None
