"""The port of a provider of texts, with its requests and responses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels.sms.error_codes import Fault

NO_CONNECTION = "NO_CONNECTION"
"""The code of a text that surely was not taken, since the provider could not be reached."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, ready to go."""

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
class TextState:
    """The state of a text, as its provider gives it when asked."""

    status: str  # in the provider's own word
    code: str | None  # why it did not arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedText:
    """A text in a provider's own list of what it sent for an account."""

    ref: str
    to: str  # E.164
    body: str  # empty where the provider keeps no words
    status: str  # in the provider's own word
    segments: int | None = None
    ours: bool = True  # False: another sender of the same account


class CannotSay(Exception):
    """The provider cannot give the state of a text, now or ever."""


class UnlistedTexts(CannotSay):
    """The provider keeps no list that anybody may read."""


class Provider(Protocol):
    """A provider of texts.

    It is used by several threads at once.
    """

    name: str

    def hand_over(self, text: Text) -> Answer:
        """Hand over one text, once.

        The caller decides whether to retry.
        """
        ...

    def find(self, to: str, since: datetime) -> Sequence[Found]:
        """Return every text to this number that the provider took since then.

        Raises:
            CannotSay: the provider cannot tell.
        """
        ...

    def status(self, ref: str) -> TextState:
        """Return the state of a text, by the provider's own reference.

        Raises:
            CannotSay: the provider cannot tell.
        """
        ...

    def made(self, ref: str) -> bool:
        """Say whether a reference may be one of this provider's."""
        ...

    def listed(self, since: datetime) -> Iterator[ListedText]:
        """Yield every text that the account sent since then, to whomever.

        Raises:
            CannotSay: the list cannot be read now; `UnlistedTexts` where there never is one.
        """
        ...
