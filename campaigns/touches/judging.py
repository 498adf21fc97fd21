"""Judge touches at the claim and right before they leave, and hold whole campaigns.

Between the claim and the hand-over lie seconds at a text's speed and minutes at a print run's. A death or an objection
that comes in meanwhile holds back its own touch, and the others go. An incident holds all of a campaign, a difference
at the print shop holds its post.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.occasions import Shard, occasion_of
from campaigns.touches.touch_states import move
from channels import KINDS
from installation.installation import Installation
from installation.stop_everything import everything_stopped, is_everything_stopped
from store.clock import LOCAL, local_date
from store.states import WENT_OUT, AttemptState, OutcomeKind, ReplyKind, TouchState
from store.tables import (
    Attempt,
    Campaign,
    Delivery,
    Difference,
    Incident,
    Outcome,
    Person,
    PersonNumber,
    PrintRun,
    Reply,
    Step,
    Touch,
    Wave,
)
from suppression.cap_floors import CAP_REASONS, rule_name
from suppression.judging import first_reason, mask
from suppression.occasions import Occasion
from suppression.reasons import Reason, bits
from suppression.usable_numbers import first_numbers


def judge_touches(
    connection: Connection, which: ColumnElement[bool], occasion: Occasion, *, now: datetime
) -> int:
    """Judge planned touches on an occasion, withhold those that must not go, and return how many."""
    mark_reasons(connection, which, occasion)
    return withhold_marked(connection, which, occasion, now=now)


def mark_reasons(connection: Connection, which: ColumnElement[bool], occasion: Occasion) -> None:
    """Write on planned touches every reason against them."""
    planned = and_(Touch.state == TouchState.PLANNED, which)
    held = select(mask(occasion)).where(Person.id == Touch.person_id).scalar_subquery()
    connection.execute(update(Touch).where(planned).values(reasons=held))
    if occasion.channel in occasion.floors:
        _mark_deviating(connection, planned, occasion)


def withhold_marked(
    connection: Connection, which: ColumnElement[bool], occasion: Occasion, *, now: datetime
) -> int:
    """Withhold planned touches that bear a reason, and return how many."""
    return move(
        connection,
        and_(which, Touch.reasons != 0),
        TouchState.WITHHELD,
        origin=TouchState.PLANNED,
        now=now,
        reason=first_reason(Touch.reasons.expression, occasion.policy),
        delivery_id=None,
    )


def one_a_number(
    connection: Connection,
    mine: ColumnElement[bool],
    occasion: Occasion,
    *,
    seed: int,
    now: datetime,
) -> int:
    """Withhold all but one text to each number, and those to a number that had one today.

    Which one goes is drawn under the seed of the campaign.
    """
    from campaigns.audience_language.seeded_draws import Draw  # post has no need of it

    planned = and_(mine, Touch.state == TouchState.PLANNED)
    theirs = PersonNumber.person_id.in_(select(Touch.person_id).where(planned))
    numbers = first_numbers(occasion, theirs).subquery()
    turn = Draw.of(seed, "number").sql(Person.draw_key.expression)
    rows = connection.execute(
        select(numbers.c.e164, Touch.id, Touch.person_id)
        .join(Touch, Touch.person_id == numbers.c.person_id)
        .join(Person, Person.id == Touch.person_id)
        .where(planned)
        .order_by(numbers.c.e164, turn, Person.person_ref)
    ).all()
    taken = _texted_today(connection, {row.e164 for row in rows}, occasion, now=now)
    second: list[int] = []
    for e164, touch, person in rows:
        if taken[e164] - {person}:
            second.append(touch)
        taken[e164].add(person)
    if not second:
        return 0
    connection.execute(
        update(Touch).where(Touch.id.in_(second)).values(reasons=bits([Reason.SAME_NUMBER]))
    )
    return move(
        connection,
        Touch.id.in_(second),
        TouchState.WITHHELD,
        origin=TouchState.PLANNED,
        now=now,
        reason=Reason.SAME_NUMBER.value,
        delivery_id=None,
    )


def _texted_today(
    connection: Connection, numbers: Collection[str], occasion: Occasion, *, now: datetime
) -> dict[str, set[int]]:
    """Return who had a text at each of these numbers since midnight, or is about to have one."""
    today = datetime.combine(local_date(now), time(), LOCAL)
    sharers = select(PersonNumber.person_id).where(PersonNumber.e164.in_(numbers))
    texted = select(Touch.person_id).where(
        Touch.person_id.in_(sharers),
        Touch.channel == occasion.channel,
        Touch.state.in_((*WENT_OUT, TouchState.CLAIMED)),
        func.coalesce(Touch.handed_over_at, Touch.updated_at) >= today,
    )
    found = first_numbers(occasion, PersonNumber.person_id.in_(texted)).subquery()
    taken: dict[str, set[int]] = defaultdict(set)
    for person, e164 in connection.execute(select(found)):
        taken[e164].add(person)
    return taken


def _mark_deviating(
    connection: Connection, planned: ColumnElement[bool], occasion: Occasion
) -> None:
    """Name the body's cap on each touch that it would hold back, and that goes by a departure from it."""
    channel = occasion.channel
    strict = replace(occasion, caps={channel: occasion.floors[channel]})
    caps = literal(bits(CAP_REASONS), BigInteger)
    held = select(mask(strict).bitwise_and(caps)).where(Person.id == Touch.person_id)
    name = case((held.scalar_subquery() != 0, rule_name(channel)), else_=null())
    connection.execute(update(Touch).where(planned, Touch.reasons == 0).values(deviation=name))


