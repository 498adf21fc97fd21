"""The turns of a call. Each takes the provider's request and returns the next steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.voice.account import Telephone
from channels.voice.browser_names import client_name
from channels.voice.twiml import Connect, HangUp, Leave, Pause, Step
from desk.entries.promises import has_open_promise
from desk.line import click_to_call, connecting, incoming_calls, line_tests, queue_exits
from desk.line.connecting import Back, Over, Whom, queue_name
from desk.line.incoming_calls import (
    Caller,
    CallEvent,
    Found,
    Full,
    NobodyThere,
    SeedCard,
    Unknown,
)
from desk.line.line_lookup import next_staffed
from inbound.voice.call_scripts import ONE, TWO, Script
from installation.installation import Installation
from store.errors import BadInput
from store.states import LegEnd, LegState

LARGEST_ID = 2**63 - 1
STAR = "*"
PICKED_UP = ("in-progress", "answered")
"""The provider's words for a telephone that was picked up."""
BRIDGED = {"true": True, "false": False}
MACHINE = ("machine", "fax")
"""How the provider's words for who picked up begin, where it was nobody."""
TESTED = 60  # seconds that a test call stays on the line


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    """A request of the provider, with its form fields and query."""

    fields: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def event(self) -> CallEvent:
        """The connection and caller of this request."""
        return CallEvent(
            self.fields.get("CallSid", ""), self.fields.get("From", ""), self.fields.get("To", "")
        )

    @property
    def keyed(self) -> str:
        """The keyed digits, or an empty text."""
        return self.fields.get("Digits", "").strip()[:30]

    def number(self, name: str) -> int:
        """Return a key of ours from the query, or 0."""
        given = self.query.get(name, "")
        return _whole(given) or 0

    def count(self, name: str) -> int | None:
        """Return a whole number from the form, or None."""
        given = self.fields.get(name, "")
        return _whole(given)


