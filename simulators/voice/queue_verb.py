"""The <Enqueue> verb of a simulated telephone network, and the ways out of a queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from simulators.voice.network_state import (
    HungUp,
    Left,
    Picked,
    Place,
    Redirected,
    SimulatedCall,
    Source,
)
from simulators.voice.simulated_queues import Member, SimulatedQueue
from simulators.voice.twiml import Enqueue, NotTwiml
from simulators.voice.webhook_client import NoAnswer

if TYPE_CHECKING:
    from simulators.voice.twiml_verbs import Interpreter

# seconds: of the provider's own music, and before the installation is asked again
MUSIC, AGAIN = (30.0, 3.0)


async def wait_in_queue(
    interpreter: "Interpreter", call: SimulatedCall, verb: Enqueue, place: Place
) -> Source | None:
    """Keep a call in the queue until it leaves, and return the source to continue with.

    Raises:
        HungUp: the caller did not wait any longer, which was reported.
        Redirected: the call was redirected; its `action` was asked, and the response is not used.
    """
    exchange = interpreter.exchange
    queue, now = exchange.made_queue(verb.name), exchange.pace.now()
    member = queue.join(call, now)
    action = _QueueAction(
        interpreter=interpreter, call=call, verb=verb, place=place, queue=queue, since=now
    )
    if member is None:
        return action.onward("queue-full")
    call.queued_at, call.left_at = call.queued_at or now, None
    call.party.waits(call)
    try:
        await _listen(interpreter, call, verb=verb, place=place, queue=queue, member=member)
        result = "error"
    except Left:
        result = "leave"
    except NotTwiml as error:
        call.errors.append(f"{error.code} {error}")
        result = "error"
    except HungUp:
        await action.notify("hangup", gone=True)
        raise
    except Picked as picked:
        return await _meet(interpreter, call, picked, action)
    except Redirected:
        await action.notify("redirected")
        raise
    finally:
        queue.take(call.sid, exchange.pace.now())
    return action.onward(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class _QueueAction:
    """The request to the `action` of an <Enqueue>, made when the call has left the queue."""

    interpreter: "Interpreter"
    call: SimulatedCall
    verb: Enqueue
    place: Place
    queue: SimulatedQueue
    since: datetime

    def fields(self, result: str) -> Mapping[str, str]:
        self.call.queue_results.append(result)
        if result == "queue-full":
            return {"QueueResult": result}
        now = self.interpreter.exchange.pace.now()
        self.call.left_at = self.call.left_at or now
        waited = int(((self.call.left_at or now) - self.since).total_seconds())
        return {"QueueResult": result, "QueueSid": self.queue.sid, "QueueTime": str(max(waited, 0))}

    def onward(self, result: str) -> Source | None:
        fields = self.fields(result)
        return (
            self.interpreter.source(self.place, self.verb.action, self.verb.method, fields)
            if self.verb.action
            else None
        )

    async def notify(self, result: str, *, gone: bool = False) -> None:
        """Make the request where nobody waits for the response."""
        self.queue.take(self.call.sid, self.interpreter.exchange.pace.now())
        fields = self.fields(result)
        if not self.verb.action:
            return
        if gone:
            fields = {**fields, "CallStatus": "completed"}
        url = urljoin(self.place.url, self.verb.action)
        await self.interpreter.say_goodbye(self.call, url, self.verb.method, fields)


async def _listen(
    interpreter: "Interpreter",
    call: SimulatedCall,
    *,
    verb: Enqueue,
    place: Place,
    queue: SimulatedQueue,
    member: Member,
) -> None:
    """Play the wait document again and again, and retry while the installation does not answer."""
    pace = interpreter.exchange.pace
    while True:
        if not verb.wait_url:  # music of the provider's own, or silence where the address is empty
            await call.meanwhile(pace.sleep(MUSIC))
            continue
        fields = tuple(queue.fields(member, pace.now()).items())
        began = pace.now()
        try:
            await interpreter.follow(
                call,
                Source(urljoin(place.url, verb.wait_url), verb.wait_method, fields),
                waiting=True,
            )
        except NoAnswer as error:
            call.errors.append(f"{error.code} {error}")
            await call.meanwhile(pace.sleep(AGAIN))
        if (pace.now() - began).total_seconds() < 1:
            await call.meanwhile(pace.sleep(1))  # nobody is asked more often than every second


async def _meet(
    interpreter: "Interpreter", call: SimulatedCall, picked: Picked, action: _QueueAction
) -> Source | None:
    """Play the document before the conversation, and then connect the agent."""
    bridge, result = picked.bridge, "bridged"
    try:
        if picked.before is not None:
            await interpreter.follow(call, picked.before)
        bridge.join(interpreter.exchange.pace.now())
        await call.meanwhile(bridge.over)
    except HungUp:
        bridge.end()
        await action.notify(result if bridge.joined.done() else "hangup", gone=True)
        raise
    except Redirected:
        bridge.end()
        await action.notify("redirected-from-bridged" if bridge.joined.done() else "redirected")
        raise
    except (NoAnswer, NotTwiml) as error:
        call.errors.append(f"{error.code} {error}")
        result = "error"
    finally:
        bridge.end()
    return action.onward(result)
