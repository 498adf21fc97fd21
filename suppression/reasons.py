"""Reasons not to reach somebody, each with a stored code, a fixed bit and a plain sentence.

Reasons are in the order in which rules are asked, unless the policy gives another. The sentence of a
judged reason is in the module of its rule.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

Language = Literal["nl", "en"]


class Reason(StrEnum):
    """Why somebody was left out, or why one touch did not go."""

    # judged, each by its own rule in suppression.rules
    DECEASED = "DECEASED"
    RECORD_ERROR = "RECORD_ERROR"
    MINOR = "MINOR"
    MOVED_ABROAD = "MOVED_ABROAD"
    MINISTERIAL_DECISION = "MINISTERIAL_DECISION"
    UNKNOWN_RESIDENCE = "UNKNOWN_RESIDENCE"
    ADDRESS_UNDER_INVESTIGATION = "ADDRESS_UNDER_INVESTIGATION"
    NO_POSTAL_ADDRESS = "NO_POSTAL_ADDRESS"
    NO_USABLE_NUMBER = "NO_USABLE_NUMBER"
    NUMBER_SHARED = "NUMBER_SHARED"
    UNDER_GUARDIANSHIP = "UNDER_GUARDIANSHIP"
    NO_REPRESENTATIVE = "NO_REPRESENTATIVE"
    OBJECTION = "OBJECTION"
    NO_CONSENT = "NO_CONSENT"
    SUPPRESSED = "SUPPRESSED"
    EXTENSION_GRANTED = "EXTENSION_GRANTED"
    IN_CARE_STELLA = "IN_CARE_STELLA"
    IN_CARE_OBJECTION = "IN_CARE_OBJECTION"
    IN_CARE_PAYMENT_ARRANGEMENT = "IN_CARE_PAYMENT_ARRANGEMENT"
    IN_CARE_DEBT_RESTRUCTURING = "IN_CARE_DEBT_RESTRUCTURING"
    IN_OTHER_CARE = "IN_OTHER_CARE"
    NO_OBLIGATION = "NO_OBLIGATION"
    NOT_UNDER_THIS_LAW = "NOT_UNDER_THIS_LAW"
    ASSESSED = "ASSESSED"
    TOO_LATE = "TOO_LATE"
    NO_DUNNING_YET = "NO_DUNNING_YET"
    LETTER_NEAR = "LETTER_NEAR"
    ALREADY_DONE = "ALREADY_DONE"
    OTHER_CAMPAIGN = "OTHER_CAMPAIGN"
    COOLING_DOWN = "COOLING_DOWN"
    FREQUENCY_CAP = "FREQUENCY_CAP"
    HOUSEHOLD_CAP = "HOUSEHOLD_CAP"
    SHARED_ADDRESS = "SHARED_ADDRESS"
    STALE_DATA = "STALE_DATA"
    NAME_DAMAGED = "NAME_DAMAGED"
    # drawn by the campaign
    HOUSEHOLD = "HOUSEHOLD"
    HOLD_OUT = "HOLD_OUT"
    LIMIT = "LIMIT"
    # of one touch, or of somebody no campaign decided about
    CAMPAIGN_STOPPED = "CAMPAIGN_STOPPED"
    ALREADY_HELPED = "ALREADY_HELPED"
    NOT_IN_AUDIENCE = "NOT_IN_AUDIENCE"
    # why something waits
    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    LINE_CLOSED = "LINE_CLOSED"
    SAME_DAY_PART = "SAME_DAY_PART"
    SHOP_CLOSED = "SHOP_CLOSED"
    SHOP_FULL = "SHOP_FULL"

    @property
    def bit(self) -> int:
        """Return the number of this reason's bit in a stored mask."""
        return _BITS[self]

    def sentence(self, language: Language = "en") -> str:
        """Return the reason as one plain sentence about "this person"."""
        dutch, english = _SENTENCES.get(self) or _of_its_rule(self)
        return dutch if language == "nl" else english


def _of_its_rule(reason: Reason) -> tuple[str, str]:
    from suppression.rules import BY_REASON  # a rule names its reason, so the reasons come first

    rule = BY_REASON[reason]
    return rule.nl, rule.en


