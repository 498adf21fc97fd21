"""Interpreter of the verbs of TwiML, one after the other, until the call is over.

Each call is one task. An outside event (somebody hangs up, Kaartje redirects it, an agent picks it
from the queue) is an interruption, raised at the next moment at which the call waits for something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from simulators.voice.dial_verb import dial
from simulators.voice.network_state import (
    HungUp,
    Left,
    Place,
    Redirected,
    SimulatedCall,
    Source,
    sid,
)
from simulators.voice.queue_verb import wait_in_queue
from simulators.voice.switchboard import Exchange
from simulators.voice.twiml import (
    Dial,
    Enqueue,
    Gather,
    Hangup,
    Leave,
    NotTwiml,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    read,
)
from simulators.voice.webhook_client import NoAnswer

LETTERS_A_SECOND, RECORDING, LOOPS = 15, 5.0, 20
SORRY = "We are sorry, an application error has occurred. Goodbye."
IN_WAIT = (Say, Play, Pause, Gather, Redirect, Leave, Hangup)
_ENDLESS = 1000  # documents in a row that took no time at all: a loop


@dataclass(frozen=True)
class Interpreter:
    """Interprets TwiML for calls."""

    exchange: Exchange

    async def live(self, call: SimulatedCall, source: Source | None) -> None:
        """Run a call from its first document to its end."""
        try:
            while source is not None:
                source = await self._stretch(call, source)
            self.exchange.finish(call, "completed", "house")
        except HungUp as gone:
            self.exchange.finish(call, "completed", gone.by)
        except (NoAnswer, NotTwiml) as error:
            call.errors.append(f"{error.code} {error}")
            call.played.append(SORRY)
            self.exchange.finish(
                call, "failed" if call.answered_at is None else "completed", "error"
            )
        finally:
            self.exchange.finish(call, "failed", "network")  # nothing, where it has ended already

    async def _stretch(self, call: SimulatedCall, source: Source) -> Source | None:
        """Follow documents until they end, or return where the call was redirected."""
        try:
            await self.follow(call, source)
        except Redirected as redirected:
            return redirected.source
        return None

    async def follow(
        self, call: SimulatedCall, source: Source | None, *, waiting: bool = False
    ) -> None:
        """Follow a document and those it leads to.

        Raises:
            Interruption: something came from outside.
            NoAnswer: the installation could not be asked.
            NotTwiml: it said what cannot be done.
            Left: it let the call leave its queue.
        """
        extra = source.fields if waiting and source else ()
        idle, began = 0, self.exchange.pace.now()
        while source is not None:
            source = await self._one(call, source, Place(source.url, waiting, extra))
            idle = idle + 1 if (now := self.exchange.pace.now()) == began else 0
            began = now
            if idle > _ENDLESS:
                raise NotTwiml("documents lead to each other for ever")

    async def _one(self, call: SimulatedCall, source: Source, place: Place) -> Source | None:
        document = source.document
        if document is None:
            document = await call.meanwhile(
                self.exchange.webhooks.ask(
                    call, source.url, source.method, call.fields() | dict(source.fields)
                )
            )
        script = read(document)
        call.errors += script.warnings
        if place.waiting and (
            wrong := [each for each in script.verbs if not isinstance(each, IN_WAIT)]
        ):
            raise NotTwiml(f"<{type(wrong[0]).__name__}> may not be said to who waits", 12200)
        if call.answered_at is None and not (script.verbs and isinstance(script.verbs[0], Reject)):
            self.exchange.pick_up(call)
        for verb in script.verbs:
            call.notice()
            if (onward := await self._perform(call, verb, place)) is not None:
                return onward
        return None

    async def _perform(self, call: SimulatedCall, verb: object, place: Place) -> Source | None:
        """Execute one verb, and return the source to continue with, if it is another."""
        match verb:
            case Say() | Play() | Pause():
                await self._sound(call, verb)
            case Gather():
                return await self._gather(call, verb, place)
            case Redirect():
                return Source(urljoin(place.url, verb.url), verb.method, place.more)
            case Record():
                return await self._record(call, verb, place)
            case Leave():
                if place.waiting:
                    raise Left
            case Hangup():
                raise HungUp("house")
            case Reject():
                call.status = "busy" if verb.reason == "busy" else "no-answer"
                call.ended_at, call.ended_by = self.exchange.pace.now(), "house"
                self.exchange.report(call, "completed")
                call.party.ends(call)
                raise HungUp("house")
            case Enqueue():
                return await wait_in_queue(self, call, verb, place)
            case Dial():
                return await dial(self, call, verb, place)
        return None

    async def _sound(self, call: SimulatedCall, verb: Say | Play | Pause) -> None:
        call.played += [verb.text] if isinstance(verb, Say) else []
        await call.meanwhile(self.exchange.pace.sleep(lasting(verb)))

    async def _gather(self, call: SimulatedCall, verb: Gather, place: Place) -> Source | None:
        """Collect keys while the prompts play.

        A key ends the prompts, as it does on a real telephone.
        """
        call.played += [verb.words] if verb.words else []
        lasts = sum(map(lasting, verb.prompts))
        keyed, spent, until = "", 0.0, lasts + verb.timeout
        finished = ""
        for at, key in call.party.presses(verb, lasts):
            if at > until:
                break
            await call.meanwhile(self.exchange.pace.sleep(at - spent))
            spent, until = at, at + verb.timeout
            if key in verb.finish_on:
                finished, until = key, at
                break
            keyed += key
            if len(keyed) == verb.digits:
                until = at
                break
        await call.meanwhile(self.exchange.pace.sleep(until - spent))
        if not keyed and not verb.even_empty:
            return None
        call.keyed.append(keyed)
        return self.source(
            place,
            verb.action or place.url,
            verb.method,
            {"Digits": keyed, "FinishedOnKey": finished},
        )

    async def _record(self, call: SimulatedCall, verb: Record, place: Place) -> Source | None:
        spoken = min(call.party.records(), verb.longest)
        await call.meanwhile(self.exchange.pace.sleep(spoken or verb.timeout))
        if not spoken:
            return None  # nothing was said: the document goes on
        call.recorded += spoken
        key = sid("RE", call.sid, len(call.played), call.recorded)
        fields = {"RecordingSid": key, "RecordingUrl": f"{self._here(call)}/Recordings/{key}"}
        fields |= {"RecordingDuration": str(int(spoken)), "Digits": ""}
        if verb.callback:
            more = {
                "RecordingStatus": "completed",
                "RecordingChannels": "1",
                "RecordingSource": "RecordVerb",
            }
            report = (
                {name: call.fields()[name] for name in ("CallSid", "AccountSid")} | fields | more
            )
            self.exchange.webhooks.report(call, urljoin(place.url, verb.callback), report)
        return self.source(place, verb.action or place.url, verb.method, fields)

    def _here(self, call: SimulatedCall) -> str:
        return f"https://api.twilio.com/2010-04-01/Accounts/{call.account}"

    def source(self, place: Place, url: str, method: str, fields: Mapping[str, str]) -> Source:
        """Return the source of a verb's `action`.

        In a queue it carries the fields of the queue.
        """
        return Source(urljoin(place.url, url), method, (*place.more, *fields.items()))

    async def say_goodbye(
        self, call: SimulatedCall, url: str, method: str, fields: Mapping[str, str]
    ) -> None:
        """Report the end of a verb to its `action`, whose response is of no more use."""
        try:
            await self.exchange.webhooks.ask(call, url, method, call.fields() | dict(fields))
        except NoAnswer as error:
            call.errors.append(f"{error.code} {error}")


def lasting(verb: object) -> float:
    """Return how many seconds a verb lasts."""
    match verb:
        case Say():
            return len(verb.text) / LETTERS_A_SECOND * (verb.loop or LOOPS)
        case Play():
            return RECORDING * (verb.loop or LOOPS)
        case Pause():
            return verb.length
    return 0
