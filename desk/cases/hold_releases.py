"""Release touches that no list entry holds any more, after an entry was lifted or narrowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, null, or_, select

from campaigns.touches.touch_states import move
from store.engine import Store
from store.states import CampaignState, SuppressionScope, TouchState
from store.tables import Campaign, Person, PersonNumber, Suppression, Touch
from suppression.entries import Entry
from suppression.lists import LISTED, lift_entries
from suppression.reasons import Reason

OBJECTIONS = (Reason.OBJECTION, Reason.OBJECTION_IN_DOUBT)
_LISTED = (*LISTED, Reason.NO_USABLE_NUMBER)  # a closed number counts as having none
_ENDED = (
    CampaignState.STOPPED,
    CampaignState.FINISHED,
    CampaignState.SENT_BACK,
    CampaignState.REPLACED,
)


@dataclass(frozen=True, slots=True)
class Lifted:
    """Counts of a lift."""

    entries: int
    released: int  # touches that were withheld, and are planned again


def lift(
    store: Store, ref: str, *, by: str, why: str, now: datetime, reason: Reason | str | None = None
) -> Lifted:
    """Lift the list entries of a person, a number (`+31…`) or one entry (`#12`).

    The touches that they held are released.

    Raises:
        BadInput: the reason is missing, there is nothing to lift, or the hold comes from the people data.
    """
    with store.writing() as connection:
        lifted = lift_entries(connection, ref, by=by, why=why, now=now, reason=reason)
        return Lifted(len(lifted), release(connection, lifted, now=now))


def release(connection: Connection, lifted: Sequence[Entry], *, now: datetime) -> int:
    """Plan withheld touches again that no other entry holds. Return how many touches.

    Only touches of campaigns that have not ended are released. A released touch is judged again by every rule when
    it is claimed.
    """
    people = select(Person.id).where(_meant(lifted))
    held = exists().where(
        Person.id == Touch.person_id,
        Campaign.id == Touch.campaign_id,
        or_(Person.deceased_on.is_not(None), Campaign.state.in_(_ENDED), _still_held(now)),
    )
    free = and_(
        Touch.person_id.in_(people), Touch.reason.in_([reason.value for reason in _LISTED]), ~held
    )
    return move(
        connection,
        free,
        TouchState.PLANNED,
        origin=TouchState.WITHHELD,
        now=now,
        reason=null(),
        reasons=0,
        delivery_id=None,
    )


def _meant(lifted: Sequence[Entry]) -> ColumnElement[bool]:
    """Match the people that these entries are about."""
    refs = {entry.person_ref for entry in lifted if entry.person_ref}
    hashes = {entry.joint_hash for entry in lifted if entry.joint_hash}
    numbers = {entry.e164 for entry in lifted if entry.e164}
    addresses = {
        entry.household_key
        for entry in lifted
        if entry.household_key is not None and not entry.person_ref
    }
    on_number = select(PersonNumber.person_id).where(PersonNumber.e164.in_(numbers))
    return or_(
        Person.person_ref.in_(refs),
        Person.joint_hash.in_(hashes),
        Person.id.in_(on_number),
        Person.household_key.in_(addresses),
    )


def _still_held(now: datetime) -> ColumnElement[bool]:
    """Match touches that another entry holds. Entries about an address are left to the judge."""
    on_number = select(PersonNumber.e164).where(PersonNumber.person_id == Person.id)
    names = or_(
        and_(Suppression.scope == SuppressionScope.PERSON, _names_person()),
        and_(
            Suppression.scope == SuppressionScope.NUMBER,
            Suppression.reason.in_([each.value for each in OBJECTIONS]),
            Suppression.e164.in_(on_number),
        ),
    )
    here = (
        names,
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= now,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > now),
        func.coalesce(Suppression.channel, Touch.channel) == Touch.channel,
        func.coalesce(Suppression.purpose, Campaign.purpose) == Campaign.purpose,
        or_(Suppression.subject.is_(None), Suppression.subject == Campaign.subject),
    )
    return select(Suppression.id).where(*here).correlate(Person, Campaign, Touch).exists()


def _names_person() -> ColumnElement[bool]:
    return or_(
        Suppression.person_ref == Person.person_ref, Suppression.joint_hash == Person.joint_hash
    )
