"""Switchboard of a simulated telephone network, with its calls, queues, ringing and reports."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urljoin

from simulators.voice.network_state import (
    OVER,
    HungUp,
    Party,
    Redirected,
    SimulatedCall,
    Source,
    sid,
)
from simulators.voice.scaled_clock import Pace
from simulators.voice.simulated_queues import SimulatedQueue
from simulators.voice.webhook_client import WebhookClient

T = TypeVar("T")
CONVERSING = "in-progress"


@dataclass(frozen=True, slots=True)
class Number:
    """The installation's number, with the URLs to ask and to report to."""

    number: str
    url: str
    status_url: str = ""


@dataclass(kw_only=True)
class Exchange:
    """The calls and queues of one rehearsal.

    They are kept in memory and gone with it.
    """

    account: str
    token: str
    number: Number
    pace: Pace
    webhooks: WebhookClient
    seed: int
    find_party: Callable[[str], Party] = field(init=False)
    calls: dict[str, SimulatedCall] = field(default_factory=dict)
    queues: dict[str, SimulatedQueue] = field(default_factory=dict)
    _running: set["asyncio.Task[Any]"] = field(default_factory=set)

    def new_call(
        self, sender: str, to: str, *, direction: str, party: Party, parent: str = ""
    ) -> SimulatedCall:
        """Make a call that nobody has picked up yet."""
        call = SimulatedCall(
            sid=sid("CA", self.seed, len(self.calls)),
            account=self.account,
            token=self.token,
            sender=sender,
            to=to,
            direction=direction,
            party=party,
            made_at=self.pace.now(),
            parent=parent,
        )
        self.calls[call.sid] = call
        return call

    def queue(self, name: str) -> SimulatedQueue | None:
        """Return the queue of this name, if there is one."""
        return next((each for each in self.queues.values() if each.name == name), None)

    def made_queue(self, name: str) -> SimulatedQueue:
        """Return the queue of this name, made if there is none."""
        if (found := self.queue(name)) is not None:
            return found
        queue = SimulatedQueue(
            sid=sid("QU", self.seed, name), account=self.account, name=name, made_at=self.pace.now()
        )
        return self.queues.setdefault(queue.sid, queue)

    def hang_up(self, call: SimulatedCall, by: str) -> bool:
        """Hang up a call, which leaves its queue at once."""
        if not call.interrupt(HungUp(by)):
            return False
        call.ended_by = by
        for queue in self.queues.values():
            queue.take(call.sid, self.pace.now())
        return True

    def redirect(self, call: SimulatedCall, source: Source) -> bool:
        """Redirect a call, or return False where it is over."""
        if not call.interrupt(Redirected(source)):
            return False
        for queue in self.queues.values():
            queue.take(call.sid, self.pace.now())
        return True

    async def ring(self, call: SimulatedCall, patience: float) -> bool:
        """Ring a telephone, and return whether it was picked up.

        A call that nobody picks up is finished.
        """
        self.report(call, "initiated")
        answer = call.party.answers(call)
        call.status = "ringing"
        self.report(call, "ringing")
        how = answer.how if answer.after <= patience else "no-answer"
        try:
            await call.meanwhile(self.pace.sleep(min(answer.after, patience)))
        except HungUp as gone:
            how = "canceled" if gone.by in {"network", "house"} else "no-answer"
        except Redirected:
            how = "failed"
        if how != "answered":
            self.finish(call, how)
            return False
        self.pick_up(call)
        return True

    def pick_up(self, call: SimulatedCall) -> None:
        """Answer a call."""
        call.status, call.answered_at = CONVERSING, self.pace.now()
        self.report(call, "answered")

    def finish(self, call: SimulatedCall, status: str, by: str = "") -> None:
        """End a call, once."""
        if call.status in OVER:
            return
        call.status, call.ended_at, call.ended_by = status, self.pace.now(), call.ended_by or by
        self.report(call, "completed")
        call.party.ends(call)

    def report(self, call: SimulatedCall, event: str) -> None:
        """Report the progress of a call, where a report of this event was asked for."""
        if not call.callback or event not in call.events:
            return
        fields = call.fields() | {
            "SequenceNumber": str(call.sequence),
            "CallbackSource": "call-progress-events",
        }
        if event == "initiated":
            fields["CallStatus"] = "initiated"
        if event == "completed":
            fields |= {"CallDuration": str(call.lasted), "Duration": str(-(-call.lasted // 60))}
        fields["Timestamp"] = f"{self.pace.now():%a, %d %b %Y %H:%M:%S +0000}"
        call.sequence += 1
        self.webhooks.report(call, urljoin(self.number.url, call.callback), fields)

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start a task, and keep it until it is done."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a call broke", "exception": error}
            )