def drop_done(
    connection: Connection, shard: Shard, mine: ColumnElement[bool], *, now: datetime
) -> int:
    """Drop conditional later steps of people who have answered or filed meanwhile."""
    condition = connection.execute(
        select(Step.condition).where(Step.id == shard.step_id)
    ).scalar_one()
    if condition == "always":
        return 0
    done, reason = _ends(shard, condition)
    return move(
        connection,
        and_(mine, done),
        TouchState.DROPPED,
        origin=TouchState.PLANNED,
        now=now,
        reason=reason.value,
        delivery_id=None,
    )


def _ends(shard: Shard, condition: str) -> tuple[ColumnElement[bool], Reason]:
    """Return whom a step is not for, by its condition, and the reason that they read."""
    match condition:
        case "no_reply":
            return _answered(shard), Reason.ALREADY_HELPED
        case "reply":
            return ~_answered(shard), Reason.STEP_FOR_OTHERS
        case "not_filed":
            return _became(shard, *_NEED_NO_MORE), Reason.ALREADY_DONE
        case _ if condition.startswith("no_"):
            return _became(shard, OutcomeKind(condition.removeprefix("no_"))), Reason.ALREADY_DONE
        case _:
            return ~_became(shard, OutcomeKind(condition)), Reason.STEP_FOR_OTHERS


def _answered(shard: Shard) -> ColumnElement[bool]:
    """Match people who answered this campaign. Mail that came back is no answer."""
    return exists().where(
        Reply.person_id == Touch.person_id,
        Reply.campaign_id == shard.campaign_id,
        Reply.kind != ReplyKind.RETURNED,
    )


_NEED_NO_MORE = (OutcomeKind.FILED, OutcomeKind.NOT_LIABLE)


def _became(shard: Shard, *kinds: OutcomeKind) -> ColumnElement[bool]:
    """Match people with an outcome of these kinds, by the registers, since the wave began."""
    began = select(Wave.date).where(Wave.id == shard.wave_id).scalar_subquery()
    return exists().where(
        Person.id == Touch.person_id,
        Outcome.person_ref == Person.person_ref,
        Outcome.kind.in_(kinds),
        Outcome.happened_on >= began,
        Outcome.withdrawn_on.is_(None),
    )


def hold_back(
    installation: Installation, shard: Shard, delivery_id: int, *, now: datetime
) -> frozenset[int]:
    """Withhold claimed touches that now have a reason against them, and return their ids.

    The caps are not asked again: these touches count for them themselves, and nobody else could claim these people.
    """
    with installation.store.writing() as connection:
        spec = connection.execute(
            select(Campaign.spec).where(Campaign.id == shard.campaign_id)
        ).scalar_one()
        campaign = CampaignFile.model_validate(spec)
        occasion = replace(occasion_of(installation, connection, campaign, shard, now=now), caps={})
        held = select(mask(occasion)).where(Person.id == Touch.person_id).scalar_subquery()
        claimed = and_(Touch.delivery_id == delivery_id, Touch.state == TouchState.CLAIMED)
        connection.execute(update(Touch).where(claimed).values(reasons=held))
        blocked = select(Touch.id).where(claimed, Touch.reasons != 0)
        found = frozenset(connection.execute(blocked).scalars())
        if found:
            _take_out(connection, delivery_id, select(Touch.id).where(Touch.id.in_(found)), now=now)
            which = and_(Touch.id.in_(found), Touch.reasons != 0)
            move(
                connection,
                which,
                TouchState.WITHHELD,
                origin=TouchState.PLANNED,
                now=now,
                delivery_id=None,
                reason=first_reason(Touch.reasons.expression, installation.policy),
            )
    return found


def _take_out(
    connection: Connection, delivery_id: int, which: Select[int], *, now: datetime
) -> None:
    """Undo the claim of touches that were surely not sent. Their attempt is taken back."""
    connection.execute(
        update(Attempt)
        .where(Attempt.delivery_id == delivery_id, Attempt.touch_id.in_(which))
        .values(state=AttemptState.TAKEN_BACK, finished_at=now)
    )
    move(connection, which, TouchState.PLANNED, origin=TouchState.CLAIMED, now=now)


def is_frozen(connection: Connection, campaign_id: int) -> bool:
    """Return whether an open incident or a stop of everything holds a campaign.

    Then nothing of it is claimed or handed over.
    """
    return is_everything_stopped(connection) or has_incident(connection, campaign_id)


def has_incident(connection: Connection, campaign_id: int) -> bool:
    """Return whether an incident of a campaign is open."""
    query = select(Incident.id).where(
        Incident.campaign_id == campaign_id, Incident.closed_at.is_(None)
    )
    return bool(connection.execute(select(exists(query))).scalar())


def frozen() -> ColumnElement[bool]:
    """Match campaigns that an open incident or a stop of everything holds."""
    incident = exists().where(Incident.campaign_id == Campaign.id, Incident.closed_at.is_(None))
    return or_(incident, everything_stopped())


def is_stopped(connection: Connection, campaign_id: int, channel: str) -> bool:
    """Return whether anything holds what a campaign hands over through a channel."""
    return is_frozen(connection, campaign_id) or (
        KINDS[channel].reaches == "post" and _differs(connection, campaign_id)
    )


def _differs(connection: Connection, campaign_id: int) -> bool:
    query = (
        select(Difference.id)
        .join(PrintRun, PrintRun.id == Difference.print_run_id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .where(
            Delivery.campaign_id == campaign_id,
            Difference.stops.is_(True),
            Difference.accepted_at.is_(None),
        )
    )
    return bool(connection.execute(select(exists(query))).scalar())
