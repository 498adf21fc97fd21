"""Retention of campaign ledgers. Remove decisions whose period has ended.

The periods stand in `retention.toml` (`installation.retention_periods`). Touches stay, whatever the class: the caps of
later campaigns need them.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from installation.installation import Installation
from installation.retention_periods import Periods, periods_of
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CampaignState
from store.tables import Campaign, Decision, Removal

DECISIONS = "decisions"
"""What is removed, namely the decision about everyone the audience matched."""
CHUNK = (
    50_000  # rows of one transaction: killed between two, what was done is done and written down
)
_ENDED = (
    CampaignState.STOPPED,
    CampaignState.FINISHED,
    CampaignState.SENT_BACK,
    CampaignState.REPLACED,
)


class LedgerState(StrEnum):
    """The retention state of one campaign's ledger."""

    RUNNING = "running"  # the period begins when the campaign ends
    HELD = "held"
    NO_PERIOD = "no_period"
    KEPT = "kept"
    DUE = "due"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The retention state of one campaign's decisions."""

    campaign: str
    retention: str
    standing: LedgerState
    ended_at: datetime | None
    days: int | None
    due_at: datetime | None
    rows: int  # decisions that are there
    removed: int  # decisions that were removed
    removed_at: datetime | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LedgerRow:
    """The ledger of one campaign as the tables have it."""

    name: str
    state: CampaignState
    ended_at: datetime | None
    retention: str | None
    rows: int  # decisions that are there
    removed: int | None  # decisions that were removed; None: removal never began
    removed_at: datetime | None


def read_periods(installation: Installation) -> Periods:
    """Read the retention periods of this installation. Without a file nothing is ever removed.

    Raises:
        BadInput: the file cannot be read, has an unknown key or a wrong period, or the named file is not there.
    """
    return periods_of(installation.settings)


def ledgers(installation: Installation, *, now: datetime) -> list[Ledger]:
    """Return the retention state of every campaign, the oldest campaign first.

    Raises:
        BadInput: the file of periods is wrong, or names an unknown campaign.
    """
    periods = read_periods(installation)
    with installation.store.reading() as connection:
        return _ledgers(connection, periods, now)


def _ledgers(connection: Connection, periods: Periods, now: datetime) -> list[Ledger]:
    counts = (
        select(Decision.campaign_id, func.count().label("rows"))
        .group_by(Decision.campaign_id)
        .subquery()
    )
    query = (
        select(
            Campaign.name,
            Campaign.state,
            Campaign.ended_at,
            Campaign.spec["retention"].as_string().label("retention"),
            func.coalesce(counts.c.rows, 0).label("rows"),
            Removal.rows.label("removed"),
            Removal.removed_at,
        )
        .outerjoin(counts, counts.c.campaign_id == Campaign.id)
        .outerjoin(Removal, and_(Removal.campaign_id == Campaign.id, Removal.what == DECISIONS))
        .order_by(Campaign.id)
    )
    ledgers_found = [_LedgerRow(**row._asdict()) for row in connection.execute(query)]
    _hold_is_known(periods, {ledger.name for ledger in ledgers_found})
    return [_as_ledger(ledger, periods, now) for ledger in ledgers_found]


def _hold_is_known(periods: Periods, names: set[str]) -> None:
    unknown = sorted(periods.legal_hold - names)
    if unknown:
        # a name spelled wrong would hold back nothing, in silence
        problem = Sentence("there is no campaign {unknown!r} to hold back", unknown=unknown[0])
        raise BadInput(
            problem,
            "look at its name: kaartje campaign list",
            file=str(periods.file),
            field="legal_hold",
        )