# Stored decisions hold these numbers: a new reason takes the next free one, and one that goes leaves its number empty.
_BITS: dict[Reason, int] = {
    Reason.DECEASED: 0,
    Reason.MINOR: 1,
    Reason.MOVED_ABROAD: 2,
    Reason.ADDRESS_UNDER_INVESTIGATION: 3,
    Reason.NO_POSTAL_ADDRESS: 4,
    Reason.NO_USABLE_NUMBER: 5,
    Reason.UNDER_GUARDIANSHIP: 6,
    Reason.OBJECTION: 7,
    Reason.SUPPRESSED: 8,
    Reason.EXTENSION_GRANTED: 9,
    Reason.IN_OTHER_CARE: 10,
    Reason.NO_DUNNING_YET: 11,
    Reason.ALREADY_DONE: 12,
    Reason.FREQUENCY_CAP: 13,
    Reason.NAME_DAMAGED: 14,
    Reason.HOUSEHOLD: 15,
    Reason.HOLD_OUT: 16,
    Reason.LIMIT: 17,
    Reason.CAMPAIGN_STOPPED: 18,
    Reason.ALREADY_HELPED: 19,
    Reason.NOT_IN_AUDIENCE: 20,
    Reason.RECORD_ERROR: 21,
    Reason.MINISTERIAL_DECISION: 22,
    Reason.UNKNOWN_RESIDENCE: 23,
    Reason.NUMBER_SHARED: 24,
    Reason.NO_REPRESENTATIVE: 25,
    Reason.NO_CONSENT: 26,
    Reason.IN_CARE_STELLA: 27,
    Reason.IN_CARE_OBJECTION: 28,
    Reason.IN_CARE_PAYMENT_ARRANGEMENT: 29,
    Reason.IN_CARE_DEBT_RESTRUCTURING: 30,
    Reason.NO_OBLIGATION: 31,
    Reason.NOT_UNDER_THIS_LAW: 32,
    Reason.ASSESSED: 33,
    Reason.TOO_LATE: 34,
    Reason.LETTER_NEAR: 35,
    Reason.OTHER_CAMPAIGN: 36,
    Reason.COOLING_DOWN: 37,
    Reason.HOUSEHOLD_CAP: 38,
    Reason.SHARED_ADDRESS: 39,
    Reason.STALE_DATA: 40,
    Reason.OUTSIDE_HOURS: 41,
    Reason.LINE_CLOSED: 42,
    Reason.SAME_DAY_PART: 43,
    Reason.SHOP_CLOSED: 44,
    Reason.SHOP_FULL: 45,
}

# What is drawn, and what happens to one touch, has no rule of its own to say it.
_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.HOUSEHOLD: (
        "Een huisgenoot is geloot: per adres benaderen we één persoon.",
        "A housemate was drawn: one person per address is reached.",
    ),
    Reason.HOLD_OUT: (
        "Deze persoon is geloot in de groep die nu niet benaderd wordt, om te meten of de campagne helpt.",
        "This person was drawn into the group that is not reached now, to measure whether the campaign helps.",
    ),
    Reason.LIMIT: (
        "De campagne was vol: deze persoon viel bij de loting buiten het maximum.",
        "The campaign was full: in the draw this person fell beyond its limit.",
    ),
    Reason.CAMPAIGN_STOPPED: (
        "De campagne is gestopt voordat deze persoon aan de beurt was.",
        "The campaign was stopped before it was this person's turn.",
    ),
    Reason.ALREADY_HELPED: (
        "Deze persoon heeft al gereageerd of is al geholpen.",
        "This person has already replied or been helped.",
    ),
    Reason.NOT_IN_AUDIENCE: (
        "Deze persoon hoort niet bij de doelgroep van de campagne.",
        "This person does not belong to the campaign's audience.",
    ),
    Reason.OUTSIDE_HOURS: (
        "Op dit uur bellen en sms'en we niet: het wacht tot het volgende open uur.",
        "We do not call or text at this hour: it waits for the next open one.",
    ),
    Reason.LINE_CLOSED: (
        "Het kaartje zou aankomen op een dag dat de lijn dicht is: het wacht tot het op een open dag aankomt.",
        "The card would arrive on a day when the line is closed: it waits until it arrives on an open day.",
    ),
    Reason.SAME_DAY_PART: (
        "Op dit dagdeel is al een keer gebeld: de volgende poging is op een ander dagdeel.",
        "A call was tried in this part of the day already: the next attempt is in another one.",
    ),
    Reason.SHOP_CLOSED: (
        "De drukkerij neemt nu geen werk aan: het wacht tot de volgende werkdag van de drukkerij.",
        "The print shop takes no work now: it waits for the shop's next working day.",
    ),
    Reason.SHOP_FULL: (
        "De drukkerij is voor vandaag vol: het wacht tot de volgende werkdag van de drukkerij.",
        "The print shop is full for today: it waits for the shop's next working day.",
    ),
}


def bits(reasons: Iterable[Reason]) -> int:
    """Return the mask in which each of `reasons` has its bit set."""
    return sum({1 << reason.bit for reason in reasons})


def named(mask: int) -> list[Reason]:
    """Return the reasons whose bits are set in `mask`, in the order of the reasons."""
    return [reason for reason in Reason if mask >> reason.bit & 1]
