"""Follow up on failed texts. Close the number for texts, and bring the next step forward.

A number that cannot be texted, and one whose owner sent STOP to the provider, are closed for texts but
not for calls. It is no objection to other contact. A next step on the condition `no_reply` would wait
for a reply that cannot come. If it is a text or a call, it goes at the next open hour. A card keeps
its day, since a print run of one piece is expensive and the line is staffed for that day. Why:
docs/decisions/0072.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.orm import aliased

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.postponing import first_moment
from channels import KINDS
from channels.port import Refusal, RefusalKind, Result
from channels.sms.error_codes import Fault, classify, meaning
from installation.installation import Installation
from store.clock import local_date
from store.states import SuppressionScope, TouchState
from store.tables import Campaign, PersonNumber, Step, Suppression, Touch
from suppression.entries import NewEntry, list_entries
from suppression.reasons import Reason

TEXT = "sms"
CANNOT = "provider: cannot be texted"
STOPPED = "provider: said STOP to the sender"
"""Sources of these entries. A text with START lifts those of `STOPPED`."""
_SOURCES = {Fault.PERMANENT_NUMBER: CANNOT, Fault.SUPPRESS: STOPPED}
_REFUSED = 400  # of HTTP: the provider's answer was a refusal


@dataclass(frozen=True, slots=True)
class Unreached:
    """A text that did not reach somebody, and will not be tried again."""

    touch_id: int
    fault: Fault
    code: str
    number: str | None = None  # E.164, where the provider names it


def follow(
    installation: Installation, connection: Connection, texts: Sequence[Unreached], *, now: datetime
) -> int:
    """Follow up on failed texts in the transaction that records them, and return the numbers closed."""
    if not texts:
        return 0
    bring_forward(
        installation,
        connection,
        [text.touch_id for text in texts if text.fault is not Fault.SUPPRESS],
        now=now,
    )
    return _close(connection, [text for text in texts if text.fault in _SOURCES], now=now)


def follow_refusals(
    installation: Installation, connection: Connection, results: Sequence[Result], *, now: datetime
) -> int:
    """Follow up on immediate refusals of a provider, and return how many numbers were closed."""
    refused = [
        result
        for result in results
        if isinstance(result, Refusal) and result.kind is not RefusalKind.LATER
    ]
    touches = [refusal.touch_id for refusal in refused]
    texts = set(
        connection.execute(
            select(Touch.id).where(Touch.id.in_(touches), Touch.channel == TEXT)
        ).scalars()
        if touches
        else ()
    )
    found = [
        Unreached(each.touch_id, _fault(each), each.code)
        for each in refused
        if each.touch_id in texts
    ]
    return follow(installation, connection, found, now=now)


def _fault(refusal: Refusal) -> Fault:
    if refusal.kind is RefusalKind.OPTED_OUT:
        return Fault.SUPPRESS
    return classify(int(refusal.code), _REFUSED) if refusal.code.isdigit() else Fault.REVIEW


def _close(connection: Connection, texts: Sequence[Unreached], *, now: datetime) -> int:
    numbers = _numbers(connection, [text.touch_id for text in texts if not text.number])
    entries = []
    for text in texts:
        number = text.number or numbers.get(text.touch_id)
        if number and (number, _SOURCES[text.fault]) not in _closed(connection, number, now):
            code = int(text.code) if text.code.isdigit() else None
            entries.append(
                NewEntry(
                    scope=SuppressionScope.NUMBER,
                    reason=Reason.SUPPRESSED,
                    source=_SOURCES[text.fault],
                    starts_at=now,
                    repeat=str(text.touch_id),
                    e164=number,
                    channel=TEXT,
                    note=f"{text.code}: {meaning(code)}",
                )
            )
    return list_entries(connection, entries, by="provider", now=now)


def _closed(connection: Connection, number: str, now: datetime) -> set[tuple[str | None, str]]:
    """Return the entries that already close a number for texts."""
    rows = connection.execute(
        select(Suppression.e164, Suppression.source).where(
            Suppression.e164 == number,
            Suppression.channel == TEXT,
            or_(Suppression.lifted_at.is_(None), Suppression.lifted_at > now),
        )
    )
    return {(row.e164, row.source) for row in rows}


def _numbers(connection: Connection, touches: Sequence[int]) -> dict[int, str]:
    """Return the number that each touch was probably texted at.

    It is the person's first number that is still open for texts.
    """
    if not touches:
        return {}
    closed = select(Suppression.e164).where(
        Suppression.scope == SuppressionScope.NUMBER,
        Suppression.e164.is_not(None),
        Suppression.lifted_at.is_(None),
        or_(Suppression.channel.is_(None), Suppression.channel == TEXT),
    )
    rows = connection.execute(
        select(Touch.id, PersonNumber.e164)
        .join(PersonNumber, PersonNumber.person_id == Touch.person_id)
        .where(
            Touch.id.in_(touches), PersonNumber.may_text.is_(True), PersonNumber.e164.not_in(closed)
        )
        .order_by(PersonNumber.position.desc())
    )
    return {row.id: row.e164 for row in rows}


def bring_forward(
    installation: Installation, connection: Connection, touches: Sequence[int], *, now: datetime
) -> int:
    """Bring steps forward that only waited for a reply, and return how many."""
    if not touches:
        return 0
    brought = 0
    for step in _waiting(connection, touches, now):
        moment = first_moment(
            installation.policy, installation.shop, step.campaign, channel=step.channel, at=now
        )
        brought += connection.execute(
            update(Touch)
            .where(
                Touch.id.in_(step.touches),
                Touch.state == TouchState.PLANNED,
                Touch.not_before > moment,
            )
            .values(not_before=moment, due_on=local_date(moment), updated_at=now)
        ).rowcount
    return brought


@dataclass(frozen=True, slots=True)
class _WaitingStep:
    """Touches of one campaign and channel that wait for a reply to the step before them."""

    campaign: CampaignFile
    channel: str
    touches: list[int]


def _waiting(
    connection: Connection, touches: Sequence[int], now: datetime
) -> Iterable[_WaitingStep]:
    """Return the next steps that wait, by campaign and channel."""
    failed, before = aliased(Touch), aliased(Step)
    rows = connection.execute(
        select(Touch.id, Touch.channel, Touch.campaign_id, Campaign.spec)
        .join(Step, Step.id == Touch.step_id)
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .join(before, and_(before.arm_id == Step.arm_id, before.position == Step.position - 1))
        .join(failed, and_(failed.step_id == before.id, failed.person_id == Touch.person_id))
        .where(
            failed.id.in_(touches),
            Step.condition == "no_reply",
            Touch.state == TouchState.PLANNED,
            Touch.not_before > now,
            Touch.channel.in_(
                [kind for kind, channel in KINDS.items() if channel.reaches != "post"]
            ),
        )
        .order_by(Touch.id)
    ).all()
    found: dict[tuple[int, str], _WaitingStep] = {}
    for touch_id, channel, campaign_id, spec in rows:
        if (campaign_id, channel) not in found:
            campaign = CampaignFile.model_validate(spec)
            found[campaign_id, channel] = _WaitingStep(campaign, channel, [])
        found[campaign_id, channel].touches.append(touch_id)
    return found.values()
