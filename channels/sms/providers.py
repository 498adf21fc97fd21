"""The port of a provider of texts: what it is handed, and what it can say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels.sms.error_codes import Fault

NO_CONNECTION = "NO_CONNECTION"
"""The code of a text that surely was not taken, since the provider could not be reached."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text, ready to go."""

    touch_id: int
    to: str  # E.164
    body: str
    attempt: str  # the key of this try


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has it."""

    ref: str
    segments: int | None = None  # as the provider counts them, where it says so


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The provider surely does not have it."""

    fault: Fault
    code: str  # the provider's own, or a word of ours
    detail: str  # one plain sentence, without personal data
    retry_after: float | None = None  # seconds the provider asks us to wait


@dataclass(frozen=True, slots=True)
class Doubt:
    """The provider may have it."""

    detail: str


Answer = Taken | NotTaken | Doubt


@dataclass(frozen=True, slots=True)
class Found:
    """A text that a provider says it has."""

    ref: str
    body: str  # empty where the provider keeps no words
    made_at: datetime
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How far a text is, as its provider says when asked."""

    status: str  # in the provider's own word
    code: str | None  # why it did not arrive


class CannotSay(Exception):
    """The provider cannot say what became of a text, now or ever."""


class Provider(Protocol):
    """Somebody who carries texts. It is used by several threads at once."""

    name: str

    def hand_over(self, text: Text) -> Answer:
        """Hand over one text, once: whether to try again is decided by whoever asks."""
        ...

    def find(self, to: str, since: datetime) -> Sequence[Found]:
        """Return every text to this number that the provider took since then.

        Raises:
            CannotSay: the provider cannot tell.
        """
        ...

    def status(self, ref: str) -> Told:
        """Say how far one text is, by the provider's own reference.

        Raises:
            CannotSay: the provider cannot tell.
        """
        ...
