"""Lifecycle of a campaign (approve, launch, pause, resume, stop, finish), with an audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, exists, select, update

from campaigns.planning.frozen_hashes import frozen_hash
from campaigns.touches.campaign_parts import Line
from campaigns.touches.line_proofs import must_be_reachable, never_dialled
from campaigns.touches.printed_hours import hours_must_agree
from campaigns.touches.touch_states import count_by_state, move
from installation.installation import Installation
from installation.stop_everything import is_everything_stopped, must_not_be_stopped
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence, in_terms, joined
from store.states import CampaignState, Road, RunState, TouchState
from store.tables import Campaign, Delivery, PrintRun, Touch
from suppression.reasons import Reason

_S = CampaignState

MOVES: dict[str, tuple[frozenset[CampaignState], CampaignState]] = {
    "approve": (frozenset({_S.SUBMITTED}), _S.APPROVED),
    "send_back": (frozenset({_S.SUBMITTED}), _S.SENT_BACK),
    "launch": (frozenset({_S.APPROVED}), _S.RUNNING),
    "pause": (frozenset({_S.RUNNING}), _S.PAUSED),
    "resume": (frozenset({_S.PAUSED}), _S.RUNNING),
    "stop": (frozenset({_S.SUBMITTED, _S.APPROVED, _S.RUNNING, _S.PAUSED}), _S.STOPPED),
}

SYSTEM = Decider("kaartje deliver", road=Road.FLOW)
"""The decider of an automatic launch, at the moment that the approver chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCampaign:
    """A campaign as stored, with the columns of `campaigns` of these names."""

    id: int
    name: str
    title: str
    purpose: str
    state: CampaignState
    spec: Mapping[str, Any]  # the validated campaign file
    line_id: int
    line_open_until: date
    first_date: date
    deviations: list[Any] | None
    signed_plan: dict[str, Any] | None
    frozen_hash: str
    version: int
    submitted_by: str
    sent_back_by: str | None
    remarks: str | None
    approved_by: str | None
    approved_hash: str | None
    launch_at: datetime | None


_COLUMNS = tuple(getattr(Campaign, field.name) for field in fields(StoredCampaign))


def find(connection: Connection, name: str) -> StoredCampaign:
    """Return a campaign by its name.

    Raises:
        BadInput: there is no campaign of that name.
    """
    row = connection.execute(select(*_COLUMNS).where(Campaign.name == name)).one_or_none()
    if row is None:
        known = connection.execute(select(Campaign.name).order_by(Campaign.name)).scalars().all()
        remedy = (
            Sentence("submitted are {known}", known=", ".join(known))
            if known
            else "submit one first: kaartje campaign submit FILE"
        )
        raise BadInput(Sentence("there is no campaign {name!r}", name=name), remedy)
    return StoredCampaign(**row._asdict())


def name_of(connection: Connection, campaign_id: int) -> str:
    """Return the name of a campaign."""
    return connection.execute(select(Campaign.name).where(Campaign.id == campaign_id)).scalar_one()


def _step(
    connection: Connection,
    name: str,
    step: str,
    *,
    by: Decider,
    now: datetime,
    detail: dict[str, Any] | None = None,
    also: frozenset[CampaignState] = frozenset(),
    **values: Any,
) -> StoredCampaign:
    campaign = find(connection, name)
    origins, to = MOVES[step]
    origins |= also
    changed = connection.execute(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.state.in_(origins))
        .values(state=to, **values)
    )
    if not changed.rowcount:
        allowed = joined(" / ", [in_terms(state.value) for state in sorted(origins)])
        raise BadInput(
            Sentence("{name} is {value}", name=name, value=in_terms(campaign.state.value)),
            Sentence(
                "only a campaign that is {allowed} can {step}", allowed=allowed, step=in_terms(step)
            ),
        )
    record(connection, by, step, About(Kind.CAMPAIGN, name), now=now, **(detail or {}))
    return campaign


