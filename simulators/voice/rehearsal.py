"""A rehearsal with a telephone network, callers who ring, and agents who answer."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from simulators.voice.call_log import write
from simulators.voice.callers import Caller, Phone, crowd
from simulators.voice.network_state import OVER, Party, SimulatedCall, Source
from simulators.voice.scaled_clock import Pace
from simulators.voice.scenario import Rehearsal
from simulators.voice.switchboard import Exchange, Number
from simulators.voice.twiml_verbs import Interpreter
from simulators.voice.webhook_client import WebhookClient

# seconds: how long a telephone rings by itself; between two looks whether all is done
RINGS, LOOKS = (60.0, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The number of callers and agents, and the pace of a rehearsal."""

    callers: int = 0
    agents: int = 0
    codes: tuple[str, ...] = ()
    # where an agent's telephone asks what to do when it dials in by itself
    agent_url: str = ""
    seed: int = 0
    pace: float = 1


@dataclass(kw_only=True)
class Stage:
    """One rehearsal, from the first ring to the last."""

    exchange: Exchange
    cast: Cast
    given: Rehearsal
    truth: Path | None = None
    callers: dict[str, Caller] = field(default_factory=dict)  # by name
    phones: dict[str, Phone] = field(default_factory=dict)
    _coming: int = 0

    @property
    def interpreter(self) -> Interpreter:
        """The interpreter of the calls' documents."""
        return Interpreter(self.exchange)

    def find_party(self, to: str) -> Party:
        """Return the person at a number.

        The first `agents` clients that are rung are signed in.
        """
        for caller in self.callers.values():
            if to and to == caller.number:
                return caller
        name = to.removeprefix("client:")
        if name not in self.phones:
            here = len(self.phones) < self.cast.agents
            desk = (
                self.given.agents
                if here
                else self.given.agents.model_copy(update={"answer_share": 0.0})
            )
            self.phones[name] = Phone(name=name, desk=desk, exchange=self.exchange)
        return self.phones[name]

    def ring_in(self, caller: Caller) -> SimulatedCall:
        """Let a caller ring the installation."""
        exchange = self.exchange
        self.callers.setdefault(caller.name, caller)
        call = exchange.new_call(
            caller.number, exchange.number.number, direction="inbound", party=caller
        )
        call.callback, call.status = exchange.number.status_url, "ringing"
        caller.calls.append(call)
        exchange.start(self.interpreter.live(call, Source(exchange.number.url)))
        exchange.start(caller.give_up_in_the_end(call))
        return call

    async def _later(self, after: float, caller: Caller) -> None:
        await self.exchange.pace.sleep(after)
        self._coming -= 1
        self.ring_in(caller)

    def ring_later(self, after: float, caller: Caller) -> None:
        """Let a caller ring the installation later."""
        self._coming += 1
        self.exchange.start(self._later(after, caller))

    async def _dial_in(self, phone: Phone) -> None:
        """Let an agent dial in whenever they are free, as a telephone in a browser does."""
        while True:
            call = self.exchange.new_call(
                f"client:{phone.name}", "", direction="inbound", party=phone
            )
            phone.speaking.add(call.sid)
            await self.interpreter.live(call, Source(self.cast.agent_url))
            await self.exchange.pace.sleep(self.given.agents.pause)

    async def play(self) -> None:
        """Play all callers and agents, and return when the last caller is done."""
        cast = self.cast
        for after, caller in crowd(
            self.exchange,
            self.given.callers,
            count=cast.callers,
            codes=list(cast.codes),
            ring_later=self.ring_later,
        ):
            self.callers[caller.name] = caller
            self.ring_later(after, caller)
        if cast.agent_url:
            for place in range(cast.agents):
                phone = self.find_party(f"client:agent-{place + 1}")
                assert isinstance(phone, Phone)  # noqa: S101  no caller is called client:…
                self.exchange.start(self._dial_in(phone))
        while self._coming or any(self._theirs()):  # noqa: ASYNC110  no one moment ends the last call
            await asyncio.sleep(LOOKS)
        await asyncio.gather(
            *(call.last_report for call in self.exchange.calls.values() if call.last_report)
        )
        self.write_down()

    def _theirs(self) -> Iterator[bool]:
        return (
            call.status not in OVER
            for call in self.exchange.calls.values()
            if isinstance(call.party, Caller)
        )

    def write_down(self) -> None:
        """Write the log of calls so far."""
        if self.truth is not None:
            write(self.truth, self.of_callers())

    def of_callers(self) -> list[SimulatedCall]:
        """Return every call of a caller, in order of arrival."""
        return [call for call in self.exchange.calls.values() if isinstance(call.party, Caller)]


def make_stage(
    cast: Cast,
    given: Rehearsal,
    *,
    account: tuple[str, str],
    number: Number,
    truth: Path | None = None,
) -> Stage:
    """Make a rehearsal.

    It needs a running event loop.
    """
    pace = Pace(cast.pace)
    webhooks = WebhookClient(faults=given.line, pace=pace, seed=cast.seed)
    sid, secret = account
    exchange = Exchange(
        account=sid, token=secret, number=number, pace=pace, webhooks=webhooks, seed=cast.seed
    )
    stage = Stage(exchange=exchange, cast=cast, given=given, truth=truth)
    exchange.find_party = stage.find_party
    return stage
