"""Waiting in a queue of a simulated telephone network, and how somebody gets out of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from simulators.voice.network_state import (
    HungUp,
    Left,
    Member,
    Picked,
    Place,
    Redirected,
    SimulatedCall,
    SimulatedQueue,
    Source,
)
from simulators.voice.twiml import Enqueue, NotTwiml
from simulators.voice.webhook_client import NoAnswer

if TYPE_CHECKING:
    from simulators.voice.twiml_verbs import Interpreter

# seconds: of the provider's own music, and before the house is asked again
MUSIC, AGAIN = (30.0, 3.0)


async def wait_in_queue(
    doing: "Interpreter", call: SimulatedCall, verb: Enqueue, place: Place
) -> Source | None:
    """Let a call wait until it leaves the queue; return where it goes on.

    Raises:
        HungUp: the caller did not wait any longer; the house was told.
        Redirected: the house took the call away; its `action` was told, and what that answered is not used.
    """
    exchange = doing.exchange
    queue, now = exchange.made_queue(verb.name), exchange.pace.now()
    member = queue.join(call, now)
    told = _Told(doing, call, verb, place, queue)
    if member is None:
        return told.onward("queue-full")
    call.queued_at, call.left_at = call.queued_at or now, None
    call.party.waits(call)
    try:
        await _listen(doing, call, verb=verb, place=place, queue=queue, member=member)
        result = "error"
    except Left:
        result = "leave"
    except NotTwiml as error:
        call.errors.append(f"{error.code} {error}")
        result = "error"
    except HungUp:
        await told.at_once("hangup", gone=True)
        raise
    except Picked as picked:
        return await _meet(doing, call, picked, told)
    except Redirected:
        await told.at_once("redirected")
        raise
    finally:
        queue.take(call.sid, exchange.pace.now())
    return told.onward(result)


class _Told:
    """What the `action` of an <Enqueue> is told, when the call has left the queue."""

    def __init__(
        self,
        doing: "Interpreter",
        call: SimulatedCall,
        verb: Enqueue,
        place: Place,
        queue: SimulatedQueue,
    ) -> None:
        self.doing, self.call, self.verb, self.place, self.queue = doing, call, verb, place, queue
        self.since: datetime = doing.exchange.pace.now()

    def fields(self, result: str) -> Mapping[str, str]:
        self.call.queue_results.append(result)
        if result == "queue-full":
            return {"QueueResult": result}
        now = self.doing.exchange.pace.now()
        self.call.left_at = self.call.left_at or now
        waited = int(((self.call.left_at or now) - self.since).total_seconds())
        return {"QueueResult": result, "QueueSid": self.queue.sid, "QueueTime": str(max(waited, 0))}

    def onward(self, result: str) -> Source | None:
        fields = self.fields(result)
        return (
            self.doing.source(self.place, self.verb.action, self.verb.method, fields)
            if self.verb.action
            else None
        )

    async def at_once(self, result: str, *, gone: bool = False) -> None:
        """Tell it, where nobody waits for the answer."""
        self.queue.take(self.call.sid, self.doing.exchange.pace.now())
        fields = self.fields(result)
        if not self.verb.action:
            return
        if gone:
            fields = {**fields, "CallStatus": "completed"}
        url = urljoin(self.place.url, self.verb.action)
        await self.doing.say_goodbye(self.call, url, self.verb.method, fields)


async def _listen(
    doing: "Interpreter",
    call: SimulatedCall,
    *,
    verb: Enqueue,
    place: Place,
    queue: SimulatedQueue,
    member: Member,
) -> None:
    """Play what the house has for those who wait, over and over; a house that is away is asked again."""
    pace = doing.exchange.pace
    while True:
        if not verb.wait_url:  # music of the provider's own, or silence where the address is empty
            await call.meanwhile(pace.sleep(MUSIC))
            continue
        fields = tuple(queue.fields(member, pace.now()).items())
        began = pace.now()
        try:
            await doing.follow(
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
    doing: "Interpreter", call: SimulatedCall, picked: Picked, told: _Told
) -> Source | None:
    """Let the caller hear what comes before, and then the agent; the house is told when both are done."""
    bridge, result = picked.bridge, "bridged"
    try:
        if picked.before is not None:
            await doing.follow(call, picked.before)
        bridge.join(doing.exchange.pace.now())
        await call.meanwhile(bridge.over)
    except HungUp:
        bridge.end()
        await told.at_once(result if bridge.joined.done() else "hangup", gone=True)
        raise
    except Redirected:
        bridge.end()
        await told.at_once("redirected-from-bridged" if bridge.joined.done() else "redirected")
        raise
    except (NoAnswer, NotTwiml) as error:
        call.errors.append(f"{error.code} {error}")
        result = "error"
    finally:
        bridge.end()
    return told.onward(result)
