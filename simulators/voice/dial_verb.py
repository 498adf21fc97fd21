"""The <Dial> verb of a simulated telephone network, for telephones and queues."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from simulators.voice.network_state import (
    Bridge,
    HungUp,
    Picked,
    Place,
    Redirected,
    SimulatedCall,
    Source,
)
from simulators.voice.simulated_queues import SimulatedQueue
from simulators.voice.twiml import Dial, NotTwiml, Noun
from simulators.voice.webhook_client import NoAnswer

if TYPE_CHECKING:
    from simulators.voice.twiml_verbs import Interpreter


async def dial(
    interpreter: "Interpreter", call: SimulatedCall, verb: Dial, place: Place
) -> Source | None:
    """Connect a call with somebody, and return the source to continue with.

    Raises:
        HungUp: the caller is gone; how the dial ended was reported.
    """
    spoke = len(call.met)
    people = verb.nouns[0].kind != "Queue"
    try:
        fields = await (_dial_people if people else _dial_queue)(interpreter, call, verb, place)
    except HungUp:
        if verb.action:
            ended = {
                "DialCallStatus": "completed" if len(call.met) > spoke else "canceled",
                "CallStatus": "completed",
            }
            await interpreter.say_goodbye(call, urljoin(place.url, verb.action), verb.method, ended)
        raise
    return interpreter.source(place, verb.action, verb.method, fields) if verb.action else None


async def _dial_queue(
    interpreter: "Interpreter", call: SimulatedCall, verb: Dial, place: Place
) -> dict[str, str]:
    noun, exchange = verb.nouns[0], interpreter.exchange
    queue = exchange.queue(noun.to)
    if queue is None:
        return {"DialCallStatus": "failed"}
    taken: list[Bridge] = []
    taking = asyncio.wait_for(
        _front(interpreter, call, queue=queue, noun=noun, place=place, taken=taken),
        verb.timeout / exchange.pace.times,
    )
    try:
        await call.meanwhile(taking)
        return await _converse(interpreter, call, taken[0], verb)
    except TimeoutError:
        return {"DialCallStatus": "no-answer"}
    finally:
        # also where the agent went away at the very moment at which somebody was taken
        for bridge in taken:
            bridge.end()


async def _front(
    interpreter: "Interpreter",
    call: SimulatedCall,
    *,
    queue: SimulatedQueue,
    noun: Noun,
    place: Place,
    taken: list[Bridge],
) -> None:
    """Wait for the first call of the queue, and take it."""
    while True:
        member = queue.take("Front", interpreter.exchange.pace.now())
        if member is None:
            queue.arrived.clear()
            await queue.arrived.wait()
            continue
        bridge, before = Bridge(call, member.call), None
        if noun.url:
            waited = int((interpreter.exchange.pace.now() - member.since).total_seconds())
            fields = {"QueueSid": queue.sid, "QueueTime": str(waited), "DequeingCallSid": call.sid}
            before = Source(urljoin(place.url, noun.url), noun.method, tuple(fields.items()))
        if member.call.interrupt(Picked(bridge, before)):
            taken.append(bridge)
            return


async def _dial_people(
    interpreter: "Interpreter", call: SimulatedCall, verb: Dial, place: Place
) -> dict[str, str]:
    legs = {
        _leg(interpreter, call, verb=verb, noun=noun, place=place): noun
        for noun in verb.nouns
        if noun.kind != "Queue"
    }
    try:
        found = await _first(interpreter, call, list(legs), verb.timeout)
        if found is None:
            leg = next(iter(legs))
            return {"DialCallStatus": leg.status, "DialCallSid": leg.sid}
        return await _connect(
            interpreter, call, leg=found, noun=legs[found], verb=verb, place=place
        )
    finally:
        for leg in legs:
            if not leg.moved:
                interpreter.exchange.hang_up(leg, "network")


def _leg(
    interpreter: "Interpreter", call: SimulatedCall, *, verb: Dial, noun: Noun, place: Place
) -> SimulatedCall:
    to = f"client:{noun.to.removeprefix('client:')}" if noun.kind == "Client" else noun.to
    sender = verb.caller_id or (call.sender if call.direction == "inbound" else call.to)
    leg = interpreter.exchange.new_call(
        sender,
        to,
        direction="outbound-dial",
        party=interpreter.exchange.find_party(to),
        parent=call.sid,
    )
    leg.callback, leg.events = (
        urljoin(place.url, noun.callback) if noun.callback else "",
        noun.events,
    )
    return leg


async def _first(
    interpreter: "Interpreter", call: SimulatedCall, legs: list[SimulatedCall], patience: float
) -> SimulatedCall | None:
    """Ring all telephones, return the first that is picked up, and cancel the others."""
    ringing = {
        interpreter.exchange.start(interpreter.exchange.ring(leg, patience)): leg for leg in legs
    }
    waiting = set(ringing)
    while waiting:
        done, waiting = await call.meanwhile(
            asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        )
        for task in done:
            if task.result():
                for other in legs:
                    if other is not ringing[task]:
                        interpreter.exchange.hang_up(other, "network")
                return ringing[task]
    return None


async def _connect(
    interpreter: "Interpreter",
    call: SimulatedCall,
    *,
    leg: SimulatedCall,
    noun: Noun,
    verb: Dial,
    place: Place,
) -> dict[str, str]:
    bridge = Bridge(call, leg)
    before = Source(urljoin(place.url, noun.url), noun.method) if noun.url else None
    interpreter.exchange.start(_at_the_other_end(interpreter, leg, bridge, before))
    try:
        return await _converse(interpreter, call, bridge, verb)
    finally:
        bridge.end()


async def _at_the_other_end(
    interpreter: "Interpreter", leg: SimulatedCall, bridge: Bridge, before: Source | None
) -> None:
    """Run the dialled leg through its first document, the conversation and any redirect."""
    try:
        if before is not None:
            await interpreter.follow(leg, before)
        bridge.join(interpreter.exchange.pace.now())
        await leg.meanwhile(bridge.over)
        interpreter.exchange.finish(leg, "completed", "other")
    except HungUp as gone:
        bridge.end()
        interpreter.exchange.finish(leg, "completed", gone.by)
    except Redirected as redirected:
        leg.moved = True
        bridge.end()
        await interpreter.live(leg, redirected.source)
    except (NoAnswer, NotTwiml) as error:
        leg.errors.append(f"{error.code} {error}")
        interpreter.exchange.finish(leg, "completed", "error")
    finally:
        bridge.end()


async def _converse(
    interpreter: "Interpreter", call: SimulatedCall, bridge: Bridge, verb: Dial
) -> dict[str, str]:
    """Keep the call in the conversation until the other leaves or the limit is reached."""
    pace, began = interpreter.exchange.pace, interpreter.exchange.pace.now()
    try:
        await call.meanwhile(asyncio.wait({bridge.over}, timeout=verb.limit / pace.times))
    finally:
        bridge.end()
    lasted = int((pace.now() - began).total_seconds())
    status = "completed" if bridge.joined.done() else "no-answer"
    return {
        "DialCallStatus": status,
        "DialCallSid": bridge.two.sid,
        "DialCallDuration": str(lasted),
        "DialBridged": str(bridge.joined.done()).lower(),
    }
