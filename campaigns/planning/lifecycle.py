"""What people decide about a campaign: approve, launch, pause, resume, stop. Each decision is written down."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select, update

from campaigns.touches.line_proofs import must_be_reachable
from campaigns.touches.touch_states import count_by_state, move
from installation.installation import Installation
from store.audit_log import Decider, record
from store.clock import local_date
from store.errors import BadInput
from store.states import CampaignState, RunState, TouchState
from store.tables import Campaign, Delivery, PrintRun, Touch
from suppression.reasons import Reason

_S = CampaignState

MOVES: dict[str, tuple[frozenset[CampaignState], CampaignState]] = {
    "approve": (frozenset({_S.SUBMITTED}), _S.APPROVED),
    "launch": (frozenset({_S.APPROVED}), _S.RUNNING),
    "pause": (frozenset({_S.RUNNING}), _S.PAUSED),
    "resume": (frozenset({_S.PAUSED}), _S.RUNNING),
    "stop": (frozenset({_S.SUBMITTED, _S.APPROVED, _S.RUNNING, _S.PAUSED}), _S.STOPPED),
}

SYSTEM = Decider("kaartje deliver")
"""Who launches a campaign when the moment comes that its approver chose."""


def find(connection: Connection, name: str) -> Any:
    """Return the row of a campaign.

    Raises:
        BadInput: there is no campaign of that name.
    """
    row = connection.execute(select(Campaign.__table__).where(Campaign.name == name)).one_or_none()
    if row is None:
        known = connection.execute(select(Campaign.name).order_by(Campaign.name)).scalars().all()
        remedy = (
            f"submitted are {', '.join(known)}"
            if known
            else "submit one first: kaartje campaign submit FILE"
        )
        raise BadInput(f"there is no campaign {name!r}", remedy)
    return row


def _step(
    connection: Connection,
    name: str,
    what: str,
    by: Decider,
    now: datetime,
    *,
    detail: dict[str, Any] | None = None,
    **values: Any,
) -> Any:
    row = find(connection, name)
    origins, to = MOVES[what]
    changed = connection.execute(
        update(Campaign)
        .where(Campaign.id == row.id, Campaign.state.in_(origins))
        .values(state=to, **values)
    )
    if not changed.rowcount:
        allowed = " or ".join(sorted(state.value for state in origins))
        raise BadInput(
            f"{name} is {CampaignState(row.state).value}",
            f"only a campaign that is {allowed} can {what}",
        )
    record(connection, by, what, name, now=now, **(detail or {}))
    return row


def approve(
    installation: Installation,
    name: str,
    *,
    by: Decider,
    now: datetime,
    launch_at: datetime | None = None,
) -> str:
    """Sign exactly this frozen audience, texts and budget, as a second person; return the hash that was signed.

    Args:
        installation: the installation.
        name: the campaign.
        by: the second person.
        now: the moment of signing.
        launch_at: when the campaign launches by itself; None: somebody launches it.

    Raises:
        BadInput: the submitter approves their own, the DPIA has ended, or the frozen parts were changed since.
    """
    with installation.store.writing() as connection:
        row = find(connection, name)
        if by.is_same(row.submitted_by):
            raise BadInput(f"{by.name} submitted {name}", "somebody else must approve it")
        _dpia_holds(row, local_date(now))
        signed = _hash_now(connection, row.id)
        if signed != row.frozen_hash:
            raise BadInput(
                f"{name} was changed after it was submitted", "submit it anew under another name"
            )
        if launch_at is not None and launch_at < now:
            raise BadInput(
                f"the launch is set for {launch_at.isoformat()}, which is past",
                "choose a moment to come",
            )
        _step(
            connection,
            name,
            "approve",
            by,
            now,
            approved_at=now,
            approved_by=by.name,
            approved_hash=signed,
            launch_at=launch_at,
            detail={"hash": signed, "launch_at": launch_at.isoformat() if launch_at else None},
        )
        return signed


def _hash_now(connection: Connection, campaign_id: int) -> str:
    """Return the hash over what stands in the database now; listing campaigns does without what freezes them."""
    from campaigns.planning.freezing import frozen_hash

    return frozen_hash(connection, campaign_id)


def _dpia_holds(row: Any, today: date) -> None:
    until = date.fromisoformat(row.spec["dpia"]["valid_until"])
    if until < today:
        raise BadInput(
            f"the DPIA of {row.name} ended on {until}",
            "nothing goes out before it is renewed; submit the campaign anew",
        )


def launch(installation: Installation, name: str, *, by: Decider, now: datetime) -> None:
    """Make the campaign's touches claimable.

    Raises:
        BadInput: it is not approved, the DPIA has ended, the approved parts were changed since, or, in a house with a
            telephone, nobody has tried the printed number.
    """
    with installation.store.writing() as connection:
        _launch(installation, connection, name, by=by, now=now)


def _launch(
    installation: Installation, connection: Connection, name: str, *, by: Decider, now: datetime
) -> None:
    row = find(connection, name)
    if row.state is _S.APPROVED:
        _dpia_holds(row, local_date(now))
        if _hash_now(connection, row.id) != row.approved_hash:
            raise BadInput(
                f"{name} was changed after it was approved", "submit it anew under another name"
            )
        if installation.exchange is not None:
            must_be_reachable(connection, row, now=now)
    _step(connection, name, "launch", by, now, launched_at=now)


def launch_due(installation: Installation, *, now: datetime) -> list[str]:
    """Launch every approved campaign whose chosen moment has come; return their names."""
    with installation.store.writing() as connection:
        due = connection.execute(
            select(Campaign.name)
            .where(Campaign.state == _S.APPROVED, Campaign.launch_at <= now)
            .order_by(Campaign.id)
        ).scalars()
        return [name for name in due.all() if _launched(installation, connection, name, now)]


def _launched(installation: Installation, connection: Connection, name: str, now: datetime) -> bool:
    """Launch one campaign; one that may not go any more stays approved, and holds up no other."""
    try:
        _launch(installation, connection, name, by=SYSTEM, now=now)
    except BadInput:
        return False
    return True


def pause(installation: Installation, name: str, *, by: Decider, now: datetime) -> None:
    """Hold everything that has not been handed over yet."""
    with installation.store.writing() as connection:
        _step(connection, name, "pause", by, now)


def resume(installation: Installation, name: str, *, by: Decider, now: datetime) -> None:
    """Go on after a pause."""
    with installation.store.writing() as connection:
        _dpia_holds(_step(connection, name, "resume", by, now), local_date(now))


def stop(installation: Installation, name: str, *, by: Decider, now: datetime) -> int:
    """End the campaign: drop everything still planned; return how many touches. Its line and codes stay open."""
    with installation.store.writing() as connection:
        row = _step(connection, name, "stop", by, now, ended_at=now)
        return move(
            connection,
            Touch.campaign_id == row.id,
            TouchState.DROPPED,
            origin=TouchState.PLANNED,
            now=now,
            reason=Reason.CAMPAIGN_STOPPED.value,
        )


_UNDONE = (TouchState.PLANNED, TouchState.CLAIMED, TouchState.UNKNOWN)


def finish_done(connection: Connection, *, now: datetime) -> None:
    """Finish every running campaign that has nothing left to do. Its line and codes stay open."""
    undone = exists().where(Touch.campaign_id == Campaign.id, Touch.state.in_(_UNDONE))
    made = exists().where(
        Delivery.campaign_id == Campaign.id,
        PrintRun.delivery_id == Delivery.id,
        PrintRun.state == RunState.MADE,
    )  # while a run is not at the print shop, the campaign can still be paused or stopped
    connection.execute(
        update(Campaign)
        .where(Campaign.state == _S.RUNNING, ~undone, ~made)
        .values(state=_S.FINISHED, ended_at=now)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One campaign in a list."""

    name: str
    title: str
    state: str
    purpose: str
    first_date: date
    line_open_until: date
    submitted_by: str
    approved_by: str | None
    launch_at: datetime | None
    hash: str
    touches: dict[str, int]
    audience: str  # the rule, written out
    necessity: str | None  # why a sensitive column must select