def _as_ledger(ledger: _LedgerRow, periods: Periods, now: datetime) -> Ledger:
    days = periods.days.get(ledger.retention or "")
    ended = ledger.ended_at if ledger.state in _ENDED else None
    due = ended + timedelta(days=days) if ended is not None and days is not None else None
    return Ledger(
        campaign=ledger.name,
        retention=ledger.retention or "",
        standing=_state_of(ledger, periods, ended, due, now=now),
        ended_at=ended,
        days=days,
        due_at=due,
        rows=ledger.rows,
        removed=ledger.removed or 0,
        removed_at=ledger.removed_at,
    )


def _state_of(
    ledger: _LedgerRow,
    periods: Periods,
    ended: datetime | None,
    due: datetime | None,
    *,
    now: datetime,
) -> LedgerState:
    if ledger.removed is not None and not ledger.rows:
        return LedgerState.REMOVED
    if ended is None:
        return LedgerState.RUNNING
    if ledger.name in periods.legal_hold:
        return LedgerState.HELD
    if due is None:
        return LedgerState.NO_PERIOD
    return LedgerState.DUE if due <= now else LedgerState.KEPT


def remove_due(installation: Installation, *, by: Decider, now: datetime) -> list[Ledger]:
    """Remove every ledger whose period has ended, and return those ledgers as they are now.

    Each chunk and its count are one transaction. After a crash, run it again.

    Raises:
        BadInput: the file of periods is wrong, or another process is removing.
    """
    periods = read_periods(installation)
    with installation.store.holding("retention") as held:
        if not held:
            raise BadInput("somebody else is removing at this moment", "wait until they are done")
        with installation.store.reading() as connection:
            due = [
                each
                for each in _ledgers(connection, periods, now)
                if each.standing is LedgerState.DUE
            ]
        for each in due:
            _remove(installation, each, by=by, now=now)
        with installation.store.reading() as connection:
            names = {each.campaign for each in due}
            return [each for each in _ledgers(connection, periods, now) if each.campaign in names]


def _remove(installation: Installation, kept: Ledger, *, by: Decider, now: datetime) -> None:
    with installation.store.writing() as connection:
        _begin(connection, kept, by=by, now=now)
    left = True
    while left:
        with installation.store.writing() as connection:
            left = _remove_some(connection, kept.campaign, now=now) > 0


def _begin(connection: Connection, kept: Ledger, *, by: Decider, now: datetime) -> None:
    """Record the removal before any row goes.

    Otherwise `kaartje why` could call somebody unmatched whose decision was removed.
    """
    campaign_id = connection.execute(
        select(Campaign.id).where(Campaign.name == kept.campaign)
    ).scalar_one()
    begun = select(Removal.id).where(Removal.campaign_id == campaign_id, Removal.what == DECISIONS)
    if connection.execute(begun).first() is None:
        row = {
            "campaign_id": campaign_id,
            "what": DECISIONS,
            "rows": 0,
            "retention": kept.retention,
        }
        connection.execute(
            insert(Removal).values(**row, days=kept.days, removed_at=now, removed_by=by.name)
        )
    detail: dict[str, Any] = {"class": kept.retention, "days": kept.days, "rows": kept.rows}
    about = About(Kind.CAMPAIGN, kept.campaign)
    record(connection, by, "remove_ledger", about, now=now, **detail)


def _remove_some(connection: Connection, name: str, *, now: datetime) -> int:
    """Remove one chunk of a ledger by a range of its key, and return how many rows went."""
    campaign_id = select(Campaign.id).where(Campaign.name == name).scalar_subquery()
    mine = Decision.campaign_id == campaign_id
    some = (
        select(Decision.person_id).where(mine).order_by(Decision.person_id).limit(CHUNK).subquery()
    )
    last = connection.execute(select(func.max(some.c.person_id))).scalar_one()
    if last is None:
        return 0
    gone = connection.execute(delete(Decision).where(mine, Decision.person_id <= last)).rowcount
    counted = update(Removal).where(Removal.campaign_id == campaign_id, Removal.what == DECISIONS)
    connection.execute(counted.values(rows=Removal.rows + gone, removed_at=now))
    return gone
