"""Attempts at contact in the vocabulary of Dutch debt help (DDAS), under pseudonyms.

DDAS (data delen over armoede en schulden) is what municipalities deliver to Statistics Netherlands. Its model of early
signals, version 1.0, has an attempt (Contactpoging) with its kind (soort), whether somebody was reached (bereikt), day
(datum) and part of the day (dagdeel). The day is counted from the first day of the campaign.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, select

from desk.entries.dispositions import NOBODY_SPOKEN
from outcomes.effect_counts import Draw
from outcomes.funnel_counts import went_out
from store.clock import LOCAL, local_date
from store.states import CallState, ReplyKind
from store.tables import Call, Decision, Person, Reply, Touch

HEADER = ("person", "soort", "bereikt", "dag", "dagdeel")
KINDS: Mapping[str, str] = {
    "card": "Kaartje",
    "letter": "Brief",
    "sms": "SMS/Whatsapp",
    "call": "Telefoon",
}
"""EnumContactsoort of a channel; any other is Overige."""
_NOON, _EVENING = 12, 18
_ANSWERS = (ReplyKind.CALLED, ReplyKind.TEXTED, ReplyKind.COUNTER, ReplyKind.WEB)


def attempts(connection: Connection, draw: Draw) -> list[tuple[str, str, str, str, str]]:
    """Return every touch of a campaign that went out, with the reference of the person."""
    query = (
        select(Person.person_ref, Touch.person_id, Touch.channel, Touch.handed_over_at)
        .join(Person, Person.id == Touch.person_id)
        .join(
            Decision,
            and_(Decision.person_id == Touch.person_id, Decision.campaign_id == Touch.campaign_id),
        )
        .where(draw.drawn(), went_out(), Touch.handed_over_at <= draw.until)
        .order_by(Person.person_ref, Touch.handed_over_at, Touch.id)
    )
    answered = _answered(connection, draw)
    return [
        (
            ref,
            KINDS.get(channel, "Overige"),
            "ja" if person_id in answered else "nee",
            str((local_date(at) - draw.span.first_date).days),
            part_of_day(at),
        )
        for ref, person_id, channel, at in connection.execute(query)
        if at is not None
    ]


def part_of_day(at: datetime) -> str:
    """Return EnumDagdeel of a moment, where the citizens live."""
    hour = at.astimezone(LOCAL).hour
    if hour < _NOON:
        return "Ochtend"
    return "Middag" if hour < _EVENING else "Avond"


def _answered(connection: Connection, draw: Draw) -> set[int | None]:
    """Return the people with whom there was contact: they answered, or were spoken to when we called."""
    span = draw.span
    replied = select(Reply.person_id).where(
        Reply.kind.in_(_ANSWERS),
        Reply.campaign_id == span.campaign_id,
        span.within(Reply.received_at),
    )
    spoken = select(Call.person_id).where(
        Call.state == CallState.WRAPPED_UP,
        Call.disposition.not_in([each.value for each in NOBODY_SPOKEN]),
        Call.campaign_id == span.campaign_id,
        span.within(Call.wrapped_up_at),
    )
    return set(connection.execute(replied).scalars()) | set(connection.execute(spoken).scalars())