def overviews(installation: Installation) -> list[Overview]:
    """Return every campaign, the newest first."""
    with installation.store.reading() as connection:
        rows = connection.execute(select(Campaign.__table__).order_by(Campaign.id.desc())).all()
        return [_overview(connection, row) for row in rows]


def overview(installation: Installation, name: str) -> Overview:
    """Return one campaign.

    Raises:
        BadInput: there is no campaign of that name.
    """
    with installation.store.reading() as connection:
        return _overview(connection, find(connection, name))


def _overview(connection: Connection, row: Any) -> Overview:
    return Overview(
        name=row.name,
        title=row.title,
        state=CampaignState(row.state).value,
        purpose=row.purpose,
        first_date=row.first_date,
        line_open_until=row.line_open_until,
        submitted_by=row.submitted_by,
        approved_by=row.approved_by,
        launch_at=row.launch_at,
        hash=row.frozen_hash,
        touches={state.value: count for state, count in count_by_state(connection, row.id).items()},
        audience=row.spec.get("audience", {}).get("where", ""),
        necessity=row.spec.get("audience", {}).get("necessity"),
    )


def next_due(installation: Installation) -> datetime | None:
    """Return when the next planned touch of a running campaign may go; None when there is none."""
    with installation.store.reading() as connection:
        return connection.execute(
            select(func.min(Touch.not_before))
            .join(Campaign, Campaign.id == Touch.campaign_id)
            .where(Touch.state == TouchState.PLANNED, Campaign.state == _S.RUNNING)
        ).scalar_one()
