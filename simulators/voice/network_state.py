"""State of a simulated telephone network, namely calls, queues, bridges and interruptions."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any, Protocol

from simulators.voice.twiml import Gather

VERSION = "2010-04-01"
OVER = ("completed", "busy", "failed", "no-answer", "canceled")


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a call's next document, a URL to ask or a document given."""

    url: str
    method: str = "POST"
    fields: tuple[tuple[str, str], ...] = ()
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a call in a document, with its URL and the fields of every request from there."""

    url: str
    waiting: bool = False
    more: tuple[tuple[str, str], ...] = ()


class Left(Exception):
    """The call leaves its queue by a <Leave> verb."""


class Interruption(Exception):
    """An outside event in a call while it does something else."""


class HungUp(Interruption):
    """Somebody hung up."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class Redirected(Interruption):
    """The call is redirected."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.url)
        self.source = source


class Picked(Interruption):
    """The interruption of a wait when an agent who dialled the queue takes the call."""

    def __init__(self, bridge: "Bridge", before: Source | None) -> None:
        super().__init__(bridge.one.sid)
        self.bridge, self.before = bridge, before


@dataclass(frozen=True, slots=True)
class Answer:
    """How a ringing telephone is answered, and after how many seconds."""

    after: float
    how: str = "answered"  # answered | busy | no-answer | failed


class Party(Protocol):
    """A person with a telephone."""

    name: str

    def answers(self, call: "SimulatedCall") -> Answer:
        """Return whether they pick up."""

    def presses(self, gather: Gather, lasts: float) -> list[tuple[float, str]]:
        """Return the keys they press, each with its seconds after the prompts began.

        The prompts last `lasts` seconds.
        """

    def waits(self, call: "SimulatedCall") -> None:
        """They were put in a queue."""

    def meets(self, call: "SimulatedCall", other: "SimulatedCall") -> None:
        """They are connected with somebody."""

    def records(self) -> float:
        """Return how many seconds they speak after the beep, 0 where they say nothing."""

    def ends(self, call: "SimulatedCall") -> None:
        """Their call is over."""


@dataclass(eq=False, kw_only=True)
class SimulatedCall:
    """A call leg, one telephone at one end."""

    sid: str
    account: str
    token: str
    sender: str
    to: str
    direction: str  # inbound | outbound-api | outbound-dial
    party: Party
    made_at: datetime
    parent: str = ""
    status: str = "queued"
    callback: str = ""
    events: tuple[str, ...] = ("completed",)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    keyed: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    queued_at: datetime | None = None
    left_at: datetime | None = None
    queue_results: list[str] = field(default_factory=list)  # one for each time that it left a queue
    met_at: datetime | None = None
    met: list[str] = field(default_factory=list)  # the names of those they spoke with
    recorded: float = 0
    errors: list[str] = field(default_factory=list)
    last_report: "asyncio.Task[None] | None" = None
    # it was redirected, and no longer ends with the call that dialled it
    moved: bool = False
    sequence: int = 0  # of the next report
    asks: int = 0  # requests made about it
    _signal: "asyncio.Future[Interruption]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def over(self) -> bool:
        """Whether it has ended, or is about to."""
        return self.status in OVER or (
            self._signal.done() and isinstance(self._signal.result(), HungUp)
        )

    def interrupt(self, interruption: Interruption) -> bool:
        """Interrupt the call, or return False where it is over.

        Hanging up comes before every other interruption.
        """
        if self.over:
            return False
        if self._signal.done():
            if isinstance(missed := self._signal.result(), Picked):
                missed.bridge.end()  # whoever picked this call does not get it after all
            self._signal = asyncio.get_running_loop().create_future()
        self._signal.set_result(interruption)
        return True

    async def meanwhile(self, awaitable: Awaitable[Any]) -> Any:
        """Await something, unless an interruption comes first.

        Raises:
            Interruption: what came first.
        """
        waiting = asyncio.ensure_future(awaitable)
        try:
            await asyncio.wait({waiting, self._signal}, return_when=asyncio.FIRST_COMPLETED)
            self.notice()
            return waiting.result()
        finally:
            if not waiting.done() and not isinstance(awaitable, asyncio.Future):
                waiting.cancel()

    def notice(self) -> None:
        """Raise the pending interruption (hang-up, redirect, pick-up), if there is one.

        Raises:
            Interruption: what has happened.
        """
        if not self._signal.done():
            return
        arrived = self._signal.result()
        if not isinstance(arrived, HungUp):  # whoever hung up stays away
            self._signal = asyncio.get_running_loop().create_future()
        raise arrived

    def fields(self) -> dict[str, str]:
        """Return the fields of every request about this call."""
        named = {
            "CallSid": self.sid,
            "AccountSid": self.account,
            "From": self.sender,
            "To": self.to,
        }
        more = {"CallStatus": self.status, "Direction": self.direction, "ApiVersion": VERSION}
        ends = {"Caller": self.sender, "Called": self.to}
        return named | more | ends | ({"ParentCallSid": self.parent} if self.parent else {})

    @property
    def lasted(self) -> int:
        """Whole seconds between picking up and the end."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(int((self.ended_at - self.answered_at).total_seconds()), 0)

    def document(self) -> dict[str, Any]:
        """Return it in the form of the real API."""
        here = f"/{VERSION}/Accounts/{self.account}/Calls/{self.sid}"
        waited = (
            int((self.left_at - self.queued_at).total_seconds())
            if self.left_at and self.queued_at
            else 0
        )
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "parent_call_sid": self.parent or None,
            "from": self.sender,
            "from_formatted": self.sender,
            "to": self.to,
            "to_formatted": self.to,
            "phone_number_sid": None,
            "status": self.status,
            "direction": self.direction,
            "api_version": VERSION,
            "date_created": stamp(self.made_at),
            "date_updated": stamp(self.ended_at or self.made_at),
            "start_time": stamp(self.answered_at),
            "end_time": stamp(self.ended_at),
            "duration": str(self.lasted) if self.ended_at else None,
            "queue_time": str(waited * 1000),
            "price": None,
            "price_unit": "EUR",
            "answered_by": None,
            "caller_name": None,
            "forwarded_from": None,
            "group_sid": None,
            "trunk_sid": None,
            "annotation": None,
            "uri": f"{here}.json",
            "subresource_uris": {"recordings": f"{here}/Recordings.json"},
        }


@dataclass(eq=False)
class Bridge:
    """Two connected calls, until one of them is gone."""

    one: SimulatedCall  # who dialled
    two: SimulatedCall
    joined: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    over: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def join(self, now: datetime) -> None:
        """Connect the two, unless one of them has gone meanwhile."""
        if self.over.done() or self.joined.done():
            return
        self.joined.set_result(None)
        for call, other in ((self.one, self.two), (self.two, self.one)):
            call.met_at = call.met_at or now
            call.met.append(other.party.name)
            call.party.meets(call, other)

    def end(self) -> None:
        """Disconnect the two."""
        if not self.over.done():
            self.over.set_result(None)


def stamp(at: datetime | None) -> str | None:
    """Return a time in the form of the real API."""
    return format_datetime(at.astimezone(UTC)) if at else None


def sid(kind: str, *about: object) -> str:
    """Return a key in the form of the real API, two letters and thirty-two digits."""
    return kind + blake2b("/".join(map(str, about)).encode(), digest_size=16).hexdigest()
