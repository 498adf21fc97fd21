"""Call instructions as plain values, written as TwiML.

The library checks nothing. So what was not meant for a telephone (control characters, half letters) is taken out here,
and an address of ours is always whole.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_UNSPEAKABLE = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]"
)
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Say:
    """Words read aloud, in a language of the provider's such as nl-NL."""

    words: str
    language: str


@dataclass(frozen=True, slots=True)
class Play:
    """A sound at a URL, such as music."""

    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Words and a question for keys.

    The keys are posted to `to`, also when there are none.
    """

    says: tuple[Say, ...]
    to: str
    digits: int | None = None  # at most so many; None: until the last key, or a silence
    last_key: str = "#"  # ends what is keyed; empty: no key does
    seconds: int = 6  # of silence after which it is over


@dataclass(frozen=True, slots=True)
class Wait:
    """Put the caller in a queue.

    The provider asks at `wait_url` each time what they hear, and posts to `to` when they left.
    """

    queue: str
    wait_url: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Ring somebody and connect this caller.

    How it ended is posted to `to`.
    """

    number: str  # E.164, or client:… for a browser
    to: str
    caller_id: str = ""  # E.164: what the one who is rung sees; empty: who calls
    seconds: int = 25
    status_url: str = ""  # notified when it is answered
    accept_url: str = ""  # what the one who is rung hears before they are connected


@dataclass(frozen=True, slots=True)
class Record:
    """Record a message until a key or a silence.

    Its reference is posted to `to`.
    """

    to: str
    seconds: int = 120


@dataclass(frozen=True, slots=True)
class Leave:
    """Take this caller out of the queue.

    What happens next is asked where the queue reports who left.
    """


@dataclass(frozen=True, slots=True)
class Go:
    """Ask another URL of ours what to do."""

    to: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the connection."""


Step = Say | Play | Pause | Ask | Wait | Connect | Record | Leave | Go | HangUp
BROWSER = "client:"


def write(steps: Iterable[Step]) -> str:
    """Return the steps as TwiML."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    for step in steps:
        _add(response, step)
    return str(response)


def spoken(text: str) -> str:
    """Return a text without characters that no telephone can say."""
    return _UNSPEAKABLE.sub("", text)


def slowly(digits: str) -> str:
    """Return digits so that they are read one by one."""
    return ", ".join(digits)


def _add(response: Any, step: Step) -> None:
    match step:
        case Say(words, language):
            response.say(spoken(words), language=language)
        case Play(url):
            response.play(url)
        case Pause(seconds):
            response.pause(length=seconds)
        case Ask():
            _add_question(response, step)
        case Wait(queue, wait_url, to):
            response.enqueue(
                queue, action=to, method="POST", wait_url=wait_url, wait_url_method="POST"
            )
        case Connect():
            _add_connection(response, step)
        case Record(to, seconds):
            response.record(
                action=to,
                method="POST",
                max_length=seconds,
                finish_on_key="#",
                timeout=8,
                play_beep=True,
            )
        case Leave():
            response.leave()
        case Go(to):
            response.redirect(to, method="POST")
        case HangUp():
            response.hangup()


def _add_question(response: Any, ask: Ask) -> None:
    more = {"num_digits": ask.digits} if ask.digits else {}
    gather = response.gather(
        input="dtmf",
        action=ask.to,
        method="POST",
        timeout=ask.seconds,
        finish_on_key=ask.last_key,
        action_on_empty_result=True,
        **more,
    )
    for say in ask.says:
        gather.say(spoken(say.words), language=say.language)


def _add_connection(response: Any, connect: Connect) -> None:
    more = {"caller_id": connect.caller_id} if connect.caller_id else {}
    dial = response.dial(
        action=connect.to, method="POST", timeout=connect.seconds, answer_on_bridge=True, **more
    )
    callbacks: dict[str, Any] = {}
    if connect.status_url:
        callbacks = {
            "status_callback": connect.status_url,
            "status_callback_event": "answered",
            "status_callback_method": "POST",
        }
    if connect.accept_url:
        callbacks |= {"url": connect.accept_url, "method": "POST"}
    if connect.number.startswith(BROWSER):
        dial.client(connect.number.removeprefix(BROWSER), **callbacks)
    else:
        dial.number(connect.number, **callbacks)
