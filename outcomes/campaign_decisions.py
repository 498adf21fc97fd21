"""The decision of every campaign about one person, with reasons and touches."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from campaigns.audience_language.condition_sentences import said_conditions
from campaigns.looking_back.retention import DECISIONS
from outcomes.person_history import (
    AttemptMade,
    CampaignDecision,
    Departure,
    LedgerRemoved,
    TouchHistory,
    TouchMove,
    Why,
)
from outcomes.person_identity import KnownPerson
from outcomes.post_history import pieces
from outcomes.provider_reports import receipts
from store.clock import local_date
from store.states import CampaignState
from store.tables import (
    Arm,
    Attempt,
    Campaign,
    Decision,
    Person,
    Removal,
    ResponseCode,
    Step,
    Touch,
    TouchEvent,
    Wave,
)
from suppression.reasons import Reason, named


def reason_of(code: str) -> Why:
    """Return a stored reason with its sentences. A provider's own code stands for itself."""
    if code in Reason.__members__:
        return Why(code, Reason(code).sentence("nl"), Reason(code).sentence("en"))
    return Why(code, code, code)


def campaign_decisions(connection: Connection, person: KnownPerson) -> tuple[CampaignDecision, ...]:
    """Return every campaign's decision about a person, also those that did not match them."""
    query = (
        select(
            Campaign.id,
            Campaign.name,
            Campaign.title,
            Campaign.submitted_at,
            Campaign.state,
            Campaign.conditions,
            Decision.selected,
            Decision.reason,
            Decision.reasons,
            Decision.decided_at,
            Decision.deviation,
            Campaign.deviations,
            Campaign.approved_by,
            Arm.name.label("arm"),
            Wave.number.label("wave"),
            Wave.date.label("wave_date"),
        )
        .outerjoin(
            Decision, and_(Decision.campaign_id == Campaign.id, Decision.person_id == person.id)
        )
        .outerjoin(Arm, Arm.id == Decision.arm_id)
        .outerjoin(Wave, Wave.id == Decision.wave_id)
        .order_by(Campaign.submitted_at, Campaign.id)
    )
    verdicts = [_CampaignVerdict(**row._asdict()) for row in connection.execute(query)]
    touches = _touches(connection, person.id)
    housemates = _housemates(connection, person)
    removed = _removals(connection)
    return tuple(
        _decided(
            verdict,
            person,
            touches=touches.get(verdict.id, ()),
            housemates=housemates.get(verdict.id, 0),
            removed=removed.get(verdict.id),
        )
        for verdict in verdicts
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _CampaignVerdict:
    """One campaign, and its decision about one person if it made one."""

    id: int
    name: str
    title: str
    submitted_at: datetime
    state: CampaignState
    conditions: list[dict[str, Any]] | None
    selected: bool | None
    reason: str | None
    reasons: int | None
    decided_at: datetime | None
    deviation: str | None
    deviations: list[Any] | None
    approved_by: str | None
    arm: str | None
    wave: int | None
    wave_date: date | None

    @property
    def decision(self) -> str:
        """The decision in one word."""
        if self.selected:
            return "selected"
        return "hold_out" if self.reason == Reason.HOLD_OUT.value else "left_out"

    def held(self) -> list[str]:
        """Return the codes of all reasons, including the one that decided."""
        held = [reason.value for reason in named(self.reasons or 0)]
        return [self.reason, *held] if self.reason and self.reason not in held else held


def _removals(connection: Connection) -> Mapping[int, LedgerRemoved]:
    """Return the removed ledgers, by campaign."""
    query = select(Removal.campaign_id, Removal.removed_at, Removal.retention).where(
        Removal.what == DECISIONS
    )
    return {
        campaign_id: LedgerRemoved(local_date(removed_at), retention)
        for campaign_id, removed_at, retention in connection.execute(query)
    }


def _decided(
    verdict: _CampaignVerdict,
    person: KnownPerson,
    *,
    touches: tuple[TouchHistory, ...],
    housemates: int,
    removed: LedgerRemoved | None,
) -> CampaignDecision:
    if verdict.decided_at is None:
        if removed is not None and person.imported_at <= verdict.submitted_at:
            return _no_longer_known(verdict, touches, removed)
        return _not_in_audience(verdict, person)
    return CampaignDecision(
        campaign=verdict.name,
        title=verdict.title,
        decision=verdict.decision,
        first=reason_of(verdict.reason) if verdict.reason else None,
        reasons=tuple(reason_of(code) for code in verdict.held()),
        arm=verdict.arm,
        wave=verdict.wave,
        wave_date=verdict.wave_date,
        household=housemates,
        decided_at=verdict.decided_at,
        touches=touches,
        departures=_departures(verdict, touches),
        conditions=said_conditions(verdict.conditions),
        campaign_state=verdict.state.value,
    )


def _departures(
    verdict: _CampaignVerdict, touches: tuple[TouchHistory, ...]
) -> tuple[Departure, ...]:
    """Return the departures from the body's caps without which something would not have gone."""
    passed = {*(verdict.deviation or "").split(), *(touch.deviation for touch in touches)}
    return tuple(
        departure(each, verdict.approved_by)
        for each in verdict.deviations or ()
        if each["rule"] in passed
    )


def departure(signed: Mapping[str, Any], signer: str | None) -> Departure:
    """Return a signed departure from a cap in words."""
    own, body = signed["campaign"], signed["body"]
    nl = (
        f"Deze persoon is benaderd omdat de campagne afwijkt van {signed['rule']}:"
        f" {own['times']} keer in {own['days']} dagen, waar de organisatie {body['times']} keer in"
        f" {body['days']} dagen toestaat. Getekend door {signer or 'nog niemand'}, om deze reden:"
        f" {signed['reason']}"
    )
    en = (
        f"This person is reached because the campaign departs from {signed['rule']}:"
        f" {own['times']} in {own['days']} days, where the body allows {body['times']} in"
        f" {body['days']} days. Signed by {signer or 'nobody yet'}, for this reason:"
        f" {signed['reason']}"
    )
    return Departure(signed["rule"], signed["reason"], nl, en)


def _no_longer_known(
    verdict: _CampaignVerdict, touches: tuple[TouchHistory, ...], removed: LedgerRemoved
) -> CampaignDecision:
    """Return the decision "ledger_removed", for a campaign whose ledger is gone."""
    return CampaignDecision(
        campaign=verdict.name,
        title=verdict.title,
        decision="ledger_removed",
        first=None,
        reasons=(),
        arm=None,
        wave=None,
        wave_date=None,
        household=0,
        decided_at=verdict.submitted_at,
        touches=touches,
        removed=removed,
        conditions=said_conditions(verdict.conditions),
        campaign_state=verdict.state.value,
    )


def _not_in_audience(verdict: _CampaignVerdict, person: KnownPerson) -> CampaignDecision:
    late = person.imported_at > verdict.submitted_at
    return CampaignDecision(
        campaign=verdict.name,
        title=verdict.title,
        decision="not_in_audience",
        first=(reason := reason_of(Reason.NOT_IN_AUDIENCE.value)),
        reasons=(reason,),
        arm=None,
        wave=None,
        wave_date=None,
        household=0,
        decided_at=verdict.submitted_at,
        touches=(),
        conditions=said_conditions(verdict.conditions),
        campaign_state=verdict.state.value,
        remark="was imported after the audience was frozen" if late else None,
    )


def _housemates(connection: Connection, person: KnownPerson) -> Mapping[int, int]:
    """Count the other matched people at this address, by campaign."""
    if person.household_key is None:
        return {}
    query = (
        select(Decision.campaign_id, func.count())
        .join(Person, Person.id == Decision.person_id)
        .where(Person.household_key == person.household_key, Person.id != person.id)
        .group_by(Decision.campaign_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _touches(connection: Connection, person_id: int) -> Mapping[int, tuple[TouchHistory, ...]]:
    rows = connection.execute(
        select(Touch.__table__, Step.template, ResponseCode.code)
        .join(Step, Step.id == Touch.step_id)
        .outerjoin(ResponseCode, ResponseCode.touch_id == Touch.id)
        .where(Touch.person_id == person_id)
        .order_by(Touch.due_on, Touch.id)
    ).all()
    keys = [row.id for row in rows]
    events, tries = _events(connection, keys), _tries(connection, keys)
    mailed, reported = pieces(connection, keys), receipts(connection, keys)
    found: dict[int, tuple[TouchHistory, ...]] = defaultdict(tuple)
    for row in rows:
        held = [reason.value for reason in named(row.reasons)] or (
            [row.reason] if row.reason else []
        )
        story = TouchHistory(
            channel=row.channel,
            template=row.template,
            state=row.state.value,
            due_on=row.due_on,
            code=row.code,
            reasons=tuple(reason_of(code) for code in held),
            events=tuple(events[row.id]),
            tries=tuple(tries[row.id]),
            receipts=reported.get(row.id, ()),
            pieces=tuple(mailed[row.id]),
            deviation=row.deviation,
        )
        found[row.campaign_id] += (story,)
    return found


def _events(connection: Connection, touches: list[int]) -> Mapping[int, list[TouchMove]]:
    query = select(TouchEvent.touch_id, TouchEvent.at, TouchEvent.to_state, TouchEvent.reason)
    found: dict[int, list[TouchMove]] = defaultdict(list)
    for row in connection.execute(
        query.where(TouchEvent.touch_id.in_(touches)).order_by(TouchEvent.id)
    ):
        found[row.touch_id].append(TouchMove(row.at, row.to_state.value, row.reason))
    return found


def _tries(connection: Connection, touches: list[int]) -> Mapping[int, list[AttemptMade]]:
    found: dict[int, list[AttemptMade]] = defaultdict(list)
    query = (
        select(Attempt.__table__)
        .where(Attempt.touch_id.in_(touches))
        .order_by(Attempt.touch_id, Attempt.number)
    )
    for row in connection.execute(query):
        found[row.touch_id].append(
            AttemptMade(
                number=row.number,
                state=row.state.value,
                written_at=row.written_at,
                provider_ref=row.provider_ref,
                error_code=row.error_code,
                detail=row.detail,
            )
        )
    return found
