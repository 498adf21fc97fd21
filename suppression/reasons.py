"""Every reason not to reach somebody: a code that is stored, a bit that is never renumbered, a plain sentence.

The order is the order in which the rules are asked: the first reason that holds is the one a decision is counted under.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

Language = Literal["nl", "en"]


class Reason(StrEnum):
    """Why somebody was left out, or why one touch did not go."""

    DECEASED = "DECEASED"
    MINOR = "MINOR"
    MOVED_ABROAD = "MOVED_ABROAD"
    ADDRESS_UNDER_INVESTIGATION = "ADDRESS_UNDER_INVESTIGATION"
    NO_POSTAL_ADDRESS = "NO_POSTAL_ADDRESS"
    NO_USABLE_NUMBER = "NO_USABLE_NUMBER"
    UNDER_GUARDIANSHIP = "UNDER_GUARDIANSHIP"
    OBJECTION = "OBJECTION"
    SUPPRESSED = "SUPPRESSED"
    EXTENSION_GRANTED = "EXTENSION_GRANTED"
    IN_OTHER_CARE = "IN_OTHER_CARE"
    NO_DUNNING_YET = "NO_DUNNING_YET"
    ALREADY_DONE = "ALREADY_DONE"
    FREQUENCY_CAP = "FREQUENCY_CAP"
    NAME_DAMAGED = "NAME_DAMAGED"
    HOUSEHOLD = "HOUSEHOLD"
    HOLD_OUT = "HOLD_OUT"
    LIMIT = "LIMIT"
    # of one touch, or of somebody no campaign decided about
    CAMPAIGN_STOPPED = "CAMPAIGN_STOPPED"
    ALREADY_HELPED = "ALREADY_HELPED"
    NOT_IN_AUDIENCE = "NOT_IN_AUDIENCE"

    @property
    def bit(self) -> int:
        """Return the number of this reason's bit in a stored mask."""
        return _BITS[self]

    def sentence(self, language: Language = "en") -> str:
        """Say it in one plain sentence about "this person"."""
        dutch, english = _SENTENCES[self]
        return dutch if language == "nl" else english


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
}

_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.DECEASED: ("Deze persoon is overleden.", "This person has died."),
    Reason.MINOR: ("Deze persoon is nog geen achttien jaar.", "This person is not yet eighteen."),
    Reason.MOVED_ABROAD: ("Deze persoon is naar het buitenland verhuisd.", "This person has moved abroad."),
    Reason.ADDRESS_UNDER_INVESTIGATION: (
        "Er wordt onderzocht of deze persoon nog op dit adres woont.",
        "It is being looked into whether this person still lives at this address.",
    ),
    Reason.NO_POSTAL_ADDRESS: (
        "Van deze persoon is geen geldig postadres bekend.",
        "No valid postal address of this person is known.",
    ),
    Reason.NO_USABLE_NUMBER: (
        "Van deze persoon is geen bruikbaar telefoonnummer bekend.",
        "No usable telephone number of this person is known.",
    ),
    Reason.UNDER_GUARDIANSHIP: (
        "Iemand anders behartigt de zaken van deze persoon (curator of bewindvoerder).",
        "Somebody else looks after this person's affairs (a guardian or administrator).",
    ),
    Reason.OBJECTION: (
        "Deze persoon heeft gevraagd om niet benaderd te worden.",
        "This person asked not to be reached.",
    ),
    Reason.SUPPRESSED: (
        "Deze persoon, dit adres of dit nummer staat op een lijst van wie we niet benaderen.",
        "This person, this address or this number is on a list of those we do not reach.",
    ),
    Reason.EXTENSION_GRANTED: ("Deze persoon heeft uitstel gekregen.", "This person was granted an extension."),
    Reason.IN_OTHER_CARE: (
        "Deze persoon wordt al door een ander team of een andere organisatie geholpen.",
        "Another team or organisation is already helping this person.",
    ),
    Reason.NO_DUNNING_YET: (
        "Deze persoon heeft nog geen aanmaning gekregen, of die is nog te kort geleden.",
        "This person has not had a dunning letter yet, or had it too recently.",
    ),
    Reason.ALREADY_DONE: (
        "Deze persoon heeft al gedaan waar de campagne om vraagt.",
        "This person has already done what the campaign asks for.",
    ),
    Reason.FREQUENCY_CAP: (
        "Deze persoon is kort geleden al benaderd.",
        "This person was already reached a short while ago.",
    ),
    Reason.NAME_DAMAGED: (
        "De naam van deze persoon is beschadigd aangeleverd en wordt niet zo gedrukt.",
        "This person's name came in damaged and is not printed like that.",
    ),
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
}


def bits(reasons: Iterable[Reason]) -> int:
    """Return the mask in which each of `reasons` has its bit set."""
    return sum({1 << reason.bit for reason in reasons})


def named(mask: int) -> list[Reason]:
    """Return the reasons whose bits are set in `mask`, in the order in which the rules are asked."""
    return [reason for reason in Reason if mask >> reason.bit & 1]
