"""Reasons not to reach somebody, each with a stored code and a fixed bit.

The sentences of each, in Dutch and English, stand in reasons.toml.

Reasons stand in the order in which rules are asked, unless the policy gives another.
"""

import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files

from store.sentences import Sentence
from store.written_dates import Language


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
    OBJECTION_IN_DOUBT = "OBJECTION_IN_DOUBT"
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
    SAME_NUMBER = "SAME_NUMBER"
    HOLD_OUT = "HOLD_OUT"
    LIMIT = "LIMIT"
    # of one touch, or of somebody no campaign decided about
    CAMPAIGN_STOPPED = "CAMPAIGN_STOPPED"
    ALREADY_HELPED = "ALREADY_HELPED"
    NOT_IN_AUDIENCE = "NOT_IN_AUDIENCE"
    STEP_FOR_OTHERS = "STEP_FOR_OTHERS"
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
        """Return the reason as one plain sentence about "this person", for a colleague."""
        return _sentences()[self.value]["about"][language]

    def as_sentence(self) -> Sentence:
        """Return the reason in English, to be translated with what it stands in."""
        return Sentence(self.sentence("en"))

    def to_person(self, language: Language = "en") -> str:
        """Return the reason as it is said to the person themselves."""
        return _sentences()[self.value]["person"][language]

    def what_changes_it(self, language: Language = "en") -> str:
        """Return what would change it, as it is said to the person themselves."""
        return _sentences()[self.value]["change"][language]


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
    Reason.SAME_NUMBER: 46,
    Reason.OBJECTION_IN_DOUBT: 47,
    Reason.STEP_FOR_OTHERS: 48,
}


@cache
def _sentences() -> dict[str, dict[str, dict[str, str]]]:
    """Return the sentences of every reason by its code, for whom they are, and language."""
    text = files("suppression").joinpath("reasons.toml").read_text("utf-8")
    return tomllib.loads(text)


def bits(reasons: Iterable[Reason]) -> int:
    """Return the mask in which each of `reasons` has its bit set."""
    return sum({1 << reason.bit for reason in reasons})


def named(mask: int) -> list[Reason]:
    """Return the reasons whose bits are set in `mask`, in the order of the reasons."""
    return [reason for reason in Reason if mask >> reason.bit & 1]


JUDGED: tuple[Reason, ...] = tuple(Reason)[: tuple(Reason).index(Reason.NAME_DAMAGED) + 1]
"""The reasons that the rules of `suppression.rules` judge, one module each; a test compares the two."""
