"""People and messages that a campaign reaches only because it departs from the body's caps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from store.sentences import Sentence
from store.states import WENT_OUT, CampaignState, TouchState
from store.tables import Campaign, Person, Touch
from suppression.cap_floors import in_words, rule_name
from suppression.households import lives_apart
from suppression.occasions import Occasion
from suppression.policies import Cap

LIVE = (
    CampaignState.SUBMITTED,
    CampaignState.APPROVED,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
)
"""States of a campaign whose planned touches may still go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDeviation:
    """A cap of a campaign that is looser than the body's own, and what comes of it.

    Attributes:
        rule: The cap by its name, as caps.card.
        own: The campaign's cap.
        floor: The body's cap.
        reason: Why, as the campaign file says.
        people: Those whom the body's cap would leave out of this campaign.
        touches: Messages that the body's cap would hold back, those people's included.
    """

    rule: str
    own: Cap
    floor: Cap
    reason: str
    people: int
    touches: int

    def sentence(self) -> str:
        """Return it in words and numbers, for the approver."""
        return Sentence(
            "{rule}: {own}, where the body allows {floor}. Because of it {people:,} more people are"
            " reached, and {touches:,} messages go that the body's cap would hold back."
            " The reason given: {reason}",
            rule=self.rule,
            own=in_words(self.own),
            floor=in_words(self.floor),
            people=self.people,
            touches=self.touches,
            reason=self.reason,
        )

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return it from the plain values that a campaign keeps."""
        return cls(
            rule=data["rule"],
            own=Cap(**data["campaign"]),
            floor=Cap(**data["body"]),
            reason=data["reason"],
            people=data["people"],
            touches=data["touches"],
        )

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "rule": self.rule,
            "campaign": {"times": self.own.times, "days": self.own.days},
            "body": {"times": self.floor.times, "days": self.floor.days},
            "reason": self.reason,
            "people": self.people,
            "touches": self.touches,
        }


def rules_passed(occasions: Sequence[Occasion], now: datetime) -> ColumnElement[str | None]:
    """Return the names of the body's caps that would hold each person, NULL where none would."""
    names: ColumnElement[str] = literal("")
    for channel in sorted({each.channel for each in occasions if each.channel in each.floors}):
        held = or_(*(passes(each, now=now) for each in occasions if each.channel == channel))
        names = names + case((held, literal(f"{rule_name(channel)} ")), else_=literal(""))
    return case((names == "", null()), else_=names)


def passes(occasion: Occasion, *, now: datetime, earlier: int = 0) -> ColumnElement[bool]:
    """Match people whom the body's cap on this channel would hold back.

    What other campaigns plan to send in the same days counts as sent.

    Args:
        occasion: The occasion, with the body's caps that the campaign departs from.
        now: The moment of planning.
        earlier: How many messages of the same campaign go before this one, within the cap's days.
    """
    floor = occasion.floors[occasion.channel]
    if earlier >= floor.times:
        return true()
    if floor.of_one_campaign:
        return false()
    touch = aliased(Touch)
    near = (touch.channel == occasion.channel, _near(touch, occasion, floor, now))
    theirs = select(func.count()).where(touch.person_id == Person.id, *near).scalar_subquery()
    held = theirs >= floor.times - earlier
    if occasion.reaches != "post":
        return held
    housemate = aliased(Person)
    reached = exists().where(
        housemate.household_key == Person.household_key,
        housemate.id != Person.id,
        touch.person_id == housemate.id,
        *near,
    )
    return or_(held, and_(reached, ~lives_apart()))


def _near(touch: type[Touch], occasion: Occasion, floor: Cap, now: datetime) -> ColumnElement[bool]:
    """Match touches that went out, or are planned, in the days of the cap."""
    begins, ends = (occasion.at + sign * timedelta(days=floor.days) for sign in (-1, 1))
    went = and_(
        touch.state.in_((*WENT_OUT, TouchState.CLAIMED)),
        func.coalesce(touch.handed_over_at, touch.updated_at) > begins,
    )
    alive = select(Campaign.id).where(Campaign.state.in_(LIVE))
    # what is overdue goes at the next pass, which is now
    after = true() if now > begins else touch.not_before > begins
    planned = and_(
        touch.state == TouchState.PLANNED,
        touch.campaign_id.in_(alive),
        touch.not_before < ends,
        after,
    )
    return or_(went, planned)