def approve(
    installation: Installation,
    name: str,
    *,
    by: Decider,
    now: datetime,
    launch_at: datetime | None = None,
    seen: str | None = None,
) -> str:
    """Approve the frozen audience, texts and budget as a second person, and return the signed hash.

    Args:
        installation: the installation.
        name: the campaign.
        by: the second person.
        now: the moment of signing.
        launch_at: when the campaign launches by itself; None: somebody launches it.
        seen: the hash of what they looked at; None: they do not say.

    Raises:
        BadInput: the submitter approves their own, the DPIA has ended, or the frozen parts were changed since.
    """
    with installation.store.writing() as connection:
        campaign = find(connection, name)
        if by.is_same(campaign.submitted_by):
            raise BadInput(
                Sentence("{who} submitted {campaign}", who=by.name, campaign=name),
                "somebody else must approve it",
            )
        if seen is not None and seen != campaign.frozen_hash:
            raise BadInput(
                Sentence("{name} is another version than the one that you looked at", name=name),
                "look at it again, and decide then",
            )
        _dpia_holds(campaign, local_date(now))
        signed = frozen_hash(connection, campaign.id)
        if signed != campaign.frozen_hash:
            raise BadInput(
                Sentence("{name} was changed after it was submitted", name=name),
                "send it back, and have it submitted anew",
            )
        if launch_at is not None and launch_at < now:
            raise BadInput(
                Sentence(
                    "the launch is set for {launch_at}, which is past",
                    launch_at=launch_at.isoformat(),
                ),
                "choose a moment to come",
            )
        _step(
            connection,
            name,
            "approve",
            by=by,
            now=now,
            approved_at=now,
            approved_by=by.name,
            approved_hash=signed,
            launch_at=launch_at,
            detail={"hash": signed, "launch_at": launch_at.isoformat() if launch_at else None},
        )
        return signed


def _dpia_holds(campaign: StoredCampaign, today: date) -> None:
    until = date.fromisoformat(campaign.spec["dpia"]["valid_until"])
    if until < today:
        raise BadInput(
            Sentence("the DPIA of {name} ended on {until}", name=campaign.name, until=until),
            "nothing goes out before it is renewed; submit the campaign anew",
        )


def launch(installation: Installation, name: str, *, by: Decider, now: datetime) -> Sentence | None:
    """Launch a campaign, so that its touches can be claimed.

    Return a note where nobody ever dialled its line, in an installation without a telephone exchange.

    Raises:
        BadInput: it is not approved, the DPIA has ended, the approved parts were changed since, the printed hours
            are not those of the policy or the roster, or, in an installation with a telephone exchange, nobody has
            tried the printed number.
    """
    with installation.store.writing() as connection:
        campaign = find(connection, name)
        must_not_be_stopped(connection)
        if campaign.state is _S.APPROVED:
            _dpia_holds(campaign, local_date(now))
            if frozen_hash(connection, campaign.id) != campaign.approved_hash:
                raise BadInput(
                    Sentence("{name} was changed after it was approved", name=name),
                    "submit it anew under another name",
                )
            line = Line.model_validate(campaign.spec["phone_line"])
            first = max(campaign.first_date, local_date(now))
            hours_must_agree(
                connection, line, campaign.line_id, installation.policy.hours, first=first
            )
            if installation.exchange is not None:
                must_be_reachable(connection, campaign.line_id, line.number, now=now)
        _step(connection, name, "launch", by=by, now=now, launched_at=now)
        return never_dialled(connection, campaign.line_id)


def due_to_launch(installation: Installation, *, now: datetime) -> list[str]:
    """Return the names of approved campaigns whose launch time has come, none while everything is stopped."""
    with installation.store.reading() as connection:
        if is_everything_stopped(connection):
            return []
        due = connection.execute(
            select(Campaign.name)
            .where(Campaign.state == _S.APPROVED, Campaign.launch_at <= now)
            .order_by(Campaign.id)
        )
        return list(due.scalars())


def pause(installation: Installation, name: str, *, by: Decider, now: datetime) -> None:
    """Pause a campaign. Nothing more of it is handed over."""
    with installation.store.writing() as connection:
        _step(connection, name, "pause", by=by, now=now)


def resume(installation: Installation, name: str, *, by: Decider, now: datetime) -> None:
    """Resume a paused campaign."""
    with installation.store.writing() as connection:
        must_not_be_stopped(connection)
        campaign = _step(connection, name, "resume", by=by, now=now)
        _dpia_holds(campaign, local_date(now))


