"""The occasion of a judgement, with its channel, purpose and day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from store.states import DayPart, OutcomeKind
from suppression.policies import Cap, Policy, shipped_policy

SERVICE = "service"
"""The purpose of what a citizen asked for, such as a confirmation or a promised call-back."""


@dataclass(frozen=True, slots=True)
class About:
    """The obligations a campaign is about, as a tax in some years or in every year if none is named."""

    tax: str
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The occasion of a judgement, as the rules need it."""

    channel: str  # "card"
    reaches: str  # post, text or call: which address the channel needs
    purpose: str
    on: date  # the day of the touch, where the citizens live
    at: datetime  # the same moment, for what starts and ends
    # facts that some import declared; a rule that needs another one cannot be judged
    declared: frozenset[str]
    asked: frozenset[str] = frozenset()  # names that the campaign's own `where` already asks about
    policy: Policy = field(default_factory=shipped_policy)
    caps: Mapping[str, Cap] | None = None  # None: the policy's
    floors: Mapping[str, Cap] = field(
        default_factory=dict
    )  # of the body, which the caps depart from
    campaign_id: int | None = None  # the campaign that claims; None while it is only planned
    subject: str | None = None  # what the campaign is about, in one word
    about: tuple[About, ...] = ()
    stops: tuple[OutcomeKind, ...] = ()  # outcomes after which the campaign has nothing to ask
    stops_at_reply: bool = False
    closed: bool = False  # nothing can be read from outside
    to_representative: bool = False  # whoever has a guardian is written to through the guardian
    names_whom: bool = False  # the words say for whom they are
    after_assessment: bool = False  # the text speaks to people whose assessment has been made
    asked_on: str | None = None  # service: the date fact that says when the citizen asked
    handing_over: bool = False  # judged at the moment of handing over, not for a day to come
    day_part: DayPart | None = None  # of a call that would be made now

    @property
    def is_service(self) -> bool:
        """Whether the citizen asked for this."""
        return self.purpose == SERVICE

    @property
    def one_a_number(self) -> bool:
        """Whether only one of those who share a number may get it.

        A text that does not say for whom it is means nothing the second time. What somebody asked for goes anyway.
        """
        return self.reaches == "text" and not self.names_whom and not self.is_service

    @property
    def cap(self) -> Cap | None:
        """The cap on this channel."""
        return (self.policy.caps if self.caps is None else self.caps).get(self.channel)
