"""Reasons not to reach somebody, each with a stored code, a fixed bit and a sentence.

Sentences are in Dutch and English.

Reasons stand in the order in which rules are asked, unless the policy gives another.
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

_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.DECEASED: (
        "Deze persoon is overleden.",
        "This person has died.",
    ),
    Reason.RECORD_ERROR: (
        "De basisregistratie noemt de gegevens van deze persoon een fout.",
        "The population register calls this person's record an error.",
    ),
    Reason.MINOR: (
        "Deze persoon is nog geen achttien jaar.",
        "This person is not yet eighteen.",
    ),
    Reason.MOVED_ABROAD: (
        "Deze persoon is naar het buitenland verhuisd.",
        "This person has moved abroad.",
    ),
    Reason.MINISTERIAL_DECISION: (
        "De gegevens van deze persoon worden door een besluit van de minister niet meer bijgehouden.",
        "By a decision of the minister this person's record is no longer kept up.",
    ),
    Reason.UNKNOWN_RESIDENCE: (
        "Het is niet bekend waar deze persoon woont.",
        "It is not known where this person lives.",
    ),
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
    Reason.NUMBER_SHARED: (
        "Het telefoonnummer van deze persoon is ook van veel anderen.",
        "This person's telephone number is also that of many others.",
    ),
    Reason.UNDER_GUARDIANSHIP: (
        "Iemand anders behartigt de zaken van deze persoon (curator of bewindvoerder).",
        "Somebody else looks after this person's affairs (a guardian or administrator).",
    ),
    Reason.NO_REPRESENTATIVE: (
        "De vertegenwoordiger van deze persoon is niet te bereiken met een gesloten brief.",
        "This person's representative cannot be reached by a closed letter.",
    ),
    Reason.OBJECTION: (
        "Deze persoon heeft gevraagd om niet benaderd te worden.",
        "This person asked not to be reached.",
    ),
    Reason.NO_CONSENT: (
        "Deze persoon heeft hiervoor geen toestemming gegeven, of heeft die ingetrokken.",
        "This person gave no consent for this, or took it back.",
    ),
    Reason.SUPPRESSED: (
        "Deze persoon, dit adres of dit nummer staat op een lijst van wie we niet benaderen.",
        "This person, this address or this number is on a list of those we do not reach.",
    ),
    Reason.EXTENSION_GRANTED: (
        "Deze persoon heeft uitstel gekregen.",
        "This person was granted an extension.",
    ),
    Reason.IN_CARE_STELLA: (
        "Het Stellateam helpt deze persoon al.",
        "The Stella team is already helping this person.",
    ),
    Reason.IN_CARE_OBJECTION: (
        "Er loopt een bezwaar of beroep van deze persoon.",
        "An objection or appeal of this person is being dealt with.",
    ),
    Reason.IN_CARE_PAYMENT_ARRANGEMENT: (
        "Deze persoon heeft een betalingsregeling.",
        "This person has a payment arrangement.",
    ),
    Reason.IN_CARE_DEBT_RESTRUCTURING: (
        "De schulden van deze persoon worden al gesaneerd.",
        "This person's debts are already being restructured.",
    ),
    Reason.IN_OTHER_CARE: (
        "Deze persoon wordt al door een ander team of een andere organisatie geholpen.",
        "Another team or organisation is already helping this person.",
    ),
    Reason.NO_OBLIGATION: (
        "Voor deze persoon is geen aangifte bekend waar de campagne over gaat.",
        "No return that the campaign is about is known for this person.",
    ),
    Reason.NOT_UNDER_THIS_LAW: (
        "Volgens de wet van dat belastingjaar hoeft deze persoon hiervoor niets te doen, of kan het niet meer.",
        "Under the law of that tax year this person need not do anything for it, or no longer can.",
    ),
    Reason.ASSESSED: (
        "De aanslag van deze persoon is al opgelegd.",
        "This person's assessment has already been made.",
    ),
    Reason.TOO_LATE: (
        "De aanslag van deze persoon komt te snel: een bericht zou te laat zijn.",
        "This person's assessment comes too soon: a message would be too late.",
    ),
    Reason.NO_DUNNING_YET: (
        "Deze persoon heeft nog geen aanmaning gekregen, of die is nog te kort geleden.",
        "This person has not had a dunning letter yet, or had it too recently.",
    ),
    Reason.LETTER_NEAR: (
        "Deze persoon krijgt dezer dagen een officiële brief, of kreeg die net.",
        "An official letter to this person is due these days, or has just gone.",
    ),
    Reason.ALREADY_DONE: (
        "Deze persoon heeft al gedaan waar de campagne om vraagt.",
        "This person has already done what the campaign asks for.",
    ),
    Reason.OTHER_CAMPAIGN: (
        "Deze persoon zit al in een andere lopende campagne over hetzelfde onderwerp.",
        "This person is already in another running campaign about the same subject.",
    ),
    Reason.COOLING_DOWN: (
        "Met deze persoon is pas gesproken, of er wordt nog teruggebeld.",
        "Somebody has just talked with this person, or is about to call back.",
    ),
    Reason.FREQUENCY_CAP: (
        "Deze persoon is kort geleden al benaderd.",
        "This person was already reached a short while ago.",
    ),
    Reason.HOUSEHOLD_CAP: (
        "Een huisgenoot van deze persoon is kort geleden al benaderd.",
        "Somebody at this person's address was already reached a short while ago.",
    ),
    Reason.SHARED_ADDRESS: (
        "Op dit adres wonen te veel mensen voor een huishouden; een medewerker beslist wat het is.",
        "Too many people live at this address for a household; a colleague decides what it is.",
    ),
    Reason.STALE_DATA: (
        "De gegevens van deze persoon zijn te oud om nog iets te versturen.",
        "This person's data are too old to send anything.",
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


JUDGED: tuple[Reason, ...] = tuple(Reason)[: tuple(Reason).index(Reason.NAME_DAMAGED) + 1]
"""The reasons that the rules of `suppression.rules` judge, one module each; a test compares the two."""