def _whole(text: str) -> int | None:
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_ID))
        else None
    )


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of the calls of an installation."""

    installation: Installation
    telephone: Telephone
    script: Script

    def by_path(self) -> Mapping[str, Callable[[VoiceRequest], list[Step]]]:
        """Return every turn, by its path below `/voice`."""
        return {
            "in": self.arrive,
            "language": self.language,
            "code": self.code,
            "stop": self.stop,
            "wait": self.wait,
            "wait-key": self.wait_key,
            "left": self.left,
            "number": self.number,
            "closed": self.closed,
            "voicemail": self.voicemail,
            "status": self.status,
            "agent": self.agent,
            "agent-left": self.agent_left,
            "agent-answered": self.agent_answered,
            "agent-accept": self.agent_accept,
            "agent-key": self.agent_key,
            "out": self.out,
            "out-key": self.out_key,
            "out-left": self.out_left,
            "test": self.test,
        }

    def arrive(self, request: VoiceRequest) -> list[Step]:
        """A call comes in."""
        caller = incoming_calls.arrive(self.installation, request.event, now=self._now())
        if caller.line_id is None:
            return self.script.end(None, "unknown_line")
        if caller.state is LegState.ENDED:
            return [HangUp()]
        if not caller.staffed and not line_tests.is_expected(
            self.installation, request.event, now=self._now()
        ):
            return self.script.closed(None, self._opens(caller))
        return self.script.greet(caller)

    def language(self, request: VoiceRequest) -> list[Step]:
        """The caller chose a language, or none, or keyed their code already."""
        spoken, keyed = self.script.lines.languages, request.keyed
        early = len(keyed) > 1 or keyed.startswith(STAR)
        chosen = int(keyed) if keyed.isascii() and keyed.isdigit() and not early else 1
        language = spoken[chosen - 1] if 1 <= chosen <= len(spoken) else spoken[0]
        incoming_calls.choose_language(self.installation, request.event, language, now=self._now())
        return self.code(request) if early else self.script.ask_code(language)

    def code(self, request: VoiceRequest) -> list[Step]:
        """The caller keyed a code, nothing, or the star to object."""
        caller, keyed = self._caller(request), request.keyed
        if not keyed:
            return self._queue(request, caller, "wait")
        if keyed.startswith(STAR):
            return self.script.ask_to_stop(caller.language)
        if line_tests.is_test(keyed) and line_tests.passes(
            self.installation, request.event, now=self._now()
        ):
            return self.script.end(caller.language, "test")
        match incoming_calls.key_code(self.installation, request.event, keyed, now=self._now()):
            case Found():
                return self._queue(request, caller, "code_found", "wait")
            case SeedCard():
                queue_exits.note(self.installation, request.event, LegEnd.TESTED, now=self._now())
                return self.script.end(caller.language, "seed")
            case Unknown(again=True):
                return self.script.ask_code(caller.language, "code_again")
        return self._queue(request, caller, "code_helped", "wait")

    def stop(self, request: VoiceRequest) -> list[Step]:
        """The caller keyed the code of a card whose person is to be left alone."""
        caller = self._caller(request)
        if request.keyed and caller.tries < incoming_calls.TRIES:
            if queue_exits.stop(self.installation, request.event, request.keyed, now=self._now()):
                return self.script.end(caller.language, "stop_done")
            return self.script.ask_to_stop(caller.language)
        return self._queue(request, caller, "stop_agent", "wait")

    def wait(self, request: VoiceRequest) -> list[Step]:
        """The provider asks what a waiting caller hears."""
        feed = incoming_calls.Feed(
            request.fields.get("QueueSid") or None, request.count("QueuePosition")
        )
        caller = self._caller(request)
        place = incoming_calls.wait(self.installation, request.event, feed, now=self._now())
        if place is None or isinstance(place, NobodyThere):
            return [Leave()]
        return self.script.tell_place(caller.language, place)

    def wait_key(self, request: VoiceRequest) -> list[Step]:
        """A waiting caller pressed a key, or none."""
        if request.keyed != ONE:
            return self.script.between(self._caller(request).language)
        queue_exits.wish_call_back(self.installation, request.event, now=self._now())
        return [Leave()]

    def left(self, request: VoiceRequest) -> list[Step]:
        """The caller left the provider's queue, which may also have refused them."""
        caller = self._caller(request)
        match request.fields.get("QueueResult", ""):
            case "hangup":
                queue_exits.hang_up(self.installation, request.event, now=self._now())
                return []
            case "leave" if caller.state is LegState.ASKING and not self._wants_call_back(caller):
                return self.script.closed(caller.language, self._opens(caller))
            case "leave" if caller.state is LegState.ASKING:
                return self.script.ask_number(caller.language, caller.number)
            case "queue-full" | "error" | "system-error" if caller.state is not LegState.ENDED:
                return self._offer_call_back(request)
            case "leave" if caller.state is not LegState.ENDED:
                return self._queue(request, caller, "sorry_again")
        return []

    def number(self, request: VoiceRequest) -> list[Step]:
        """The caller keyed the number for a call-back."""
        caller = self._caller(request)
        try:
            window = queue_exits.key_number(
                self.installation, request.event, request.keyed, now=self._now()
            )
        except BadInput:
            if (
                queue_exits.count_try(self.installation, request.event, now=self._now())
                < 2 * incoming_calls.TRIES
            ):
                return self.script.ask_number_again(caller.language)
            return self._without_number(request, caller)
        return self.script.promised(caller.language, "promised_soon", window)

    def closed(self, request: VoiceRequest) -> list[Step]:
        """The line is closed, and the caller chose a call-back, a message or nothing."""
        caller = self._caller(request)
        if request.keyed == ONE:
            queue_exits.wish_call_back(self.installation, request.event, now=self._now())
            return self.script.ask_number(caller.language, caller.number)
        if request.keyed == TWO:
            return self.script.take_message(caller.language)
        return self.script.end(caller.language, "goodbye")

    def voicemail(self, request: VoiceRequest) -> list[Step]:
        """The caller left a message."""
        caller, recording = self._caller(request), request.fields.get("RecordingSid", "")
        if not recording or not request.count("RecordingDuration"):
            return self.script.end(caller.language, "goodbye")
        window = queue_exits.leave_message(
            self.installation, request.event, recording, now=self._now()
        )
        return self.script.promised(caller.language, "message_thanks", window)

    def status(self, request: VoiceRequest) -> list[Step]:
        """The provider reports the status of a connection."""
        leg_id, status = request.number("leg") or None, request.fields.get("CallStatus", "")
        queue_exits.apply_status(
            self.installation, request.event, status, now=self._now(), leg_id=leg_id
        )
        return []

    def agent(self, request: VoiceRequest) -> list[Step]:
        """An agent took this caller, and is rung."""
        entry, caller = request.number("entry"), self._caller(request)
        match connecting.whom_to_ring(self.installation, entry, caller.ref, now=self._now()):
            case Whom(phone, agent):
                return self.script.ring_agent(phone, entry, client_name(agent))
            case Back(queue):
                return self.script.wait(caller.language, queue, "sorry_again")
            case Over():
                return [HangUp()]

    def agent_left(self, request: VoiceRequest) -> list[Step]:
        """Ringing the agent ended, with or without a conversation."""
        caller, fields = self._caller(request), request.fields
        result = connecting.agent_left(
            self.installation,
            request.number("entry"),
            identity=request.query.get("agent", ""),
            ref=caller.ref,
            dialled=fields.get("DialCallStatus", ""),
            over=fields.get("CallStatus") == "completed",
            bridged=BRIDGED.get(fields.get("DialBridged", "")),
            now=self._now(),
        )
        if isinstance(result, Back):
            return self.script.wait(caller.language, result.queue, "sorry_again")
        return [HangUp()]

    def agent_answered(self, request: VoiceRequest) -> list[Step]:
        """An agent picked up for a caller."""
        if request.fields.get("CallStatus", "in-progress") in PICKED_UP:
            connecting.agent_answered(self.installation, request.number("entry"), now=self._now())
        return []

    def agent_accept(self, request: VoiceRequest) -> list[Step]:
        """An agent's telephone was picked up, by the agent or by a voicemail."""
        if request.fields.get("AnsweredBy", "").startswith(MACHINE):
            return [HangUp()]
        entry, identity = request.number("entry"), request.query.get("agent", "")
        return self.script.ask_for_key(f"agent-key?entry={entry}&agent={identity}", "agent_accept")

    def agent_key(self, request: VoiceRequest) -> list[Step]:
        """Take the key, if any, of whoever picked up an agent's telephone."""
        if not request.keyed:
            return [HangUp()]
        connecting.agent_accepted(
            self.installation,
            request.number("entry"),
            identity=request.query.get("agent", ""),
            now=self._now(),
        )
        return []

    def out(self, request: VoiceRequest) -> list[Step]:
        """The telephone or the browser of an agent was picked up for an outbound call."""
        leg_id = request.number("leg")
        if click_to_call.rings_a_telephone(self.installation, leg_id):
            return self.script.ask_for_key(f"out-key?leg={leg_id}", "agent_out_key")
        return self.out_key(request, accepted=True)

    def out_key(self, request: VoiceRequest, *, accepted: bool = False) -> list[Step]:
        """Take the key, if any, of whoever picked up for an outbound call."""
        leg_id = request.number("leg")
        if not (request.keyed or accepted):
            return [HangUp()]
        whom = click_to_call.picked_up(
            self.installation, leg_id, request.event.ref, now=self._now()
        )
        if whom is None:
            return [HangUp()]
        to = self.script.at(f"out-left?leg={leg_id}")
        return [
            self.script.say(None, "agent_out"),
            Connect(number=whom.number, to=to, caller_id=whom.caller_id),
        ]

    def out_left(self, request: VoiceRequest) -> list[Step]:
        """The call to a citizen ended."""
        status = request.fields.get("DialCallStatus", "")
        if click_to_call.dialled(self.installation, request.number("leg"), status, now=self._now()):
            return [HangUp()]
        return self.script.end(None, "agent_no_answer")

    def test(self, request: VoiceRequest) -> list[Step]:
        """Our own test call was answered, and its keys are pressed."""
        del request
        return [Pause(TESTED), HangUp()]

    def trouble(self) -> list[Step]:
        """Say in every language that there is a problem on our side."""
        says: list[Step] = [
            self.script.say(each, "trouble") for each in self.script.lines.languages
        ]
        return [*says, HangUp()]

    def _queue(self, request: VoiceRequest, caller: Caller, *before: str) -> list[Step]:
        if line_tests.is_expected(self.installation, request.event, now=self._now()):
            return self.script.wait(caller.language, queue_name(caller.line_id), *before)
        match incoming_calls.join_queue(
            self.installation, request.event, room=self.telephone.room, now=self._now()
        ):
            case Full():
                return self._offer_call_back(request)
            case NobodyThere(closed=True):
                return self.script.closed(caller.language, self._opens(caller))
            case NobodyThere():
                return self.script.nobody_there(caller.language)
        return self.script.wait(caller.language, queue_name(caller.line_id), *before)

    def _offer_call_back(self, request: VoiceRequest) -> list[Step]:
        caller = queue_exits.wish_call_back(self.installation, request.event, now=self._now())
        return self.script.ask_number(caller.language, caller.number, "full")

    def _without_number(self, request: VoiceRequest, caller: Caller) -> list[Step]:
        """Queue a caller who cannot key a number, or take a message. Nobody is sent away for that."""
        if not caller.staffed:
            return self.script.take_message(caller.language)
        queue_exits.wait_after_all(self.installation, request.event, now=self._now())
        return self._queue(request, caller, "code_helped")

    def _caller(self, request: VoiceRequest) -> Caller:
        return incoming_calls.arrive(self.installation, request.event, now=self._now())

    def _wants_call_back(self, caller: Caller) -> bool:
        """Return whether this caller left the queue to be called back, and not because the line closed."""
        if caller.call_id is None:
            return False
        with self.installation.store.reading() as connection:
            return has_open_promise(connection, caller.call_id)

    def _opens(self, caller: Caller) -> datetime:
        with self.installation.store.reading() as connection:
            return next_staffed(self.installation, connection, caller.line_id or 0, self._now())

    def _now(self) -> datetime:
        return self.installation.now()
