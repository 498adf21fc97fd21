"""The port that every channel implements, which takes a batch and yields a result for each message.

A channel is handed a `Batch` of messages and yields one result for each:

    Receipt     it went: the provider has it, under this reference
    Refusal     it did not go: this message, for this reason; the others go on
    Unsure      it may have gone: nobody sends it again before that is known
    HandedFile  a file that the batch became (a print run's PDF, its manifest): no message's result
    Seeded      a piece for one of ourselves that went with it: no message's result either

or raises `Unavailable`: nobody can be reached now, and every message without a result surely did not go.

**The law every channel keeps.** A batch has a key, and a key leaves at most once, however often and by however many
processes it is sent. `settle` is asked after a crash: it yields the results of what did go under that key, and when
it ends, any message of the batch without a result did not go and never will under that key.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

from people.addresses import PostalAddress
from people.numbers import PhoneNumber

if TYPE_CHECKING:
    from channels.shared_state import Shared

type_of_address = Literal["post", "text", "call"]
Watch = Callable[[str, int, int], None]
"""A progress callback, called with the phase, how many are done and how many there are.

A phase may come in parts, one for each batch. The last call of a part has both numbers the same.
"""


def unwatched(phase: str, done: int, total: int) -> None:
    """Ignore progress."""


class Unavailable(Exception):
    """The channel cannot be used now, and messages without a result surely did not go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A touch put into words, ready for a channel."""

    touch_id: int
    to: PostalAddress | PhoneNumber
    address_lines: tuple[str, ...]  # as printed, top to bottom; empty where nothing is addressed
    words: Mapping[str, str]  # by part of the template: "headline", "text", "body", ...
    language: str  # ISO 639-1: of the words, not of the person
    code: str  # ten digits, or empty where the channel carries none


@dataclass(frozen=True, slots=True)
class Seed:
    """A piece of a print run addressed to the body itself, to check the print shop.

    It has the same words as the others, and a response code that no citizen has.
    """

    seed_id: int
    message: Message  # nobody's touch: its touch_id is 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages of one campaign, one step and one wave, sent together under one key."""

    key: str  # letters, digits and hyphens; never used again
    made_at: datetime
    messages: tuple[Message, ...]
    layout: Mapping[str, Any] = field(default_factory=dict)  # the template's layout, as data
    # the campaign's own: name, return_address, number, ...
    sender: Mapping[str, str] = field(default_factory=dict)
    watch: Watch = unwatched
    number: int = 0  # of the delivery: stands on every piece of post; 0 where nothing is mailed
    seeds: tuple[Seed, ...] = ()  # besides the messages, where something is printed
    artwork: bool = False  # the shop composes too: it gets the artwork and the words apart
    terms: "PrintTerms | None" = None  # where something is printed: when and how it is posted
    # what the machines of an installation share of it; without, folders of this machine are used
    shared: "Shared | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTerms:
    """When and how a print shop posts a run, and whom it asks."""

    post_by: datetime | None = None  # the earliest posting that the shop's calendar gives
    service: str = ""  # the carrier's, in the shop's words: `partijenpost, 72 uur`
    contact: str = ""  # whom of us the shop asks: name, telephone, mail


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has the message."""

    touch_id: int
    provider_ref: str
    cost: int | None = None  # hundredths of a euro cent


class RefusalKind(StrEnum):
    """Meaning of a refusal for the touch."""

    CONTENT = "content"  # this message can never go as it is
    ADDRESS = "address"  # this address cannot be reached through this channel
    OPTED_OUT = "opted_out"  # the citizen asked the provider to stop
    LATER = "later"  # it surely did not go; trying again later makes sense


@dataclass(frozen=True, slots=True)
class Refusal:
    """The message did not go."""

    touch_id: int
    kind: RefusalKind
    code: str  # a word of ours (DOES_NOT_FIT) or the provider's own code (21614)
    detail: str  # one plain sentence, without personal data


@dataclass(frozen=True, slots=True)
class Unsure:
    """The message may have gone."""

    touch_id: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file of a batch that was handed over, with its folder below the outbox."""

    folder: str  # relative to the outbox
    name: str
    sha256: str
    bytes: int
    pages: int = 0
    cards: int = 0  # pieces for citizens
    seeds: int = 0  # pieces for ourselves
    first: int = 0  # record of its first piece in the run
    grams: int = 0  # of all its pieces


@dataclass(frozen=True, slots=True)
class Seeded:
    """A seed piece went with the batch."""

    seed_id: int
    provider_ref: str


Result = Receipt | Refusal | Unsure | HandedFile | Seeded


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Settings that an installation gives to its channels."""

    outbox: Path
    # e.g. twilio_account_sid; never logged
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)


class Channel(Protocol):
    """A way to reach people."""

    kind: ClassVar[str]  # "card"
    reaches: ClassVar[type_of_address]  # which address a person needs
    carries_code: ClassVar[bool]  # whether each message carries a response code
    pages: ClassVar[int]  # printed pages for one message; 0 where nothing is printed

    @property
    def batch_size(self) -> int:
        """The most messages that one batch may hold."""
        ...

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        """Make the channel ready, without opening a connection yet."""
        ...

    def check(self, message: Message, batch: Batch) -> Refusal | None:
        """Check whether this message could go, without sending anything."""
        ...

    def send(self, batch: Batch) -> Iterator[Result]:
        """Hand the batch over and yield a result for every message.

        Raises:
            Unavailable: nobody can be reached now.
        """
        ...

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Yield what did go under this key after a crash, and make sure that nothing else ever will.

        Raises:
            Unavailable: the provider cannot be asked now.
        """
        ...