def send_back(
    installation: Installation, name: str, *, by: Decider, now: datetime, remarks: str
) -> None:
    """Send a submitted campaign back with remarks. Its name is free for the next version of it.

    Raises:
        BadInput: there is no such campaign, nobody waits for an approval of it, or nothing is remarked.
    """
    if not remarks.strip():
        raise BadInput("the remarks are empty", "write what must change", field="remarks")
    with installation.store.writing() as connection:
        campaign = _step(
            connection,
            name,
            "send_back",
            by=by,
            now=now,
            sent_back_at=now,
            sent_back_by=by.name,
            remarks=remarks.strip(),
            ended_at=now,
            detail={"hash": find(connection, name).frozen_hash, "remarks": remarks.strip()},
        )
        _drop_planned(connection, campaign.id, now)


def stop(installation: Installation, name: str, *, by: Decider, now: datetime) -> int:
    """Stop a campaign, and return how many planned touches were dropped. Its line and codes stay open."""
    with installation.store.writing() as connection:
        return stop_with(connection, name, by=by, now=now)


def stop_with(
    connection: Connection, name: str, *, by: Decider, now: datetime, finished: bool = False
) -> int:
    """Stop a campaign on an open connection, with `finished` also one that has finished."""
    also = frozenset({_S.FINISHED}) if finished else frozenset[CampaignState]()
    campaign = _step(connection, name, "stop", by=by, now=now, also=also, ended_at=now)
    return _drop_planned(connection, campaign.id, now)


def _drop_planned(connection: Connection, campaign_id: int, now: datetime) -> int:
    return move(
        connection,
        Touch.campaign_id == campaign_id,
        TouchState.DROPPED,
        origin=TouchState.PLANNED,
        now=now,
        reason=Reason.CAMPAIGN_STOPPED.value,
    )


_UNDONE = (TouchState.PLANNED, TouchState.CLAIMED, TouchState.UNKNOWN)


def finish_done(connection: Connection, *, now: datetime) -> None:
    """Finish every running campaign with nothing left to do. Its line and codes stay open."""
    undone = exists().where(Touch.campaign_id == Campaign.id, Touch.state.in_(_UNDONE))
    # while a run is not at the print shop, the campaign can still be paused or stopped
    made = exists().where(
        Delivery.campaign_id == Campaign.id,
        PrintRun.delivery_id == Delivery.id,
        PrintRun.state == RunState.MADE,
    )
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
    version: int
    submitted_by: str
    sent_back_by: str | None
    remarks: str | None
    approved_by: str | None
    launch_at: datetime | None
    hash: str
    touches: dict[str, int]
    audience: str  # the rule, written out
    necessity: str | None  # why a sensitive column must select
    deviations: tuple[dict[str, Any], ...]  # departures from the body's caps, as they are signed


def overviews(installation: Installation) -> list[Overview]:
    """Return every campaign, the newest first, without versions that another replaced."""
    query = select(*_COLUMNS).where(Campaign.state != _S.REPLACED)
    with installation.store.reading() as connection:
        rows = connection.execute(query.order_by(Campaign.id.desc())).all()
        return [_overview(connection, StoredCampaign(**row._asdict())) for row in rows]


def overview(installation: Installation, name: str) -> Overview:
    """Return one campaign.

    Raises:
        BadInput: there is no campaign of that name.
    """
    with installation.store.reading() as connection:
        return _overview(connection, find(connection, name))


def _overview(connection: Connection, campaign: StoredCampaign) -> Overview:
    by_state, audience = count_by_state(connection, campaign.id), campaign.spec.get("audience", {})
    return Overview(
        name=campaign.name,
        title=campaign.title,
        state=campaign.state.value,
        purpose=campaign.purpose,
        first_date=campaign.first_date,
        line_open_until=campaign.line_open_until,
        version=campaign.version,
        submitted_by=campaign.submitted_by,
        sent_back_by=campaign.sent_back_by,
        remarks=campaign.remarks,
        approved_by=campaign.approved_by,
        launch_at=campaign.launch_at,
        hash=campaign.frozen_hash,
        touches={state.value: count for state, count in by_state.items()},
        audience=audience.get("where", ""),
        necessity=audience.get("necessity"),
        deviations=tuple(campaign.deviations or ()),
    )
