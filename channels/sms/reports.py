"""What a provider reports of a text: its states in our words, in the order in which they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from channels.sms.error_codes import Fault, classify

TWILIO = "twilio"


class Status(StrEnum):
    """How far a text is at its provider."""

    SCHEDULED = "scheduled"
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    PARTLY = "partially_delivered"  # some of its segments: it may have been read
    DELIVERED = "delivered"
    READ = "read"

    @property
    def rank(self) -> int:
        """How late in a text's life it comes; what comes later is never followed by what comes earlier."""
        return _RANKS[self]

    @property
    def is_end(self) -> bool:
        """Whether nothing follows, but that it is read."""
        return self in REACHED or self in MISSED


_S = Status
REACHED = frozenset({_S.PARTLY, _S.DELIVERED, _S.READ})
MISSED = frozenset({_S.UNDELIVERED, _S.FAILED, _S.CANCELED})
_END = 5
_RANKS = {_S.SCHEDULED: 0, _S.ACCEPTED: 1, _S.QUEUED: 2, _S.SENDING: 3, _S.SENT: 4} | dict.fromkeys(
    (*REACHED, *MISSED), _END
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing a provider tells of one text."""

    provider: str
    ref: str | None
    status: str  # in our word; a word that we do not know stays the provider's own
    code: str | None  # why it did not arrive
    attempt: str | None  # the key of our try, where the address names it

    @property
    def key(self) -> str | None:
        """What makes it one report, however often it is told; None where it names no text."""
        named = self.ref or self.attempt
        return f"{self.provider}:{named}:{self.status}" if named else None


def read_status(word: str | None) -> Status | None:
    """Return a state in our words; None for one that nobody has met."""
    return Status(word) if word in set(Status) else None


def read_twilio(fields: Mapping[str, str], attempt: str | None) -> Report:
    """Read what Twilio posts; what is missing is none."""
    status = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    code = fields.get("ErrorCode") or None
    return Report(
        provider=TWILIO,
        ref=fields.get("MessageSid") or fields.get("SmsSid") or None,
        status=status.lower(),
        code=code,
        attempt=attempt,
    )


def fault_of(provider: str, code: str | None, codes: Mapping[str, Fault]) -> Fault:
    """Return what it means that a text did not arrive.

    `codes` are the second provider's own; one of those that it does not describe is for a person to look at.
    """
    if provider != TWILIO:
        return codes.get(code or "", Fault.REVIEW)
    return classify(int(code) if code and code.isascii() and code.isdigit() else None)
