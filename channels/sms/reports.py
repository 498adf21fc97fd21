"""Delivery reports of a provider, with the states of a text in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from channels.sms.error_codes import Fault, classify

TWILIO = "twilio"


class Status(StrEnum):
    """The state of a text at its provider."""

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
        """Place in a text's life.

        A state is never followed by one of a lower rank.
        """
        return _RANKS[self]

    @property
    def is_end(self) -> bool:
        """Whether nothing follows, except that it is read."""
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
    """A provider's report on a text."""

    provider: str
    ref: str | None
    status: str  # in our word; a word that we do not know stays the provider's own
    code: str | None  # why it did not arrive
    attempt: str | None  # the key of our try, where the address names it

    @property
    def key(self) -> str | None:
        """Idempotency key of the report, or None where it names no text."""
        named = self.ref or self.attempt
        return f"{self.provider}:{named}:{self.status}" if named else None


def read_status(word: str | None) -> Status | None:
    """Return a state, or None for an unknown one."""
    return Status(word) if word in set(Status) else None


def read_twilio(fields: Mapping[str, str], attempt: str | None) -> Report:
    """Read a report from the fields that Twilio posts, with None for those that are missing."""
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
    """Return the meaning of the code of a text that did not arrive.

    `codes` are the second provider's own. A code that they do not describe is for a person to look
    at.
    """
    if provider != TWILIO:
        return codes.get(code or "", Fault.REVIEW)
    return classify(int(code) if code and code.isascii() and code.isdigit() else None)
